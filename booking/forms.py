from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django import forms
from django.db.models import TextChoices
from django.http import QueryDict
from django.utils.crypto import salted_hmac

from accounts.access_needs import AccessNeeds
from accounts.asking import AccessNeedsFields, ConsentFields, initial_needs
from accounts.models import ConsentQuestion, Patient, User
from booking.drafts import mark_of
from booking.models import Appointment, AvailabilityRule
from booking.states import ErrorReason, NoShowCorrection
from booking.validators import MINUTES_LATE, NOTE_LENGTH, NOTE_TOO_LONG, REASON_LENGTH, REASON_TOO_LONG
from common import clock, idempotency
from common.forms import EMAIL_LENGTH, BirthDateField, DayField
from doctors.models import Doctor


class OnceForm(forms.Form):
    """A form with a hidden key, by which the server knows it when it is sent a second time."""

    idempotency_key = forms.CharField(widget=forms.HiddenInput, max_length=idempotency.MAX_KEY_LENGTH, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("idempotency_key", idempotency.new_key())


class BookingForm(ConsentFields, AccessNeedsFields, OnceForm):
    """What is asked before a visit is booked; the chosen time comes with the address of the page."""

    patient = forms.TypedChoiceField(
        label="Who is this visit for?",
        coerce=UUID,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who this visit is for."},
    )
    reason = forms.CharField(
        label="What would you like to talk about?",
        help_text="A sentence is enough. Only you and the doctor can read it.",
        required=False,
        max_length=REASON_LENGTH,
        error_messages={"max_length": REASON_TOO_LONG},
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    made_for = forms.CharField(widget=forms.HiddenInput, required=False)
    field_order = ("patient", "reason", *AccessNeedsFields.NEEDS)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        user: User,
        patients: Sequence[Patient],
        questions: Sequence[ConsentQuestion],
        typed: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(data, initial={"made_for": mark_of(user)})
        self.user, self.patients = user, patients
        choices = [(patient.public_id, self._choice(patient)) for patient in patients]
        cast("forms.TypedChoiceField", self.fields["patient"]).choices = choices
        # Nobody is chosen for them: a visit that is booked for the wrong person is worse than a tick.
        if not self.asks_who:
            del self.fields["patient"]
            self.initial.update(initial_needs(patients[0].needs))
        if typed:
            self.initial.update({**dict.fromkeys(self.NEEDS, ""), **typed})
        if any(patient.user_id != user.pk for patient in patients):
            self.fields["reason"].help_text = "A sentence is enough. Only the patient and the doctor can read it later."
        self.ask_consents(questions)

    def _choice(self, patient: Patient) -> str:
        return f"Me, {patient.name}" if patient.user_id == self.user.pk else patient.name

    @property
    def asks_who(self) -> bool:
        return len(self.patients) > 1

    @property
    def booked_for(self) -> Patient | None:
        """Whom it is for, as far as that is known: None until one of several was chosen."""
        if not self.asks_who:
            return self.patients[0]
        chosen = self.cleaned_data.get("patient") if self.is_bound and self.is_valid() else None
        return next((patient for patient in self.patients if patient.public_id == chosen), None)

    @property
    def needs_given(self) -> AccessNeeds | None:
        """None for those that the patient's profile has: whoever books for one of several cannot see them before."""
        return self.needs or None if self.asks_who else self.needs

    @property
    def needs_known(self) -> AccessNeeds:
        """What the page says is known already."""
        return AccessNeeds() if self.asks_who else self.patients[0].needs

    @property
    def shows_needs(self) -> bool:
        """Whether their fields stand open: there is something to mend, or something that nobody has kept yet."""
        return any(self[name].errors or (self.is_bound and self[name].value()) for name in self.NEEDS)

    def renewed(self) -> BookingForm:
        """The same form with what was typed and a key of its own."""
        data = cast("QueryDict", self.data).copy()
        data["idempotency_key"] = idempotency.new_key()
        return BookingForm(data, user=self.user, patients=self.patients, questions=self.questions)


class MoveForm(OnceForm):
    """What goes with a new time, which comes with the address of the page: the state that the person looked at."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)


class LinkForm(forms.Form):
    """What proves that the link of a mail is in the hands of the patient whom it was sent to."""

    birth_date = BirthDateField()


class ShareForm(forms.Form):
    email = forms.EmailField(
        label="Email address of the person who helps you",
        max_length=EMAIL_LENGTH,
        help_text="We write to them, and open it to them once they have said yes.",
        error_messages={"required": "Enter the email address of the person who helps you."},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class ClockField(forms.TimeField):
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
    return salted_hmac("booking.preview", ",".join(sorted(str(row.public_id) for row in affected))).hexdigest()


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

    location = PlaceField()
    weekday = forms.TypedChoiceField(
        label="Day",
        choices=AvailabilityRule.Weekday.choices,
        coerce=int,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose a day of the week."),
    )
    start_time = ClockField(label="From", error_messages={"required": "Enter the time when these hours begin."})
    end_time = ClockField(label="Until", error_messages={"required": "Enter the time when these hours end."})
    valid_from = DayField(label="First day", required=False, help_text="Today if empty.")
    valid_until = DayField(label="Last day", required=False, help_text="No end if empty.")

    def __init__(self, *args: Any, doctor: Doctor, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="rule_%s", **kwargs)
        cast("PlaceField", self.fields["location"]).offer(doctor)

    @property
    def asked(self) -> dict[str, Any]:
        """What the window is, by the names of the service's parameters."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "idempotency_key"}
        place = data.pop("location")
        return {**data, "location_id": place.pk}


class ChangeRuleForm(RuleForm):
    """The same window again, with the version that was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class CopyDayForm(OnceForm):
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="copy_%s", **kwargs)


class ExtraForm(OnceForm):
    """Hours of one day besides the weekly ones, in the wall-clock time of the location."""

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


class LeaveForm(OnceForm):
    """Days or hours off, in the clinic's time. Without times the whole of both days."""

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
    standing = StandingField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="leave_%s", **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("first_day"):
            data["last_day"] = data.get("last_day") or data["first_day"]
        return data

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


class NoShowForm(forms.Form):
    """What happened, where it was said that a patient did not attend."""

    reason = forms.ChoiceField(
        label="What happened?",
        choices=NoShowCorrection.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what happened."},
    )


class EnteredInErrorForm(forms.Form):
    """Why an appointment should never have been in the diary."""

    reason = forms.ChoiceField(
        label="Why should it not be in the diary?",
        choices=ErrorReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose why it should not be in the diary."},
    )
