"""The appointments register in the Wagtail admin: of nobody by name."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.db.models import QuerySet

from booking import selectors
from booking.models import Appointment
from booking.states import Status
from common.inputs import uuid_or_none
from common.registers import ANY, AS_WIDE_AS_ITS_COLUMN, PeriodForm, RegisterView
from doctors.models import Location


class RegisterForm(PeriodForm):
    """The filters of the register."""

    field_order = ("reference", "doctor", "status", "location", "since", "until")

    reference = forms.CharField(label="Reference", required=False, max_length=20, help_text="The whole of it.")
    doctor = forms.CharField(label="Doctor", required=False, max_length=120, help_text="Words of the name.")
    status = forms.ChoiceField(
        label="Status",
        required=False,
        choices=[ANY, *Status.choices],
        widget=forms.Select(attrs=AS_WIDE_AS_ITS_COLUMN),
    )
    location = forms.ModelChoiceField(
        label="Place",
        required=False,
        queryset=Location.objects.order_by("name"),
        empty_label="Any",
        widget=forms.Select(attrs=AS_WIDE_AS_ITS_COLUMN),
    )

    def search(self) -> selectors.Search:
        """What is asked for by the fields, which are right; empty ones ask nothing."""
        given = self.asked()
        place = given.pop("location", None)
        return selectors.Search(**given, location=place.pk if place else None)


class AppointmentsView(RegisterView[Appointment]):
    """One page of the register; `before` and `after` are public ids of appointments."""

    form_class = RegisterForm
    one, many = "appointment", "appointments"
    form: RegisterForm

    def found(self) -> QuerySet[Appointment]:
        return selectors.register_found(self.form.search())

    def estimate(self) -> int:
        return selectors.register_estimate()

    def key_of(self, row: Appointment) -> str:
        return str(row.public_id)

    def key_in(self, text: str) -> UUID | None:
        return uuid_or_none(text)

    def behind(self, found: QuerySet[Appointment], key: UUID) -> QuerySet[Appointment]:
        return selectors.register_before(found, key)

    def ahead(self, found: QuerySet[Appointment], key: UUID) -> QuerySet[Appointment]:
        return selectors.register_after(found, key)
