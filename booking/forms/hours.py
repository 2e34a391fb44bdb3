"""What the pages about hours ask: weekly windows, time off, extra hours, and what becomes of those affected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

from django import forms
from django.db.models import TextChoices
from django.forms.models import model_to_dict

from booking import selectors
from booking.models import Appointment, AvailabilityRule
from booking.validators import MINUTES_LATE, NOTE_LENGTH, NOTE_TOO_LONG
from common import clock
from common.forms import DayField, OnceForm
from common.inputs import uuid_or_none
from doctors.models import Doctor, VisitType


class ClockField(forms.TimeField):
    """Whole minutes."""

    input_formats = ("%H:%M",)
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    default_error_messages = {"required": "Enter a time.", "invalid": "Enter a real time, such as 09:30."}


class Standing(TextChoices):
    """What becomes of the appointments that stand in a time that is being closed."""

    KEEP = "keep", "Keep them: they take place"
    CANCEL = "cancel", "Cancel them all: the patients are told and offered new times"


NOT_CHOSEN = "Choose whether they are kept or cancelled."


class StandingField(forms.ChoiceField):
    """Empty until those who are booked have been shown; then a choice, with none made for them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label="What about these appointments?",
            choices=Standing.choices,
            widget=forms.RadioSelect,
            required=False,
            error_messages={"invalid_choice": NOT_CHOSEN},
            **kwargs,
        )


def seen_as(affected: Iterable[Appointment]) -> str:
    """Which appointments a preview has shown, for the form that comes back: nobody is cancelled unseen."""
    return ",".join(sorted(str(row.public_id) for row in affected))


class Previewing(forms.Form):
    """A change of hours that may affect somebody: sent first as it is, then with whom a preview has shown."""

    standing = StandingField()
    previewed = forms.CharField(widget=forms.HiddenInput, required=False)

    @property
    def seen(self) -> frozenset[UUID]:
        """The appointments that the preview named."""
        named = map(uuid_or_none, (self["previewed"].value() or "").split(","))
        return frozenset(one for one in named if one)

    @property
    def shown(self) -> frozenset[UUID]:
        """As the services take it: nobody, for as long as it is not said what becomes of them."""
        return self.seen if self.cleaned_data.get("standing") else frozenset()

    @property
    def cancels(self) -> bool:
        return self.cleaned_data.get("standing") == Standing.CANCEL

    def status_of_preview(self) -> HTTPStatus:
        """How the preview is answered, of a form that was just refused for it: a choice that is missing is an error,

        and whoever chose sees a list again that has changed meanwhile (409).
        """
        if self.seen and not self.cleaned_data.get("standing"):
            self.add_error("standing", NOT_CHOSEN)
        if self.errors:
            return HTTPStatus.UNPROCESSABLE_ENTITY
        return HTTPStatus.CONFLICT if self.seen else HTTPStatus.OK


class PreviewForm(Previewing, OnceForm):
    pass


class PlaceField(forms.TypedChoiceField):
    """One of the doctor's places, in which the form that has it calls `offer`."""

    def __init__(self, **kwargs: Any) -> None:
        message = "Choose one of the places where you work."
        messages = dict.fromkeys(("required", "invalid_choice"), message)
        super().__init__(label="Where", error_messages=messages, **kwargs)

    def offer(self, doctor: Doctor) -> None:
        places = {str(place.pk): place for place in doctor.locations.all()}
        self.choices = [(key, place.name) for key, place in places.items()]
        self.coerce = places.__getitem__


class RuleForm(OnceForm):
    """A weekly window, in the wall-clock time of the location."""

    wide = ("location", "weekday", "visit_types")
    location = PlaceField()
    weekday = forms.TypedChoiceField(
        label="Day",
        choices=AvailabilityRule.Weekday.choices,
        coerce=int,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose a day of the week."),
    )
    start_time = ClockField(label="From", error_messages={"required": "Enter the time when these hours begin."})
    end_time = ClockField(label="Until", error_messages={"required": "Enter the time when these hours end."})
    valid_from = DayField(label="Repeat from", required=False, help_text="Today if empty.")
    valid_until = DayField(label="Repeat until", required=False, help_text="No end if empty.")
    visit_types = forms.TypedMultipleChoiceField(
        label="Only for these visits",
        help_text="If none is ticked the hours are for all of your visits, and for those to come.",
        coerce=UUID,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose among your own visits."},
    )

    def __init__(self, *args: Any, doctor: Doctor, only: Sequence[VisitType] = (), **kwargs: Any) -> None:
        super().__init__(*args, auto_id="rule_%s", **kwargs)
        cast("PlaceField", self.fields["location"]).offer(doctor)
        active = [visit_type for visit_type in doctor.visit_types.all() if visit_type.is_active]
        offered = list(dict.fromkeys([*active, *only]))
        kinds = cast("forms.TypedMultipleChoiceField", self.fields["visit_types"])
        kinds.choices = [(str(visit_type.public_id), visit_type.name) for visit_type in offered]
        # With one kind of visit there is nothing to choose; the window is then for that and for those to come.
        if len(offered) < 2 and not only:  # noqa: PLR2004 — of one there is no choice
            del self.fields["visit_types"]

    @property
    def asked(self) -> dict[str, Any]:
        """What the window is, by the names of the service's parameters."""
        names = ("weekday", "start_time", "end_time", "valid_from", "valid_until")
        data = self.cleaned_data
        only = data.get("visit_types", [])
        return {name: data[name] for name in names} | {"location_id": data["location"].pk, "visit_type_ids": only}


