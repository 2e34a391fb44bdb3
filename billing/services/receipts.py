from __future__ import annotations

import hashlib
import uuid
from datetime import datetime
from uuid import UUID

from django.core.files.base import ContentFile

from accounts.models import Patient, User
from audit.services import event_record
from billing.locks import sequence_locked
from billing.models import NumberSequence, Payment, Receipt, Refund
from billing.policies import assert_billing_officer
from billing.selectors import billing_settings, payment_for
from common import clock
from common.errors import NotFound
from common.tasks import wake
from common.uploads.storage import private_storage

_DRAWN_WITH = (
    "refund",
    "cancels",
    "payment__appointment__doctor",
    "payment__appointment__location",
    "payment__appointment__patient",
)
_NO_RECEIPT = "We cannot find that receipt."
_PREFIX = {
    Receipt.Kind.RECEIPT: "R",
    Receipt.Kind.CREDIT_NOTE: "C",
    Receipt.Kind.CANCELLATION: "CC",
    Receipt.Kind.VOID: "RC",
}


def receipt_issue(*, payment: Payment, now: datetime) -> Receipt:
    """The receipt of a held payment whose money has come, numbered without a gap; the same again gives the same.

    The number is taken in the caller's transaction: where that is undone, so is the number. It is taken last, as the
    series is held until the transaction ends.
    """
    existing = Receipt.objects.filter(payment=payment, kind=Receipt.Kind.RECEIPT).first()
    if existing is not None:
        return existing
    return _issued(Receipt.Kind.RECEIPT, payment, payment.captured_minor, now)


def credit_note_issue(*, refund: Refund, now: datetime) -> Receipt:
    """The credit note of a refund of a held payment that has been made; the same again gives the same."""
    existing = Receipt.objects.filter(refund=refund).first()
    if existing is not None:
        return existing
    return _issued(Receipt.Kind.CREDIT_NOTE, refund.payment, refund.amount_minor, now, refund=refund)


def credit_note_cancel(*, refund: Refund, now: datetime) -> None:
    """Take back by a document of its own what the credit note says of a refund that has failed after all: the note
    itself stays, as it is in somebody's hands. The same again changes nothing."""
    note = Receipt.objects.filter(refund=refund).first()
    if note is not None and not Receipt.objects.filter(cancels=note).exists():
        _issued(Receipt.Kind.CANCELLATION, refund.payment, note.amount_minor, now, cancels=note)


def receipt_cancel(*, payment: Payment, now: datetime) -> None:
    """As `credit_note_cancel`, of the receipt of a held payment by which no money came."""
    receipt = Receipt.objects.filter(payment=payment, kind=Receipt.Kind.RECEIPT).first()
    if receipt is not None and not Receipt.objects.filter(cancels=receipt).exists():
        _issued(Receipt.Kind.VOID, payment, receipt.amount_minor, now, cancels=receipt)


def _issued(
    kind: Receipt.Kind,
    payment: Payment,
    amount_minor: int,
    now: datetime,
    *,
    refund: Refund | None = None,
    cancels: Receipt | None = None,
) -> Receipt:
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
        cancels=cancels,
        amount_minor=amount_minor,
        currency=payment.currency,
        vat_rate_percent=payment.vat_rate_percent,
        issued_at=now,
    )
    patient = payment.appointment.patient
    event_record("receipt.issued", receipt, actor=None, patient=patient, number=receipt.number, amount=amount_minor)
    wake("billing.draw_receipt", receipt.pk)
    return receipt


def receipt_draw(*, receipt_id: int) -> Receipt:
    """Draw and keep the PDF of a receipt, once: what was kept is never drawn anew, so that a copy stays the same.

    Two workers at once keep one of the two files, and the other is removed.
    """
    receipt = Receipt.objects.select_related(*_DRAWN_WITH).get(pk=receipt_id)
    if receipt.file:
        return receipt
    # Only now: a fifth of the start of every process would go into loading what a worker draws with.
    from billing.drawing import receipt_pdf

    content = receipt_pdf(receipt, billing_settings())
    storage = private_storage()
    key = storage.save(f"receipts/{uuid.uuid4().hex}.pdf", ContentFile(content))
    digest = hashlib.sha256(content).hexdigest()
    if not Receipt.objects.filter(pk=receipt_id, file="").update(file=key, digest=digest):
        storage.delete(key)
    receipt.refresh_from_db(fields=["file", "digest"])
    return receipt


def receipts_draw(*, limit: int = 100) -> int:
    """Draw what a worker that died has left, and say how many."""
    waiting = Receipt.objects.filter(file="").order_by("pk").values_list("pk", flat=True)
    return len([receipt_draw(receipt_id=receipt_id) for receipt_id in list(waiting[:limit])])


def receipt_open(*, actor: User, receipt_id: UUID) -> Receipt:
    """A receipt for whoever may see its payment as their own, with its PDF; each opening is an audit event.

    Raises `NotFound`, the same for what exists and what does not.
    """
    receipt = _receipt(receipt_id)
    try:
        payment_for(actor, receipt.payment.public_id)
    except NotFound:
        raise NotFound(_NO_RECEIPT) from None
    return _opened(receipt, actor)


def receipt_open_as_officer(*, actor: User, receipt_id: UUID) -> Receipt:
    """As `receipt_open`, for billing officers. Raises `Forbidden` and `NotFound`."""
    assert_billing_officer(actor)
    return _opened(_receipt(receipt_id), actor)


def _receipt(receipt_id: UUID) -> Receipt:
    receipt = Receipt.objects.select_related("payment").filter(public_id=receipt_id).first()
    if receipt is None:
        raise NotFound(_NO_RECEIPT)
    return receipt


def _opened(receipt: Receipt, actor: User) -> Receipt:
    patient = Patient.objects.get(appointments__payments=receipt.payment)
    event_record("receipt.downloaded", receipt, actor=actor, patient=patient, number=receipt.number)
    return receipt if receipt.file else receipt_draw(receipt_id=receipt.pk)
