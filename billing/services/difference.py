from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from billing import facts
from billing.locks import payments_of_locked
from billing.models import Payment
from billing.policies import can_pay_for
from billing.selectors import due_online
from billing.services.losses import losses_follow
from billing.services.promises import promises_top_up
from billing.states import OPEN
from booking.models import Appointment
from booking.services import appointment_change_visit
from common import clock
from common.errors import Forbidden
from common.locks import busy_if_locked
from common.tasks import wake
from notifications.services import messages_queue


def visit_change(
    *,
    actor: User,
    appointment_id: UUID,
    visit_type_id: UUID,
    start: datetime,
    seen_sequence: int | None = None,
    now: datetime | None = None,
) -> Appointment:
    """Make a booked appointment another kind of visit and settle the difference, in one transaction.

    What was paid above the new price goes back; what is due online and not paid yet waits for a payment of its own
    (`payment_start`), and a session over another amount is to end. Raises what `appointment_change_visit` does, and
    `Forbidden` (`may_not_pay`) for whoever may book for the patient and not pay, where something is to be paid.
    """
    now = now or clock.now()
    with busy_if_locked(), transaction.atomic():
        appointment = appointment_change_visit(
            actor=actor,
            appointment_id=appointment_id,
            visit_type_id=visit_type_id,
            start=start,
            seen_sequence=seen_sequence,
            now=now,
        )
        payments = payments_of_locked(appointment.pk)
        due = due_online(appointment)
        if due and not can_pay_for(actor, appointment):
            message = "This visit costs more, and only the patient, or a carer who may pay, can choose it."
            raise Forbidden("may_not_pay", message)
        for payment in payments:
            if payment.status in OPEN and payment.is_online and payment.amount_minor != due:
                Payment.objects.filter(pk=payment.pk).update(session_end_wanted_at=now)
                wake("billing.end_session", payment.pk)
        promises_top_up(appointment=appointment, now=now)
        losses_follow(appointment)
        if due:
            messages_queue(messages=facts.difference_due(appointment, due), now=now)
        return appointment
