from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from audit.services import event_record
from billing.locks import payments_of_locked, refund_named_locked
from billing.models import Payment, Refund
from billing.policies import assert_others_money, can_record_payment, is_billing_officer
from billing.selectors import left_to_pay
from billing.services.receipts import receipt_issue
from billing.services.refunds import refund_move
from billing.states import OPEN, Method, Outcome, PaymentStatus, RefundStatus
from billing.validators import assert_no_card_number
from booking.models import Appointment
from booking.selectors import appointment_for
from booking.services import appointment_locked_for_payment
from booking.states import STANDING
from common import clock
from common.errors import Conflict, Forbidden, Invalid
from common.history import sign
from common.locks import busy_if_locked


def payment_record(
    *,
    actor: User,
    appointment_id: UUID,
    method: Method,
    amount_minor: int,
    reference: str = "",
    now: datetime | None = None,
) -> Payment:
    """Write down what the clinic took at the desk for an appointment at its place, in minor units.

    Never more than what the visit costs and is not paid yet. Raises `NotFound`, `Forbidden`, `Invalid`
    (`method_unknown`, `amount_wrong`, `card_number`), `Conflict` (`illegal_transition`, `being_paid` while an online
    payment is open) and `Busy`.
    """
    now = now or clock.now()
    seen = appointment_for(actor, appointment_id)
    if method not in (Method.CASH, Method.CARD_MACHINE, Method.TRANSFER):
        raise Invalid("method_unknown", "Choose how it was paid.", fields={"method": ["Choose how it was paid."]})
    assert_no_card_number(reference)
    with busy_if_locked(), transaction.atomic():
        appointment = appointment_locked_for_payment(appointment_id=seen.public_id)
        if not can_record_payment(actor, appointment):
            raise Forbidden("clinic_staff_only", "Only the staff of the clinic can record a payment.")
        _assert_due(appointment, amount_minor)
        payment = Payment(
            appointment=appointment,
            started_by=actor,
            method=method,
            status=PaymentStatus.SUCCEEDED,
            outcome=Outcome.BOOKED,
            amount_minor=amount_minor,
            captured_minor=amount_minor,
            currency=appointment.currency,
            vat_rate_percent=appointment.vat_rate_percent,
            desk_reference=reference.strip()[:60],
            created_at=now,
            paid_at=now,
        )
        sign(payment, actor)
        payment.save(force_insert=True)
        patient = appointment.patient
        event_record(
            "payment.recorded", payment, actor=actor, patient=patient, amount=amount_minor, method=method.value
        )
        receipt_issue(payment=payment, now=now)
        return payment


def _assert_due(appointment: Appointment, amount_minor: int) -> None:
    if appointment.status not in STANDING:
        message = "A payment can be recorded for an appointment that stands."
        raise Conflict("illegal_transition", message, current=appointment.status)
    if any(payment.status in OPEN for payment in payments_of_locked(appointment.pk)):
        raise Conflict("being_paid", "It is being paid online just now. Look again in a moment.")
    left = left_to_pay(appointment)
    if not 0 < amount_minor <= left:
        message = "Nothing is left to pay." if left <= 0 else "Enter an amount up to what is left to pay."
        raise Invalid("amount_wrong", message, fields={"amount": [message]}, left_minor=max(left, 0))


def refund_record_given(*, actor: User, refund_id: UUID, now: datetime | None = None) -> Refund:
    """Write down that the clinic has given back, at the desk, what it took there. The same again changes nothing.

    By the staff of the place or a billing officer. Raises `NotFound`, `Forbidden` and `Conflict`
    (`not_at_the_desk`, `second_person`, `illegal_transition`).
    """
    now = now or clock.now()
    with busy_if_locked(), transaction.atomic():
        refund = refund_named_locked(refund_id)
        appointment = refund.payment.appointment
        if not (is_billing_officer(actor) or can_record_payment(actor, appointment)):
            raise Forbidden("clinic_staff_only", "Only the staff of the clinic can record this.")
        assert_others_money(actor, refund.payment)
        if refund.payment.is_online:
            raise Conflict("not_at_the_desk", "This was paid online, so it goes back the same way.")
        if refund.needs_second and refund.seconded_by_id is None:
            raise Conflict("second_person", "A second billing officer has to agree first.")
        refund_move(refund=refund, status=RefundStatus.SUCCEEDED, actor=actor, now=now)
        return refund