class ChangeRuleForm(PreviewForm, RuleForm):
    """The same window again, with the version that was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, rule: AvailabilityRule, doctor: Doctor, data: Any = None) -> ChangeRuleForm:
        only = list(VisitType.objects.filter(pk__in=rule.visit_type_ids)) if rule.visit_type_ids else []
        initial = {
            **model_to_dict(rule),
            "visit_types": [str(visit_type.public_id) for visit_type in only],
            "version": selectors.version_of(rule),
        }
        return cls(data, doctor=doctor, only=only, initial=initial)

    @property
    def asked(self) -> dict[str, Any]:
        return super().asked | {"version": self.cleaned_data["version"], "shown": self.shown}


class RemoveForm(PreviewForm):
    """A button that takes hours away."""


class SeveralForm(PreviewForm):
    """The same change for several weekly windows, or taking them away: `do` says which."""

    CHANGE, REMOVE = "change", "remove"
    wide = ("location",)
    do = forms.ChoiceField(choices=[(CHANGE, "Change"), (REMOVE, "Remove")], widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)
    rules = forms.TypedMultipleChoiceField(
        label="Which hours?",
        coerce=UUID,
        widget=forms.CheckboxSelectMultiple,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose at least one window."),
    )
    location = PlaceField(required=False, empty_value=None)
    start_time = ClockField(label="From", required=False)
    end_time = ClockField(label="Until", required=False)
    valid_until = DayField(label="Repeat until", required=False)

    def __init__(self, *args: Any, doctor: Doctor, rules: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, auto_id="several_%s", **kwargs)
        place = cast("PlaceField", self.fields["location"])
        place.offer(doctor)
        place.choices = [("", "As it is"), *((str(one.pk), one.name) for one in doctor.locations.all())]
        cast("forms.TypedMultipleChoiceField", self.fields["rules"]).choices = rules

    @property
    def removes(self) -> bool:
        return bool(self.cleaned_data["do"] == self.REMOVE)

    @property
    def which(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"rule_ids": data["rules"], "seen": data["version"], "shown": self.shown}

    @property
    def changes(self) -> dict[str, Any]:
        data = self.cleaned_data
        place = data["location"]
        names = ("start_time", "end_time", "valid_until")
        return {name: data[name] for name in names} | {"location_id": place.pk if place else None}


class CopyDayForm(PreviewForm):
    wide = ("weekday", "to", "replace")
    weekday = forms.TypedChoiceField(
        label="Copy the hours of",
        choices=AvailabilityRule.Weekday.choices,
        coerce=int,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose a day of the week."),
    )
    to = forms.TypedMultipleChoiceField(
        label="To",
        choices=AvailabilityRule.Weekday.choices,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose at least one other day."),
    )
    replace = forms.BooleanField(label="In place of the hours that these days have now", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="copy_%s", **kwargs)

    @property
    def asked(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("weekday", "to", "replace")} | {"shown": self.shown}


class ExtraForm(OnceForm):
    """Hours of one day besides the weekly ones, in the wall-clock time of the location."""

    wide = ("location", "day")
    location = PlaceField()
    day = DayField(label="Day")
    from_time = ClockField(label="From", error_messages={"required": "Enter the time when these hours begin."})
    until_time = ClockField(label="Until", error_messages={"required": "Enter the time when these hours end."})
    names = {"start": "from_time", "end": "until_time"}

    def __init__(self, *args: Any, doctor: Doctor, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="extra_%s", **kwargs)
        cast("PlaceField", self.fields["location"]).offer(doctor)

    @property
    def asked(self) -> dict[str, Any]:
        data = self.cleaned_data
        zone = data["location"].time_zone
        start, end = clock.stretch(data["day"], data["from_time"], data["day"], data["until_time"], zone)
        return {"location_id": data["location"].pk, "start": start, "end": end}


class LateForm(forms.Form):
    minutes = forms.TypedChoiceField(
        label="How late are you?",
        choices=[(minutes, f"About {minutes} minutes") for minutes in MINUTES_LATE],
        coerce=int,
        initial=20,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose how late you are."),
    )


class LeaveForm(PreviewForm):
    """Days or hours off, in the clinic's time. Without times the whole of both days."""

    wide = ("note",)

    first_day = DayField(label="First day")
    from_time = ClockField(label="From", required=False, help_text="Start of the day if empty.")
    last_day = DayField(label="Last day", required=False, help_text="The same day if empty.")
    until_time = ClockField(label="Until", required=False, help_text="End of the day if empty.")
    note = forms.CharField(
        label="Note to yourself",
        required=False,
        max_length=NOTE_LENGTH,
        error_messages={"max_length": NOTE_TOO_LONG},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="leave_%s", **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("first_day"):
            data["last_day"] = data.get("last_day") or data["first_day"]
        return data

    @property
    def asked(self) -> dict[str, Any]:
        return {"start": self.start, "end": self.end, "note": self.cleaned_data["note"], "shown": self.shown}

    @property
    def start(self) -> datetime:
        """The first instant of the time off."""
        return self._stretch[0]

    @property
    def end(self) -> datetime:
        """The first instant after the time off."""
        return self._stretch[1]

    @property
    def _stretch(self) -> tuple[datetime, datetime]:
        data = self.cleaned_data
        return clock.stretch(
            data["first_day"], data["from_time"], data["last_day"], data["until_time"], clock.clinic_zone()
        )

    @property
    def names(self) -> dict[str, str]:
        """Where the service's fields stand on this form."""
        return {
            "start": "first_day",
            "end": "until_time" if self.cleaned_data.get("until_time") is not None else "last_day",
        }
