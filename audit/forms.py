from __future__ import annotations

from typing import Any

from django import forms

from audit.actions import ACTIONS
from audit.selectors import Search, object_types, type_label
from common.registers import ANY, AS_WIDE_AS_ITS_COLUMN, PeriodForm


class SearchForm(PeriodForm):
    """The filters of the log."""

    field_order = ("person", "action", "object_type", "since", "until", "named")

    person = forms.CharField(
        label="Who", required=False, max_length=200, help_text="A name, an email address or an id; or “system”."
    )
    action = forms.ChoiceField(label="Action", required=False, widget=forms.Select(attrs=AS_WIDE_AS_ITS_COLUMN))
    object_type = forms.ChoiceField(label="About", required=False, widget=forms.Select(attrs=AS_WIDE_AS_ITS_COLUMN))
    named = forms.CharField(
        label="Id", required=False, max_length=64, help_text="Of a request, an object or a patient, whole."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        actions = [(code, f"{action.sentence} ({code})") for code, action in ACTIONS.items()]
        types = [(name, f"{type_label(name).capitalize()} ({name})") for name in object_types()]
        self.fields["action"].choices = [ANY, *actions]  # type: ignore[attr-defined]
        self.fields["object_type"].choices = [ANY, *types]  # type: ignore[attr-defined]

    def search(self) -> Search:
        """What is asked for by the fields that are right; empty ones ask nothing."""
        return Search(**self.asked())
