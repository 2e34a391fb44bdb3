from __future__ import annotations

from datetime import datetime

from audit.services import event_record
from billing.locks import sequence_locked
from billing.models import NumberSequence, Payment, Receipt, Refund
from common import clock
from common.tasks import wake

_PREFIX = {Receipt.Kind.RECEIPT: "R", Receipt.Kind.CREDIT_NOTE: "C"}


def receipt_issue(*, payment: Payment, now: datetime) -> Receipt:
    """The receipt of a held payment whose money has come, numbered without a gap; the same again gives the same.

    The number is taken in the caller's transaction: where that is undone, so is the number. It is taken last, as the
    series is held until the transaction ends.
    """
    existing = Receipt.objects.filter(payment=payment, kind=Receipt.Kind.RECEIPT).first()
    if existing is not None:
        return existing
    return _issued(Receipt.Kind.RECEIPT, payment, None, payment.captured_minor, now)


def credit_note_issue(*, refund: Refund, now: datetime) -> Receipt:
    """The credit note of a refund of a held payment that has been made; the same again gives the same."""
    existing = Receipt.objects.filter(refund=refund).first()
    if existing is not None:
        return existing
    return _issued(Receipt.Kind.CREDIT_NOTE, refund.payment, refund, refund.amount_minor, now)


def _issued(kind: Receipt.Kind, payment: Payment, refund: Refund | None, amount_minor: int, now: datetime) -> Receipt:
    series = f"{_PREFIX[kind]}-{clock.clinic_day(now).year}"
    sequence = sequence_locked(series)
    sequence.last += 1
    NumberSequence.objects.filter(pk=sequence.pk).update(last=sequence.last)
    receipt = Receipt.objects.create(
        kind=kind,
        series=series,
        sequence=sequence.last,
        number=f"{series}-{sequence.last:06}",
        payment=payment,
        refund=refund,
        amount_minor=amount_minor,
        currency=payment.currency,
        vat_rate_percent=payment.vat_rate_percent,
        issued_at=now,
    )
    patient = payment.appointment.patient
    event_record("receipt.issued", receipt, actor=None, patient=patient, number=receipt.number, amount=amount_minor)
    wake("billing.draw_receipt", receipt.pk)
    return receipt
