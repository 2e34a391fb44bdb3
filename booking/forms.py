from __future__ import annotations

from datetime import datetime, time

from common import clock, idempotency
from django import forms
from doctors.models import Doctor, Location

from booking.models import AvailabilityRule


class BookingForm(forms.Form):
    """What is asked before a visit is booked; the chosen time comes with the address of the page."""

    idempotency_key = forms.CharField(widget=forms.HiddenInput, max_length=100, required=False)
    reason = forms.CharField(
        label="What would you like to talk about?",
        help_text="A sentence is enough. Only you and the doctor can read it.",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    @classmethod
    def fresh(cls) -> BookingForm:
        return cls(initial={"idempotency_key": idempotency.new_key()})


class ShareForm(forms.Form):
    email = forms.EmailField(
        label="Email address of the person who helps you",
        help_text="They need an account here. They will be able to see this appointment and to cancel it.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class RuleForm(forms.Form):
    """A weekly window, in the wall-clock time of the location."""

    location = forms.ModelChoiceField(Location.objects.none(), empty_label=None)
    weekday = forms.TypedChoiceField(label="Day", choices=AvailabilityRule.Weekday.choices, coerce=int)
    start_time = forms.TimeField(label="From", widget=forms.TimeInput(attrs={"type": "time"}))
    end_time = forms.TimeField(label="Until", widget=forms.TimeInput(attrs={"type": "time"}))
    valid_from = forms.DateField(
        label="First day", required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text="Today if empty."
    )
    valid_until = forms.DateField(
        label="Last day", required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text="No end if empty."
    )

    def __init__(self, *args: object, doctor: Doctor, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["location"].queryset = doctor.locations.all()  # type: ignore[attr-defined]


class LeaveForm(forms.Form):
    """Days or hours off, in the clinic's time. Without times the whole of both days."""

    first_day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))
    from_time = forms.TimeField(
        label="From", required=False, widget=forms.TimeInput(attrs={"type": "time"}), help_text="Start of day if empty."
    )
    last_day = forms.DateField(
        required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text="The same day if empty."
    )
    until_time = forms.TimeField(
        label="Until", required=False, widget=forms.TimeInput(attrs={"type": "time"}), help_text="End of day if empty."
    )
    note = forms.CharField(label="Note to yourself", required=False, max_length=120)

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        if data.get("first_day"):
            data["last_day"] = data.get("last_day") or data["first_day"]
        return data

    @property
    def start(self) -> datetime:
        return clock.moment(self.cleaned_data["first_day"], self.cleaned_data["from_time"] or time.min, clock.clinic_zone())

    @property
    def end(self) -> datetime:
        until = self.cleaned_data["until_time"]
        last = self.cleaned_data["last_day"]
        return clock.moment(last, until, clock.clinic_zone()) if until else clock.end_of_day(last, clock.clinic_zone())
