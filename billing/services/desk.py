from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from audit.services import event_record
from billing import facts
from billing.locks import payments_of_locked, refund_named_locked
from billing.models import Payment, Refund
from billing.policies import assert_others_money, can_record_payment, can_take_back, is_billing_officer
from billing.selectors import has_open_dispute, left_to_pay
from billing.services.losses import failures_follow, losses_follow
from billing.services.promises import promises_of_another_sum
from billing.services.receipts import receipt_cancel, receipt_issue
from billing.services.refunds import refund_move
from billing.states import (
    BY_MISTAKE,
    OPEN,
    REFUND_LIVE,
    Attention,
    Method,
    Outcome,
    PaymentStatus,
    RefundStatus,
    assert_payment_can_move,
)
from billing.validators import assert_reference
from booking.models import Appointment
from booking.selectors import appointment_for
from booking.services import appointment_locked_for_payment
from booking.states import STANDING
from common import clock
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.history import sign
from common.locks import busy_if_locked
from common.money import Money
from common.templatetags.when import clock_time
from notifications.services import messages_queue


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
    (`method_unknown`, `amount_wrong`, `card_number`, `reference_too_long`), `Conflict` (`illegal_transition`,
    `being_paid` while an online payment is open) and `Busy`.
    """
    now = now or clock.now()
    seen = appointment_for(actor, appointment_id)
    if method not in (Method.CASH, Method.CARD_MACHINE, Method.TRANSFER):
        raise Invalid("method_unknown", "Choose how it was paid.", fields={"method": ["Choose how it was paid."]})
    assert_reference(reference)
    with busy_if_locked(), transaction.atomic():
        appointment = appointment_locked_for_payment(appointment_id=seen.public_id)
        if not can_record_payment(actor, appointment):
            raise Forbidden("clinic_staff_only", "Only the staff of the clinic can record a payment.")
        _assert_due(appointment, amount_minor, now)
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
            desk_reference=reference.strip(),
            created_at=now,
            paid_at=now,
        )
        sign(payment, actor)
        payment.save(force_insert=True)
        patient = appointment.patient
        event_record(
            "payment.recorded", payment, actor=actor, patient=patient, amount=amount_minor, method=method.value
        )
        losses_follow(appointment)
        receipt_issue(payment=payment, now=now)
        return payment


def _begun_online(payment: Payment, appointment: Appointment, now: datetime) -> str:
    if payment.status == PaymentStatus.REVIEW:
        return "A payment that was made online is being looked at, so nothing can be recorded until that is settled."
    ends = payment.session_expires_at
    may_end_unpaid = payment.status in (PaymentStatus.REQUIRES_PAYMENT_METHOD, PaymentStatus.REQUIRES_ACTION)
    if not may_end_unpaid or ends is None or ends <= now:
        return "It is being paid online just now. Look again in a few minutes."
    until = clock_time(ends, appointment.location.zone)
    return (
        f"The patient has begun to pay it online. That page is open until {until}: pay there, or record it after that."
    )


def _assert_due(appointment: Appointment, amount_minor: int, now: datetime) -> None:
    if appointment.status not in STANDING:
        message = "A payment can be recorded for an appointment that stands."
        raise Conflict("illegal_transition", message, current=appointment.status)
    begun = next((one for one in payments_of_locked(appointment.pk) if one.status in OPEN), None)
    if begun is not None:
        raise Conflict("being_paid", _begun_online(begun, appointment, now))
    left = left_to_pay(appointment)
    if not 0 < amount_minor <= left:
        message = "Nothing is left to pay." if left <= 0 else "Enter an amount up to what is left to pay."
        raise Invalid("amount_wrong", message, fields={"amount": [message]}, left_minor=max(left, 0))


def payment_take_back(*, actor: User, payment_id: UUID, note: str, now: datetime | None = None) -> Payment:
    """Take back what the desk wrote down by mistake: no money came by it, so as much is due again.

    By the staff of the place on the day on which it was written down (the clinic's calendar), by billing officers on
    any; `note` says what was wrong, for colleagues; the patient is told. What was promised back of it is dropped, and
    its receipt cancelled by a document of its own; where all of it is written down as given back, both stay beside
    each other. The same again changes nothing. Raises `NotFound`, `Forbidden`, `Invalid` (`note_missing`), `Conflict`
    (`not_at_the_desk`, `day_over`, `partly_given_back`) and `Busy`.
    """
    now = now or clock.now()
    seen = Payment.objects.select_related("appointment").filter(public_id=payment_id).first()
    if seen is None:
        raise NotFound("We cannot find that payment.")
    with busy_if_locked(), transaction.atomic():
        appointment = appointment_locked_for_payment(appointment_id=seen.appointment.public_id)
        payment = next(one for one in payments_of_locked(appointment.pk) if one.public_id == payment_id)
        payment.appointment = appointment
        _assert_may_take_back(actor, payment, now)
        if payment.status == PaymentStatus.ENTERED_IN_ERROR:
            return payment
        if not note.strip():
            raise Invalid("note_missing", "Say what was wrong.", fields={"note": ["Say what was wrong."]})
        assert_payment_can_move(payment.status, PaymentStatus.ENTERED_IN_ERROR)
        was_given_back = _promises_dropped(payment, actor, now)
        before, amount = payment.status, payment.amount_minor
        payment.status, payment.attention = PaymentStatus.ENTERED_IN_ERROR, Attention.NONE
        payment.settled_note = note.strip()
        payment.captured_minor = amount if was_given_back else 0
        sign(payment, actor)
        payment.save(update_fields=["status", "attention", "settled_note", "captured_minor"])
        event_record(
            "payment.taken_back",
            payment,
            actor=actor,
            patient=appointment.patient,
            before=before,
            after=payment.status,
            amount=amount,
        )
        messages_queue(messages=facts.payment_taken_back(payment), now=now)
        if not was_given_back:
            receipt_cancel(payment=payment, now=now)
        # Of what came in truth the rules owe another share, and what a bank took may be unpaid again.
        promises_of_another_sum(appointment=appointment, now=now)
        failures_follow(appointment)
        losses_follow(appointment, is_mistake=True)
        return payment


def _assert_may_take_back(actor: User, payment: Payment, now: datetime) -> None:
    is_officer = is_billing_officer(actor)
    if not (is_officer or can_record_payment(actor, payment.appointment)):
        raise Forbidden("clinic_staff_only", "Only the staff of the clinic can take this back.")
    assert_others_money(actor, payment)
    if payment.is_online:
        raise Conflict("not_at_the_desk", "This was paid online, so it is given back, not taken back.")
    is_done = payment.status == PaymentStatus.ENTERED_IN_ERROR
    if not (is_officer or is_done or can_take_back(actor, payment, now=now)):
        message = "This was written down on another day, so a billing officer has to take it back."
        raise Conflict("day_over", message)


def _promises_dropped(payment: Payment, actor: User, now: datetime) -> bool:
    """Drop what was promised back of it and not given; whether all of it is written down as given."""
    live = Refund.objects.filter(payment=payment, status__in=sorted(REFUND_LIVE))
    given = sum(one.amount_minor for one in live if one.status == RefundStatus.SUCCEEDED)
    if given not in (0, payment.captured_minor):
        back = Money(given, payment.currency)
        message = f"{back} of it is written down as given back, so it cannot have been a mistake as a whole."
        raise Conflict("partly_given_back", message)
    for refund in live.exclude(status=RefundStatus.SUCCEEDED):
        refund.payment = payment
        refund_move(refund=refund, status=RefundStatus.CANCELED, actor=actor, now=now, failure=BY_MISTAKE)
    return given > 0


def refund_record_given(*, actor: User, refund_id: UUID, reference: str = "", now: datetime | None = None) -> Refund:
    """Write down that the clinic has given back, at the desk, what it took there; or, by a billing officer, that what
    Stripe would not send has gone by bank transfer, with the bank's `reference`. The same again changes nothing; with
    another reference it is refused, for the first stands and the money may have gone twice.

    By the staff of the place or a billing officer. Raises `NotFound`, `Forbidden`, `Invalid` (`reference_missing`,
    `card_number`, `reference_too_long`) and `Conflict` (`not_at_the_desk`, `second_person`, `dispute_open`,
    `given_before`, `illegal_transition`).
    """
    now = now or clock.now()
    assert_reference(reference)
    with busy_if_locked(), transaction.atomic():
        refund = refund_named_locked(refund_id)
        payment = refund.payment
        is_officer = is_billing_officer(actor)
        if not (is_officer or can_record_payment(actor, payment.appointment)):
            raise Forbidden("clinic_staff_only", "Only the staff of the clinic can record this.")
        assert_others_money(actor, payment)
        if payment.is_online and not refund.by_hand:
            raise Conflict("not_at_the_desk", "This was paid online, so it goes back the same way.")
        if refund.by_hand and not is_officer:
            raise Forbidden("billing_officers_only", "Only billing officers can record a bank transfer.")
        if not refund.is_agreed:
            raise Conflict("second_person", "A second billing officer has to agree first.")
        if refund.status == RefundStatus.SUCCEEDED:
            assert_same_reference(refund, reference)
            return refund
        if refund.by_hand:
            _assert_may_go_by_hand(refund, reference)
        refund.given_reference = reference.strip()
        refund_move(refund=refund, status=RefundStatus.SUCCEEDED, actor=actor, now=now)
        return refund


def assert_transfer_reference(reference: str) -> None:
    """Raises `Invalid` (`reference_missing`)."""
    if not reference.strip():
        message = "Give the bank’s reference of the transfer."
        raise Invalid("reference_missing", message, fields={"reference": [message]})


def _assert_may_go_by_hand(refund: Refund, reference: str) -> None:
    assert_transfer_reference(reference)
    if refund.status == RefundStatus.CANCELED:
        message = (
            "This refund was cancelled meanwhile, so it is not written down as given. If the transfer "
            f"{reference.strip()} has left already, say so beside it, and ask for the money back."
        )
        raise Conflict("illegal_transition", message, current=refund.status)
    if has_open_dispute(refund.payment):
        message = (
            "While a dispute is open nothing is given back: the bank may give it itself. If the transfer had left "
            "before, say so here, and tell the bank of it with the dispute’s evidence."
        )
        raise Conflict("dispute_open", message)


def assert_same_reference(refund: Refund, reference: str) -> None:
    if reference.strip() not in ("", refund.given_reference):
        first = f", with the reference {refund.given_reference}" if refund.given_reference else ""
        message = (
            f"This was written down as given back before{first}, and that stands. If it has gone a second time, "
            "ask for the money back."
        )
        raise Conflict("given_before", message, current=refund.status)
