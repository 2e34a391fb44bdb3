from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms

from audit.actions import ACTIONS
from audit.selectors import Search, object_types, type_label
from common import clock
from common.forms import DayField

ANY = ("", "Any")
# However long its longest choice.
_AS_WIDE_AS_ITS_COLUMN = {"class": "w-w-full"}


class SearchForm(forms.Form):
    """The filters of the log. Days are the clinic's; `until` is the last of them."""

    person = forms.CharField(
        label="Who", required=False, max_length=200, help_text="A name, an email address or an id; or “system”."
    )
    action = forms.ChoiceField(label="Action", required=False, widget=forms.Select(attrs=_AS_WIDE_AS_ITS_COLUMN))
    object_type = forms.ChoiceField(label="About", required=False, widget=forms.Select(attrs=_AS_WIDE_AS_ITS_COLUMN))
    since = DayField(label="From", required=False)
    until = DayField(label="Until", required=False)
    named = forms.CharField(
        label="Id", required=False, max_length=64, help_text="Of a request, an object or a patient, whole."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        actions = [(code, f"{action.sentence} ({code})") for code, action in ACTIONS.items()]
        types = [(name, f"{type_label(name).capitalize()} ({name})") for name in object_types()]
        self.fields["action"].choices = [ANY, *actions]  # type: ignore[attr-defined]
        self.fields["object_type"].choices = [ANY, *types]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and until < since:
            self.add_error("until", "Give a day that is not before the first.")
        return given

    def search(self) -> Search:
        """What is asked for by the fields that are right; empty ones ask nothing."""
        given = {name: value for name, value in self.cleaned_data.items() if value}
        since, until = given.pop("since", None), given.pop("until", None)
        return Search(
            **given,
            since=_midnight(since) if since else None,
            until=_midnight(until + timedelta(days=1)) if until else None,
        )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.clinic_zone())
