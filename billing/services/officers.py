"""What else an officer does with a payment: look, ask Stripe again, and say that nothing has to be done any more."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from audit.services import event_record
from billing.errors import PaymentsAway
from billing.locks import payment_named_locked
from billing.models import Payment, Refund
from billing.policies import assert_billing_officer, assert_others_money
from billing.reckoning import let_go_of
from billing.selectors import attention_left, facts_of, failed_among, failures_waiting, left_of
from billing.services.losses import failures_follow
from billing.services.promises import promises_complete
from billing.services.receipts import receipt_issue
from billing.services.refund_officers import refund_for_officer
from billing.services.refunds import refund_promise
from billing.services.sync import payment_sync
from billing.states import Attention, Outcome, PaymentStatus, RefundReason, assert_payment_can_move
from booking.models import Appointment
from booking.services import appointment_locked_for_payment
from booking.states import Status
from common import clock
from common.errors import Conflict, Invalid, NotFound
from common.fields import opened
from common.history import sign
from common.locks import busy_if_locked
from integrations.stripe.errors import Refused, Unavailable

# Stripe's fields of evidence that facts of a booking fill, with what an officer reads.
EVIDENCE_FIELDS = {
    "service_date": "Date of the service",
    "product_description": "What was booked",
    "cancellation_policy_disclosure": "How the terms of cancelling were shown",
    "refund_policy_disclosure": "How the terms of refunds were shown",
    "uncategorized_text": "What else the bank should know",
}


def payment_viewed(*, actor: User, payment: Payment) -> None:
    """An officer has looked at somebody's payment: an audit event. Raises `Forbidden`."""
    assert_billing_officer(actor)
    event_record("payment.viewed", payment, actor=actor, patient=payment.appointment.patient)


def payment_fetch(*, actor: User, payment_id: UUID, now: datetime | None = None) -> None:
    """Ask Stripe again how a payment stands. Raises `Forbidden`, `NotFound`, `Conflict` and `PaymentsAway`."""
    now = now or clock.now()
    assert_billing_officer(actor)
    payment = Payment.objects.select_related("appointment__patient").filter(public_id=payment_id).first()
    if payment is None:
        raise NotFound("We cannot find that payment.")
    if payment.session_id is None:
        raise Conflict("not_online", "Stripe knows nothing of this payment.", current=payment.status)
    event_record("payment.fetched", payment, actor=actor, patient=payment.appointment.patient)
    try:
        payment_sync(payment_id=payment.pk, now=now)
    except Unavailable as error:
        raise PaymentsAway from error
    except Refused as error:
        raise Conflict("stripe_refuses", f"Stripe answers: {error.code}.") from error


def attention_settle(*, actor: User, payment_id: UUID, note: str, now: datetime | None = None) -> Payment:
    """Say what was found, and that a payment waits for nobody any more; what is to go back is a refund of its own.

    The note is kept with the payment, for officers alone; the audit event is without it. One that did not
    add up ends as paid, with a receipt, or as not paid where no money has come. That books nothing: what
    came for an appointment that is cancelled by now goes back, all of it.

    Raises `Forbidden`, `NotFound`, `Invalid` (`note_missing`), `Conflict` (`session_open`: it may yet be paid) and
    `Busy`.
    """
    now = now or clock.now()
    assert_billing_officer(actor)
    if not note.strip():
        raise Invalid("note_missing", "Say what you found.", fields={"note": ["Say what you found."]})
    with busy_if_locked(), transaction.atomic():
        visit = _visit_locked(payment_id)
        payment = payment_named_locked(payment_id)
        payment.appointment = visit or payment.appointment
        assert_others_money(actor, payment)
        before = payment.attention
        if before or payment.status == PaymentStatus.REVIEW:
            payment.settled_note = note.strip()
            payment.attention = _attention_after(payment)
            if payment.status == PaymentStatus.REVIEW:
                _assert_not_payable(payment)
                _end_review(payment)
            sign(payment, actor)
            payment.save(update_fields=["attention", "status", "outcome", "settled_note"])
            patient = payment.appointment.patient
            event_record("payment.decided", payment, actor=actor, patient=patient, before=before, after=payment.status)
            if payment.status == PaymentStatus.SUCCEEDED and payment.is_online:
                _return_what_booked_nothing(payment, now)
                receipt_issue(payment=payment, now=now)
            if before == Attention.REFUND_FAILED:
                promises_complete(appointment=payment.appointment, now=now)
                failures_follow(payment.appointment)
        return payment


