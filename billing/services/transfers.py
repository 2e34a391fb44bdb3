"""Bank transfers that had left the clinic's bank before anybody heard that the cardholder's bank may give it too."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from accounts.models import User
from audit.services import event_record
from billing.models import Payment, Refund
from billing.selectors import is_gone_twice, promised_by, promised_of
from billing.services.desk import assert_same_reference, assert_transfer_reference
from billing.services.promises import promises_complete, promises_fit
from billing.services.refund_officers import reason_anew, refund_for_officer
from billing.services.refunds import refund_move
from billing.states import BY_THE_BANK, ELSEWHERE, Attention, RefundStatus
from billing.validators import assert_reference
from common import clock
from common.errors import Conflict
from common.fields import opened
from common.history import sign


def refund_record_left(*, actor: User, refund_id: UUID, reference: str, now: datetime | None = None) -> Refund:
    """Write down that a transfer had left the clinic's bank before its dispute was heard of, with its `reference`: it
    has gone, whatever the dispute's end is. Where the loss has cancelled the promise by now, another refund in its
    place says so; where more would be given back by that than was taken, as what took its place has gone too, the
    cancelled promise keeps the reference. What has gone twice is on the officers' list, to be asked for. The same
    again changes nothing.

    Raises `NotFound`, `Forbidden`, `Invalid` (`reference_missing`, `card_number`, `reference_too_long`), `Conflict`
    (`not_by_hand`, `second_person`, `given_before`, `illegal_transition`) and `Busy`.
    """
    now = now or clock.now()
    assert_reference(reference)
    with refund_for_officer(actor, refund_id, with_visit=True) as refund:
        assert_transfer_reference(reference)
        if not refund.by_hand:
            raise Conflict("not_by_hand", "This is not given by bank transfer.")
        if not refund.is_agreed:
            raise Conflict("second_person", "A second billing officer has to agree first.")
        known = _written_before(refund, reference)
        if known is not None:
            assert_same_reference(known, reference)
            return known
        gone = refund if refund.status == RefundStatus.PENDING else _written_anew(refund, actor, now)
        (gone or refund).given_reference = reference.strip()
        if gone is None:
            _kept_with(refund, actor)
        else:
            refund_move(refund=gone, status=RefundStatus.SUCCEEDED, actor=actor, now=now)
        promises_complete(appointment=refund.payment.appointment, now=now)
        if gone is None or is_gone_twice(refund.payment):
            _listed_as_twice(refund.payment, actor)
        return gone or refund


def _written_before(refund: Refund, reference: str) -> Refund | None:
    """What says already that this transfer has gone: what took the place of it as a part of it is another transfer."""
    if refund.given_reference:
        return refund
    last = _last_of(refund)
    is_same = last.amount_minor == refund.amount_minor or last.given_reference == reference.strip()
    return last if last.status == RefundStatus.SUCCEEDED and is_same else None


def _last_of(refund: Refund) -> Refund:
    """What has taken its place in the end."""
    while (then := Refund.objects.filter(replaces=refund).first()) is not None:
        then.payment, refund = refund.payment, then
    return refund


def _written_anew(dropped: Refund, actor: User, now: datetime) -> Refund | None:
    """As a refund from the dashboard: what was promised and is not made gives way as far as it must, but for what
    Stripe may have made by now. None where more would be given back by it than was taken."""
    if dropped.status != RefundStatus.CANCELED or dropped.failure != BY_THE_BANK:
        message = "This refund was not cancelled for a bank’s decision, so nothing of it had left before that."
        raise Conflict("illegal_transition", message, current=dropped.status)
    payment, amount = dropped.payment, dropped.amount_minor
    promises_fit(
        payment=payment,
        why=ELSEWHERE,
        now=now,
        gone_minor=amount,
        is_written=False,
        asked_too=False,
        by=promised_by(dropped),
    )
    if promised_of(payment) + amount > payment.captured_minor:
        return None
    row = Refund(
        payment=payment,
        amount_minor=amount,
        currency=dropped.currency,
        reason=reason_anew(dropped),
        note=opened(dropped, "note") or "",
        requested_by=dropped.requested_by,
        needs_second=dropped.needs_second,
        seconded_by=dropped.seconded_by,
        by_hand=True,
        replaces=_last_of(dropped),
        due_at=now,
        created_at=now,
    )
    row.key = f"refund-{row.public_id}"
    sign(row, actor)
    row.save(force_insert=True)
    event_record("refund.found", row, actor=actor, patient=payment.appointment.patient, after=row.status, amount=amount)
    return row


def _kept_with(dropped: Refund, actor: User) -> None:
    """The ledger holds no more as given back than was taken: what went beyond that is kept with what was cancelled."""
    sign(dropped, actor)
    dropped.save(update_fields=["given_reference"])
    patient, amount = dropped.payment.appointment.patient, dropped.amount_minor
    event_record("refund.left", dropped, actor=actor, patient=patient, after=dropped.status, amount=amount)


def _listed_as_twice(payment: Payment, actor: User) -> None:
    payment.attention = Attention.GONE_TWICE
    sign(payment, actor)
    payment.save(update_fields=["attention"])
