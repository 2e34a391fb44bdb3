"""What Stripe says of refunds, made ours."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from psycopg import errors

from audit.services import event_record
from billing.models import Payment, Refund
from billing.services.promises import promises_complete, promises_fit
from billing.services.refunds import refund_move
from billing.states import BEYOND, ELSEWHERE, Attention, RefundReason, RefundStatus
from common.history import sign
from integrations.stripe import objects

# Of the trigger that keeps refunds below what was captured (billing/migrations/0002).
WITHIN_CAPTURED = "billing_refund_within_captured"


def refund_take_over(*, payment: Payment, refund: objects.Refund, now: datetime) -> None:
    """Make ours what Stripe says of one refund of a held payment: ours by its id or our name in it, else external."""
    ours = _ours(payment, refund) or _external(payment, refund, now)
    if ours is None:
        return
    if ours.has_left:
        _beyond_again(ours, refund, now)
        return
    if ours.stripe_id is None:
        Refund.objects.filter(pk=ours.pk).update(stripe_id=refund.id, by_hand=False)
        ours.stripe_id, ours.by_hand = refund.id, False
    known = refund.status in RefundStatus.values
    if not known:
        payment.attention = Attention.STATUS
        payment.save(update_fields=["attention"])
        return
    ours.payment = payment
    refund_move(refund=ours, status=RefundStatus(refund.status), now=now, failure=refund.failure_reason or "")


def _ours(payment: Payment, refund: objects.Refund) -> Refund | None:
    found = Refund.objects.filter(payment=payment, stripe_id=refund.id).first()
    name = refund.metadata.get("refund", "")
    if found or not name:
        return found
    try:
        named = Refund.objects.filter(payment=payment, public_id=UUID(name), stripe_id=None)
        # What was given by hand and sent by Stripe all the same has gone twice, and is to be seen.
        return named.exclude(by_hand=True, status=RefundStatus.SUCCEEDED).first()
    except ValueError:
        return None


def _external(payment: Payment, refund: objects.Refund, now: datetime) -> Refund | None:
    """Made in Stripe's dashboard: recorded as it is. What was promised and not made gives way as far as it must."""
    if refund.status in (RefundStatus.FAILED, RefundStatus.CANCELED):
        return None
    promises_fit(payment=payment, why=ELSEWHERE, now=now, gone_minor=refund.amount_minor, is_written=False)
    row = Refund(
        payment=payment,
        amount_minor=refund.amount_minor,
        currency=refund.currency,
        reason=RefundReason.EXTERNAL,
        stripe_id=refund.id,
        key=f"external-{refund.id}",
        due_at=now,
        created_at=now,
    )
    sign(row, None)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        cause = error.__cause__
        if not isinstance(cause, errors.CheckViolation) or cause.diag.constraint_name != WITHIN_CAPTURED:
            raise
        _keep_beyond(row, now)
        return None
    patient = payment.appointment.patient
    event_record("refund.found", row, actor=None, patient=patient, after=row.status, amount=row.amount_minor)
    promises_complete(appointment=payment.appointment, now=now)
    return row


def _keep_beyond(row: Refund, now: datetime) -> None:
    """More has gone than was captured: a transfer of ours had given it back. The ledger holds it as cancelled, so that
    it counts as given and is told of once, and an officer has to ask for the money."""
    payment = row.payment
    row.status, row.failure, row.settled_at = RefundStatus.CANCELED, BEYOND, now
    row.given_reference = (row.stripe_id or "")[:60]
    row.save(force_insert=True)
    patient = payment.appointment.patient
    event_record("refund.left", row, actor=None, patient=patient, after=row.status, amount=row.amount_minor)
    payment.attention = Attention.GONE_TWICE
    sign(payment, None)
    payment.save(update_fields=["attention"])


def _beyond_again(ours: Refund, refund: objects.Refund, now: datetime) -> None:
    """News of what went beyond what was captured: it may have come back."""
    if refund.status in (RefundStatus.FAILED, RefundStatus.CANCELED):
        # As it began: settled, for nothing of it is owed.
        ours.status, ours.failure = RefundStatus(refund.status), ELSEWHERE
        ours.given_reference, ours.let_go_minor = "", ours.amount_minor
        sign(ours, None)
        ours.save(update_fields=["status", "failure", "given_reference", "let_go_minor"])
        promises_complete(appointment=ours.payment.appointment, now=now)
