from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast
from uuid import UUID

from django import forms
from django.http import QueryDict

from accounts.access_needs import AccessNeeds, needs_kept
from accounts.asking import AccessNeedsFields, ConsentFields, initial_needs
from accounts.models import ConsentQuestion, Patient, User
from booking.states import ErrorReason, NoShowCorrection
from booking.validators import REASON_LENGTH, REASON_TOO_LONG
from common import idempotency
from common.forms import EMAIL_LENGTH, BirthDateField, OnceForm


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
        super().__init__(data)
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
    def needs_are_unreadable(self) -> bool:
        """Whether something is known of which nobody can say what."""
        return not self.asks_who and needs_kept(self.patients[0]) is None

    @property
    def shows_needs(self) -> bool:
        """Whether their fields stand open: there is something to mend, or something that nobody has kept yet."""
        return any(self[name].errors or (self.is_bound and self[name].value()) for name in self.NEEDS)

    def renewed(self) -> BookingForm:
        """The same form with what was typed and a key of its own."""
        data = cast("QueryDict", self.data).copy()
        data["idempotency_key"] = idempotency.new_key()
        return BookingForm(data, user=self.user, patients=self.patients, questions=self.questions)


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
