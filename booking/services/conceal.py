from __future__ import annotations

from uuid import UUID

from django.db import transaction

from accounts.models import User
from audit.services import event_record
from booking.locks import lock_appointment
from booking.models import Appointment
from booking.selectors.appointments import appointment_for
from booking.services.remind import reminders_forget
from common import clock
from common.errors import Forbidden
from common.history import sign


@transaction.atomic
def appointment_conceal(*, actor: User, appointment_id: UUID, is_confidential: bool) -> Appointment:
    """The patient keeps a visit, and what is written about it, from everybody who helps them, or no longer.

    Whom they let see this one appointment (`appointment_share`) goes on seeing it. The same again changes nothing.
    Raises `NotFound`, `Forbidden` and `Busy`.
    """
    appointment = lock_appointment(appointment_for(actor, appointment_id))
    if appointment.patient.user_id != actor.pk:
        raise Forbidden("patients_only", "Only the patient can keep an appointment from those who help.")
    if appointment.is_confidential == is_confidential:
        return appointment
    reminders_forget(appointment, now=clock.now())
    appointment.is_confidential = is_confidential
    sign(appointment, actor)
    appointment.save(update_fields=["is_confidential"])
    event_record("appointment.concealed" if is_confidential else "appointment.revealed", appointment, actor=actor)
    return appointment
