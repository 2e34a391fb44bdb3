from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Sum

from accounts.models import User
from audit.services import event_record
from billing import facts
from billing.errors import TooMuch
from billing.models import AUTOMATIC, Payment, Refund
from billing.selectors import billing_settings, left_of, promised_of
from billing.services.receipts import credit_note_cancel, credit_note_issue
from billing.states import ELSEWHERE, REFUND_LIVE, Attention, RefundReason, RefundStatus, assert_refund_can_move
from common.history import sign
from common.tasks import wake
from integrations.stripe import objects
from notifications.services import messages_queue


def refund_promise(
    *,
    payment: Payment,
    amount_minor: int,
    reason: RefundReason,
    now: datetime,
    actor: User | None = None,
    note: str = "",
    needs_second: bool = False,
    replaces: Refund | None = None,
) -> Refund | None:
    """Promise to give back so much of a payment that the caller holds: the row now, the money by a worker.

    None where nothing is left to give back, or where it was promised by the same rule before. Raises `TooMuch`.
    """
    left = left_of(payment)
    if amount_minor > left:
        raise TooMuch(left)
    if amount_minor <= 0 or (reason in AUTOMATIC and _promised_by_rule(payment)):
        return None
    refund = Refund(
        payment=payment,
        amount_minor=amount_minor,
        currency=payment.currency,
        reason=reason,
        note=note,
        requested_by=actor,
        needs_second=needs_second,
        replaces=replaces,
        due_at=now,
        created_at=now,
    )
    refund.key = f"refund-{refund.public_id}"
    sign(refund, actor)
    refund.save(force_insert=True)
    patient = payment.appointment.patient
    event_record(
        "refund.promised",
        refund,
        actor=actor,
        patient=patient,
        after=refund.status,
        amount=amount_minor,
        reason=reason.value,
    )
    if payment.is_online and not needs_second:
        wake("billing.send_refunds")
    messages_queue(messages=facts.refund_promised(refund), now=now)
    return refund


def needs_second_person(*, payment: Payment, amount_minor: int) -> bool:
    """Whether a second officer has to agree: for what one alone has promised of this payment, with this, is too much.

    Counted together, so that many small refunds are no way around it.
    """
    alone = Refund.objects.filter(
        payment=payment,
        reason__in=(RefundReason.OFFICER, RefundReason.COMPLAINT),
        status__in=sorted(REFUND_LIVE),
        seconded_by=None,
    )
    promised = alone.aggregate(total=Sum("amount_minor"))["total"] or 0
    return promised + amount_minor > billing_settings().second_person_above_minor


def _promised_by_rule(payment: Payment) -> bool:
    return Refund.objects.filter(payment=payment, reason__in=AUTOMATIC, status__in=sorted(REFUND_LIVE)).exists()


def refund_move(
    *, refund: Refund, status: RefundStatus, now: datetime, actor: User | None = None, failure: str = ""
) -> None:
    """Take a refund of a held payment to its next state, with what follows from it. To where it is, nothing happens.

    Raises `Conflict` (`illegal_transition`).
    """
    before = refund.status
    if before == status:
        return
    assert_refund_can_move(before, status)
    refund.status, refund.failure = status, failure[:60]
    if status not in (RefundStatus.PENDING, RefundStatus.REQUIRES_ACTION):
        refund.settled_at = now
    sign(refund, actor)
    refund.save(update_fields=["status", "failure", "settled_at", "stripe_id"])
    patient = refund.payment.appointment.patient
    event_record("refund.changed", refund, actor=actor, patient=patient, before=before, after=status.value)
    if status == RefundStatus.SUCCEEDED:
        credit_note_issue(refund=refund, now=now)
        messages_queue(messages=facts.refund_made(refund), now=now)
    elif status == RefundStatus.FAILED:
        credit_note_cancel(refund=refund, now=now)
        refund.payment.attention = Attention.REFUND_FAILED
        refund.payment.save(update_fields=["attention"])
        messages_queue(messages=facts.refund_failed(refund), now=now)
    elif status == RefundStatus.CANCELED:
        messages_queue(messages=facts.refund_dropped(refund), now=now)


def refund_take_over(*, payment: Payment, refund: objects.Refund, now: datetime) -> None:
    """Make ours what Stripe says of one refund of a held payment: ours by its id or our name in it, else external."""
    ours = _ours(payment, refund) or _external(payment, refund, now)
    if ours is None:
        return
    if ours.stripe_id is None:
        Refund.objects.filter(pk=ours.pk).update(stripe_id=refund.id)
        ours.stripe_id = refund.id
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
        return Refund.objects.filter(payment=payment, public_id=UUID(name), stripe_id=None).first()
    except ValueError:
        return None


def _external(payment: Payment, refund: objects.Refund, now: datetime) -> Refund | None:
    """Made in Stripe's dashboard: recorded as it is. What was promised and not made gives way where both do not fit:
    Stripe would refuse it too, though we may have asked already."""
    if refund.status in (RefundStatus.FAILED, RefundStatus.CANCELED):
        return None
    # First what was never asked for, the newest first: of the others Stripe may have made one just now.
    ours = Refund.objects.filter(payment=payment, stripe_id=None, status=RefundStatus.PENDING)
    for waiting in ours.order_by("attempts", "-created_at"):
        if promised_of(payment) + refund.amount_minor > payment.captured_minor:
            waiting.payment = payment
            refund_move(refund=waiting, status=RefundStatus.CANCELED, now=now, failure=ELSEWHERE)
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
    row.save(force_insert=True)
    patient = payment.appointment.patient
    event_record("refund.found", row, actor=None, patient=patient, after=row.status, amount=row.amount_minor)
    return row
