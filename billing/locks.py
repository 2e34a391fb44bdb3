"""Every row lock of billing. The order is always booking's (doctor, patient, appointment), then payments by key, then
refunds by key: whoever holds a payment takes none of booking's behind it.
"""

from __future__ import annotations

from uuid import UUID

from billing.models import Complaint, Dispute, NumberSequence, Payment, Refund
from billing.states import RefundStatus
from common.locks import for_update, locked


def payment_locked(payment_id: int) -> Payment:
    """The payment as it is now, held to the transaction's end. Raises `NotFound` and `Busy`."""
    return locked(Payment.objects.select_related("appointment__patient"), pk=payment_id)


def payment_named_locked(public_id: UUID) -> Payment:
    """The payment of this public id, held to the transaction's end. Raises `NotFound` and `Busy`."""
    return locked(Payment.objects.select_related("appointment__patient"), public_id=public_id)


def payments_of_locked(appointment_id: int) -> list[Payment]:
    """All payments of an appointment, by key, held to the transaction's end."""
    rows = Payment.objects.select_related("appointment__patient").filter(appointment=appointment_id)
    return list(for_update(rows.order_by("pk")))


def refund_named_locked(public_id: UUID) -> Refund:
    """The refund with its payment, both held, the payment first. Raises `NotFound` and `Busy`."""
    payment_id = Refund.objects.filter(public_id=public_id).values_list("payment_id", flat=True).first()
    payment = payment_locked(payment_id or 0)
    refund = locked(Refund.objects.all(), public_id=public_id)
    refund.payment = payment
    return refund


def promises_locked(payment: Payment) -> tuple[list[Refund], list[Refund]]:
    """What was promised of a held payment and is not known to be made, the oldest first: what Stripe was never asked
    for, and what it was; both held, so that no worker asks for it."""
    rows = Refund.objects.filter(payment=payment, status=RefundStatus.PENDING, stripe_id=None)
    never_asked: list[Refund] = []
    asked: list[Refund] = []
    for row in for_update(rows.order_by("pk")):
        row.payment = payment
        (asked if row.is_at_stripe else never_asked).append(row)
    return never_asked, asked


def dispute_locked(dispute_id: UUID) -> Dispute:
    """A dispute with its payment, both held, the payment first. Raises `NotFound` and `Busy`."""
    payment_id = Dispute.objects.filter(public_id=dispute_id).values_list("payment_id", flat=True).first()
    payment = payment_locked(payment_id or 0)
    dispute = locked(Dispute.objects.all(), public_id=dispute_id)
    dispute.payment = payment
    return dispute


def complaint_locked(complaint_id: UUID) -> Complaint:
    """Raises `NotFound` and `Busy`."""
    return locked(Complaint.objects.select_related("appointment__patient"), public_id=complaint_id)


def sequence_locked(series: str) -> NumberSequence:
    """The row that gives a series its numbers, held so that the next is given once. Raises `Busy`."""
    NumberSequence.objects.bulk_create([NumberSequence(series=series)], ignore_conflicts=True)
    return locked(NumberSequence.objects.all(), series=series)
