from __future__ import annotations

from accounts.models import User
from audit.services import event_record
from booking.models import Appointment
from booking.policies import acts_as_doctor, acts_for_clinic
from common.errors import Forbidden


def appointment_viewed(*, actor: User, appointment: Appointment) -> None:
    """Say in the audit log that somebody opened an appointment; patients who open their own leave no trace.

    A carer looks on the patient's behalf. If it cannot be said, nothing is to be shown: let the error pass.
    """
    if appointment.patient.user_id == actor.pk:
        return
    capacity = _capacity(actor, appointment)
    helped = appointment.patient if capacity == "carer" else None
    event_record("appointment.viewed", appointment, actor=actor, on_behalf_of=helped, capacity=capacity)


def history_viewed(*, actor: User, appointment: Appointment) -> None:
    """Say in the audit log that the doctor of an appointment opened all that its patient has with them.

    Raises `Forbidden` for everybody else: if it cannot be said, nothing is to be shown.
    """
    if not acts_as_doctor(actor, appointment):
        raise Forbidden("doctors_only", "Only the doctor can see what a patient has had with them.")
    event_record("appointment.history_viewed", appointment, actor=actor)


def _capacity(actor: User, appointment: Appointment) -> str:
    if acts_as_doctor(actor, appointment):
        return "doctor"
    return "staff" if acts_for_clinic(actor, appointment) else "carer"
