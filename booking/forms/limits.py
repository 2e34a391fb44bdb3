"""A doctor's own limits for all visits, asked and told."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from booking import selectors
from booking.validators import LIMITS
from common.forms import OnceForm
from doctors.models import Doctor

_NO_LIMIT = "No limit"
_NOTICES = {
    30: "30 minutes",
    60: "1 hour",
    120: "2 hours",
    240: "4 hours",
    480: "8 hours",
    720: "12 hours",
    1440: "1 day",
    2880: "2 days",
    4320: "3 days",
    7 * 1440: "1 week",
    14 * 1440: "2 weeks",
}


def _limit(name: str, label: str) -> forms.IntegerField:
    least, most = LIMITS[name]
    wrong = f"Enter a number from {least} to {most}, or leave it empty."
    widget = forms.NumberInput(attrs={"inputmode": "numeric"})
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        required=False,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), wrong),
        widget=widget,
    )


class LimitsForm(OnceForm):
    """A doctor's own limits for all visits; empty is none."""

    daily_cap = _limit("daily_cap", "Visits a day, at most")
    horizon_days = _limit("horizon_days", "Days ahead that you can be booked, at most")
    minimum_notice = forms.TypedChoiceField(
        label="Shortest notice",
        coerce=int,
        required=False,
        empty_value=None,
        choices=[("", _NO_LIMIT), *_NOTICES.items()],
    )
    buffer_before = _limit("buffer_before", "Minutes kept free before each visit, at least")
    buffer_after = _limit("buffer_after", "Minutes kept free after each visit, at least")
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    @classmethod
    def of(cls, doctor: Doctor, data: Any = None) -> LimitsForm:
        known = {name: getattr(doctor, name) for name in LIMITS}
        form = cls(data, auto_id="limits_%s", initial=known | {"seen": selectors.limits_seen(doctor)})
        notice = cast("forms.TypedChoiceField", form.fields["minimum_notice"])
        if doctor.minimum_notice is not None and doctor.minimum_notice not in _NOTICES:
            own = (doctor.minimum_notice, _notice_in_words(doctor.minimum_notice))
            notice.choices = [("", _NO_LIMIT), *_NOTICES.items(), own]
        return form

    @property
    def asked(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in (*LIMITS, "seen")}


def limits_in_words(doctor: Doctor) -> list[tuple[str, str]]:
    """A doctor's own limits that there are, each by its name and its value."""
    known = {name: getattr(doctor, name) for name in LIMITS}
    words = {
        "minimum_notice": _notice_in_words(known["minimum_notice"] or 0),
        **{name: str(known[name]) for name in LIMITS if name != "minimum_notice"},
    }
    fields = LimitsForm.base_fields
    return [(str(fields[name].label), words[name]) for name in LIMITS if known[name] is not None]


def _notice_in_words(minutes: int) -> str:
    return _NOTICES.get(minutes, f"{minutes} minutes")
