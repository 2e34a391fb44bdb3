from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from audit.services import event_record
from billing import facts
from billing.errors import PaymentsAway
from billing.locks import dispute_locked
from billing.models import Dispute, Payment, Refund
from billing.policies import assert_billing_officer, assert_others_money
from billing.reckoning import reckoned
from billing.selectors import attention_left, facts_of, is_by_hand, is_gone_twice
from billing.services.losses import failures_follow
from billing.services.promises import promises_complete, promises_fit
from billing.states import (
    BY_THE_BANK,
    DISPUTE_GONE,
    DISPUTE_OVER,
    Attention,
    DisputeStatus,
    Outcome,
    RefundReason,
    RefundStatus,
)
from common import clock
from common.errors import Conflict, Invalid, NotFound
from common.history import sign
from common.locks import busy_if_locked
from common.tasks import wake
from integrations.stripe import errors, objects
from integrations.stripe.gateway import gateway
from notifications.services import messages_queue


def dispute_take_over(*, payment: Payment, dispute: objects.Dispute, now: datetime) -> None:
    """Make ours what Stripe says of one dispute of a held payment. Its end releases or drops what waited behind it."""
    known = dispute.status in DisputeStatus.values
    status = DisputeStatus(dispute.status) if known else DisputeStatus.UNKNOWN
    ours = Dispute.objects.filter(stripe_id=dispute.id).first()
    before = ours.status if ours else ""
    if ours is None:
        ours = Dispute(payment=payment, stripe_id=dispute.id, opened_at=dispute.created_at)
    elif (before, ours.due_by, ours.is_refundable) == (status, dispute.due_by, dispute.is_charge_refundable):
        return
    is_undone = before in DISPUTE_GONE and status not in DISPUTE_GONE
    ours.is_refundable = dispute.is_charge_refundable
    ours.status, ours.due_by, ours.reason = status, dispute.due_by, dispute.reason[:60]
    ours.amount_minor, ours.currency = dispute.amount_minor, dispute.currency
    if status in DISPUTE_OVER and ours.closed_at is None:
        ours.closed_at = now
    sign(ours, None)
    ours.save()
    patient = payment.appointment.patient
    event_record("dispute.changed", ours, actor=None, patient=patient, before=before, after=status.value)
    if status in DISPUTE_OVER and before not in DISPUTE_OVER:
        _let_go(payment, ours, now=now)
    elif is_undone:
        _is_here_again(payment, now=now)
    elif not before:
        _tell(payment, _waiting(payment), now=now)


def _let_go(payment: Payment, dispute: Dispute, *, now: datetime) -> None:
    """What was promised meanwhile is sent, or given by hand where Stripe will not; what the bank has given back itself
    is dropped."""
    waiting = _waiting(payment)
    waiting.update(due_at=now)
    if is_by_hand(payment):
        # Never the other way round: what an officer gives by bank transfer may have left the bank already.
        waiting.update(by_hand=True)
    if dispute.status in DISPUTE_GONE:
        gone = dispute.amount_minor
        stand = promises_fit(payment=payment, why=BY_THE_BANK, now=now, gone_minor=gone, is_written=True)
        promises_complete(appointment=payment.appointment, now=now)
        if is_gone_twice(payment):
            payment.attention = Attention.GONE_TWICE
        elif payment.attention in (Attention.NONE, Attention.REFUND_FAILED):
            # Where nothing is left what failed to go back has gone.
            payment.attention = attention_left(payment)
        payment.save(update_fields=["attention"])
        failures_follow(payment.appointment)
    else:
        stand = list(waiting)
    _tell(payment, stand, now=now)
    if stand:
        wake("billing.send_refunds")


