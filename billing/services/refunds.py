from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Sum

from accounts.models import User
from audit.services import event_record
from billing import facts
from billing.errors import TooMuch
from billing.models import AUTOMATIC, Complaint, Payment, Refund
from billing.selectors import attention_left, billing_settings, is_by_hand, left_of
from billing.services.receipts import credit_note_cancel, credit_note_issue
from billing.states import REFUND_LIVE, RefundReason, RefundStatus, assert_refund_can_move
from common.history import sign
from common.tasks import wake
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
    seconded_by: User | None = None,
    replaces: Refund | None = None,
    by_hand: bool = False,
    is_told: bool = True,
) -> Refund | None:
    """Promise to give back so much of a payment that the caller holds: the row now, the money by a worker, or by hand
    where Stripe would not send it. Without `is_told` the caller tells of it.

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
        seconded_by=seconded_by,
        by_hand=payment.is_online and (by_hand or is_by_hand(payment)),
        replaces=replaces,
        due_at=now,
        created_at=now,
    )
    refund.key = f"refund-{refund.public_id}"
    sign(refund, actor)
    refund.save(force_insert=True)
    _answer_leads_to(refund)
    told: dict[str, Any] = {"after": refund.status, "amount": amount_minor, "reason": reason.value}
    event_record("refund.promised", refund, actor=actor, patient=payment.appointment.patient, **told)
    if payment.is_online and refund.is_agreed:
        wake("billing.send_refunds")
    if is_told:
        messages_queue(messages=facts.refund_promised(refund), now=now)
    return refund


def _answer_leads_to(refund: Refund) -> None:
    """A complaint that was answered by what this replaces is answered by this."""
    complaint = Complaint.objects.filter(refund=refund.replaces_id).first() if refund.replaces_id else None
    if complaint is not None:
        complaint.refund = refund
        sign(complaint, None)
        complaint.save(update_fields=["refund"])


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
    *,
    refund: Refund,
    status: RefundStatus,
    now: datetime,
    actor: User | None = None,
    failure: str = "",
    is_told: bool = True,
) -> None:
    """Take a refund of a held payment to its next state, with what follows from it. To where it is, nothing happens.

    Without `is_told` the caller tells of what was cancelled.
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
    refund.save(update_fields=["status", "failure", "settled_at", "stripe_id", "given_reference"])
    patient = refund.payment.appointment.patient
    event_record("refund.changed", refund, actor=actor, patient=patient, before=before, after=status.value)
    if status == RefundStatus.SUCCEEDED:
        credit_note_issue(refund=refund, now=now)
        messages_queue(messages=facts.refund_made(refund), now=now)
    elif status == RefundStatus.FAILED:
        credit_note_cancel(refund=refund, now=now)
        messages_queue(messages=facts.refund_failed(refund), now=now)
    elif status == RefundStatus.CANCELED and is_told:
        messages_queue(messages=facts.refund_dropped(refund), now=now)
    if refund.is_not_made:
        # A reason that only a person settles is seen first, and this after it.
        refund.payment.attention = attention_left(refund.payment)
        refund.payment.save(update_fields=["attention"])
