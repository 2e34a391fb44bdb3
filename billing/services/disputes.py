from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from audit.services import event_record
from billing.errors import PaymentsAway
from billing.locks import dispute_locked
from billing.models import Dispute, Payment, Refund
from billing.policies import assert_billing_officer
from billing.services.refunds import refund_move
from billing.states import DISPUTE_OVER, DisputeStatus, RefundStatus
from common import clock
from common.errors import Conflict
from common.history import sign
from common.locks import busy_if_locked
from common.tasks import wake
from integrations.stripe import errors, objects
from integrations.stripe.gateway import gateway


def dispute_take_over(*, payment: Payment, dispute: objects.Dispute, now: datetime) -> None:
    """Make ours what Stripe says of one dispute of a held payment. Its end releases or drops what waited behind it."""
    known = dispute.status in DisputeStatus.values
    status = DisputeStatus(dispute.status) if known else DisputeStatus.UNKNOWN
    ours = Dispute.objects.filter(stripe_id=dispute.id).first()
    before = ours.status if ours else ""
    if ours is None:
        ours = Dispute(payment=payment, stripe_id=dispute.id, opened_at=dispute.created_at)
    elif before == status and ours.due_by == dispute.due_by:
        return
    ours.status, ours.due_by, ours.reason = status, dispute.due_by, dispute.reason[:60]
    ours.amount_minor, ours.currency = dispute.amount_minor, dispute.currency
    if status in DISPUTE_OVER and ours.closed_at is None:
        ours.closed_at = now
    sign(ours, None)
    ours.save()
    patient = payment.appointment.patient
    event_record("dispute.changed", ours, actor=None, patient=patient, before=before, after=status.value)
    if status in DISPUTE_OVER and before not in DISPUTE_OVER:
        _let_go(payment, status, now=now)


def _let_go(payment: Payment, status: DisputeStatus, *, now: datetime) -> None:
    """What was promised meanwhile is sent; where the bank has given the money back already it is dropped."""
    waiting = Refund.objects.filter(payment=payment, stripe_id=None, status=RefundStatus.PENDING)
    if status in (DisputeStatus.LOST, DisputeStatus.CHARGE_REFUNDED):
        for refund in waiting:
            refund.payment = payment
            refund_move(refund=refund, status=RefundStatus.CANCELED, now=now, failure="given back by the bank")
    elif waiting.update(due_at=now):
        wake("billing.send_refunds")


def dispute_answer(
    *, actor: User, dispute_id: UUID, evidence: Mapping[str, str], now: datetime | None = None
) -> Dispute:
    """Send a billing officer's evidence to the bank: facts of the booking, never anything clinical.

    `evidence` has Stripe's field names. Once sent it stands; the same again changes nothing. Call it outside
    transactions. Raises `NotFound`, `Forbidden`, `Conflict` (`dispute_over`) and `PaymentsAway`.
    """
    now = now or clock.now()
    assert_billing_officer(actor)
    seen = Dispute.objects.filter(public_id=dispute_id).first()
    if seen is not None and seen.evidence_sent_at is None:
        if seen.status in DISPUTE_OVER:
            raise Conflict("dispute_over", "This dispute is over, so no evidence is taken.", current=seen.status)
        try:
            gateway().dispute_submit(key=f"evidence-{seen.public_id}", dispute_id=seen.stripe_id, evidence=evidence)
        except errors.Unavailable as error:
            raise PaymentsAway from error
        except errors.Refused as error:
            raise Conflict("dispute_over", "Stripe takes no evidence for this dispute any more.") from error
    with busy_if_locked(), transaction.atomic():
        dispute = dispute_locked(dispute_id)
        if dispute.evidence_sent_at is None:
            dispute.evidence_sent_at, dispute.evidence_sent_by = now, actor
            sign(dispute, actor)
            dispute.save(update_fields=["evidence_sent_at", "evidence_sent_by"])
            patient = dispute.payment.appointment.patient
            event_record("dispute.answered", dispute, actor=actor, patient=patient, fields=sorted(evidence))
        return dispute
