"""The appointments register in the Wagtail admin: of nobody by name."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from booking import selectors
from booking.models import Appointment
from booking.states import Status
from common.inputs import uuid_or_none
from common.registers import RegisterView, one_of
from doctors.registers import VisitsForm
from doctors.selectors import VisitSearch


class RegisterForm(VisitsForm):
    """The filters of the register."""

    field_order = ("reference", "doctor", "status", "location", "since", "until")

    status = one_of("Status", Status.choices)


class AppointmentsView(RegisterView[Appointment]):
    """One page of the register; `before` and `after` are public ids of appointments."""

    form_class = RegisterForm
    one, many = "appointment", "appointments"
    form: RegisterForm

    def found(self) -> QuerySet[Appointment]:
        return selectors.register_found(VisitSearch(**self.form.asked()))

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
