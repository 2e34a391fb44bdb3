from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from accounts.selectors import confirmed_account
from audit.services import event_record
from booking import facts
from booking.locks import lock_appointment
from booking.models import Appointment
from booking.policies import can_share
from booking.selectors.appointments import appointment_for, carers_of
from booking.states import Status
from common import clock
from common.errors import Conflict, Forbidden, Invalid
from common.locks import busy_if_locked
from common.permissions import grant, revoke
from notifications.services import messages_queue

CARER_MAY = ("view_appointment", "cancel_appointment")


def appointment_share(*, actor: User, appointment_id: UUID, email: str, now: datetime | None = None) -> Appointment:
    """The patient lets somebody see and cancel this one appointment: whoever has a confirmed account of that address.

    Where nobody has, nothing happens and the answer is the same; so is sharing again. Raises `NotFound`,
    `Forbidden`, `Invalid` (`own_address`, field `email`), `Conflict` (`illegal_transition`) and `Busy`.
    """
    now = now or clock.now()
    with busy_if_locked(), transaction.atomic():
        appointment = _locked_for_sharing(actor, appointment_id)
        if appointment.status not in (Status.PENDING, Status.BOOKED):
            raise Conflict(
                "illegal_transition", "This appointment cannot be shared any more.", current=appointment.status
            )
        if email.strip().lower() == actor.email:
            message = "This is your own address. Enter the address of the person who helps you."
            raise Invalid("own_address", message, fields={"email": [message]})
        carer = confirmed_account(email)
        if carer is None or carers_of(appointment).filter(pk=carer.pk).exists():
            return appointment
        for codename in CARER_MAY:
            grant(carer, codename, appointment)
        event_record("appointment.shared", appointment, actor=actor, carer=str(carer.public_id))
        messages_queue(messages=facts.to_carer(appointment, carer), now=now)
        return appointment


def appointment_unshare(*, actor: User, appointment_id: UUID, user_id: UUID) -> Appointment:
    """The patient takes a carer's rights on this appointment back; a carer without any is no error.

    Raises `NotFound`, `Forbidden` and `Busy`.
    """
    with busy_if_locked(), transaction.atomic():
        appointment = _locked_for_sharing(actor, appointment_id)
        carer = carers_of(appointment).filter(public_id=user_id).first()
        if carer is None:
            return appointment
        for codename in CARER_MAY:
            revoke(carer, codename, appointment)
        event_record("appointment.unshared", appointment, actor=actor, carer=str(carer.public_id))
        return appointment


def _locked_for_sharing(actor: User, appointment_id: UUID) -> Appointment:
    appointment = lock_appointment(appointment_for(actor, appointment_id))
    if not can_share(actor, appointment):
        raise Forbidden("patients_only", "Only the patient can share this appointment.")
    return appointment