def _is_here_again(payment: Payment, *, now: datetime) -> None:
    """A bank has thought again of what it had taken for good: the rules promise anew what they owe of it. What
    officers had promised, or what came to nothing was to give back, and was dropped for it is for an officer to see."""
    promises_complete(appointment=payment.appointment, now=now)
    dropped = Refund.objects.filter(payment=payment, status=RefundStatus.CANCELED, failure=BY_THE_BANK)
    if payment.outcome != Outcome.REFUNDED:
        dropped = dropped.filter(reason__in=(RefundReason.OFFICER, RefundReason.COMPLAINT))
    if payment.attention == Attention.GONE_TWICE and is_gone_twice(payment):
        # Without this one still.
        return
    if payment.attention in (Attention.NONE, Attention.DISPUTE_LOST, Attention.GONE_TWICE):
        is_to_decide = dropped.exists() or reckoned(facts_of(payment)).short > 0
        payment.attention = Attention.LOSS_UNDONE if is_to_decide else Attention.NONE
        payment.attention = payment.attention or attention_left(payment)
        payment.save(update_fields=["attention"])
    failures_follow(payment.appointment)


def _tell(payment: Payment, promises: Iterable[Refund], *, now: datetime) -> None:
    """What is promised waits by now, or is on its way after all."""
    for refund in promises:
        refund.payment = payment
        messages_queue(messages=facts.refund_promised(refund), now=now)


def _waiting(payment: Payment) -> QuerySet[Refund]:
    return Refund.objects.filter(payment=payment, stripe_id=None, status=RefundStatus.PENDING)


def dispute_answer(
    *, actor: User, dispute_id: UUID, evidence: Mapping[str, str], now: datetime | None = None
) -> Dispute:
    """Send a billing officer's evidence to the bank: facts of the booking, never anything clinical.

    `evidence` has Stripe's field names. Once sent it stands: the same again changes nothing, other words are refused.
    Call it outside transactions. Raises `NotFound`, `Forbidden` (not an officer, their own money), `Invalid`
    (`evidence_missing`), `Conflict` (`dispute_over`, `evidence_sent`) and `PaymentsAway`.
    """
    now = now or clock.now()
    assert_billing_officer(actor)
    seen = Dispute.objects.select_related("payment__appointment__patient").filter(public_id=dispute_id).first()
    if seen is None:
        raise NotFound("We cannot find that dispute.")
    assert_others_money(actor, seen.payment)
    given = {name: text.strip() for name, text in evidence.items() if text.strip()}
    if not given:
        raise Invalid("evidence_missing", "Nothing would be sent: fill in at least one fact for the bank.")
    digest = hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()
    if seen.evidence_sent_at is None:
        if seen.status in DISPUTE_OVER:
            raise Conflict("dispute_over", "This dispute is over, so no evidence is taken.", current=seen.status)
        _send(seen, given, digest)
    with busy_if_locked(), transaction.atomic():
        dispute = dispute_locked(dispute_id)
        if dispute.evidence_sent_at is None:
            dispute.evidence_sent_at, dispute.evidence_sent_by, dispute.evidence_digest = now, actor, digest
            sign(dispute, actor)
            dispute.save(update_fields=["evidence_sent_at", "evidence_sent_by", "evidence_digest"])
            patient = dispute.payment.appointment.patient
            event_record("dispute.answered", dispute, actor=actor, patient=patient, fields=sorted(given))
        elif dispute.evidence_digest not in ("", digest):
            # Of what was sent before digests were kept nobody knows the words.
            who = "You have" if dispute.evidence_sent_by_id == actor.pk else "A colleague has"
            message = f"{who} sent other evidence already, and it goes to the bank once. What was sent first stands."
            raise Conflict("evidence_sent", message)
        return dispute


def _send(dispute: Dispute, evidence: Mapping[str, str], digest: str) -> None:
    # What was changed after a try that failed is another request to Stripe.
    key = f"evidence-{dispute.public_id}-{digest[:16]}"
    try:
        gateway().dispute_submit(key=key, dispute_id=dispute.stripe_id, evidence=evidence)
    except errors.Unavailable as error:
        raise PaymentsAway from error
    except errors.Refused as error:
        raise Conflict("dispute_over", "Stripe takes no evidence for this dispute any more.") from error