def refund_let_go(*, actor: User, refund_id: UUID, note: str, now: datetime | None = None) -> Refund:
    """Say of one refund that failed, and why, that what is owed of it still is not to go back any more: it is given
    otherwise, or nobody wants it. What else failed waits as before, and the same again changes nothing.

    Raises `NotFound`, `Forbidden`, `Invalid` (`note_missing`), `Conflict` (`not_failed`) and `Busy`.
    """
    now = now or clock.now()
    with refund_for_officer(actor, refund_id, with_visit=True) as failed:
        payment, visit = failed.payment, failed.payment.appointment
        if failed.is_settled and not hasattr(failed, "replaced_by"):
            return failed
        if not failed_among(payment.refunds.filter(pk=failed.pk)).exists():
            message = "Only a refund that failed, and that nothing has taken the place of, can be let go of."
            raise Conflict("not_failed", message, current=failed.status)
        if not note.strip():
            message = "Say why it is not sent again."
            raise Invalid("note_missing", message, fields={"note": [message]})
        failed.note = f"{opened(failed, 'note') or ''}\nNot sent again: {note.strip()}".strip()
        sign(failed, actor)
        failed.save(update_fields=["note"])
        _let_go_of(failed, payment)
        event_record("refund.let_go", failed, actor=actor, patient=visit.patient, amount=failed.let_go_minor)
        promises_complete(appointment=visit, now=now)
        failures_follow(visit)
        return failed


def _visit_locked(payment_id: UUID) -> Appointment | None:
    of = Payment.objects.filter(public_id=payment_id).values_list("appointment__public_id", flat=True).first()
    return appointment_locked_for_payment(appointment_id=of) if of else None


def _attention_after(payment: Payment) -> Attention:
    """What else it waits for: what is found about a refund says nothing of a visit that a bank has left unpaid, and
    what is found about anything else nothing of a refund that failed."""
    if payment.attention == Attention.REFUND_FAILED:
        _let_go(payment)
        return attention_left(payment)
    return Attention.REFUND_FAILED if failures_waiting(payment) else Attention.NONE


def _let_go(payment: Payment) -> None:
    """Of each that failed an officer says that what is owed of it still is not to go back any more."""
    for failed in failed_among(payment.refunds.all()):
        _let_go_of(failed, payment)


def _let_go_of(failed: Refund, payment: Payment) -> None:
    failed.let_go_minor, failed.let_go_of_rules_minor = let_go_of(facts_of(payment), failed.pk)
    failed.save(update_fields=["let_go_minor", "let_go_of_rules_minor"])


def _return_what_booked_nothing(payment: Payment, now: datetime) -> None:
    """Where the appointment is cancelled; while its time is kept, the end of that gives it back."""
    # Whoever cancelled it held the payment that we hold now: what was read with that may be older.
    payment.appointment.refresh_from_db(fields=["status"])
    if payment.outcome == Outcome.REVIEW and payment.appointment.status == Status.CANCELLED:
        refund_promise(payment=payment, amount_minor=left_of(payment), reason=RefundReason.PRACTICE, now=now)


def _assert_not_payable(payment: Payment) -> None:
    ends = payment.session_expires_at
    if not payment.captured_minor and ends and ends > clock.now():
        message = "Its page at Stripe is still open, so it may yet be paid. Look again in half an hour."
        raise Conflict("session_open", message)


def _end_review(payment: Payment) -> None:
    target = PaymentStatus.SUCCEEDED if payment.captured_minor else PaymentStatus.CANCELED
    assert_payment_can_move(payment.status, target)
    payment.status = target
    payment.outcome = payment.outcome or (Outcome.REVIEW if payment.captured_minor else "")
