"""What becomes of what was promised when the money or the visit it was promised of changes (docs/decisions/0026)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from billing import facts
from billing.arithmetic import (
    Purse,
    Share,
    fitted,
    fitted_before,
    of_another_sum,
    on_top_of_rules,
    topped_up,
    unpromised,
)
from billing.locks import payments_of_locked, promises_locked
from billing.models import AUTOMATIC, Payment, Refund
from billing.selectors import Held, buys, held_of, keeps_of
from billing.services.refunds import refund_move, refund_promise
from billing.states import BY_RULE, LESS_PAID, NOT_OWED, Outcome, PaymentStatus, RefundReason, RefundStatus
from booking.models import Appointment
from booking.states import CancelReason, Status
from common.fields import opened_or_words
from notifications.services import messages_queue


def promises_fit(
    *, payment: Payment, why: str, now: datetime, gone_minor: int, is_written: bool, asked_too: bool = True
) -> list[Refund]:
    """So much has gone that we have not sent, by a bank or from Stripe's dashboard (not `is_written`: it has no row
    yet): what was promised stays as far as there is room and, of what the rules promised, as it is owed still.

    For whoever holds the appointment and then the payment. What cannot stay is cancelled and promised anew as far as it
    can, with one message a promise that says `why`, or that it is not owed any more, where it would be less without
    this too; of what Stripe has been asked for only with `asked_too`, where it heard of that itself. Returns the
    promises of this payment that stand as they were.
    """
    appointment = payment.appointment
    stand: list[Refund] = []
    for group in _groups(payments_of_locked(appointment.pk), appointment):
        gone = [gone_minor if one == payment else 0 for one in group]
        held = [
            _held(one, minor, is_written=is_written, asked_too=asked_too)
            for one, minor in zip(group, gone, strict=True)
        ]
        purses, keeps = [one.purse for one in held], _keeps(group, appointment)
        for one, share, before in zip(held, fitted(purses, keeps), fitted_before(purses, keeps), strict=True):
            less = {refund.pk for refund, amount in _with_amounts(one, before) if amount < refund.amount_minor}
            unchanged = _carried_out(one, share, why=partial(_why, why, less, NOT_OWED), now=now)
            stand += unchanged if one.payment == payment else []
    return stand


def _why(why: str, others: set[int], why_others: str, refund: Refund) -> str:
    return why_others if refund.pk in others else why


def promised_on_top(appointment: Appointment) -> int:
    """What officers have promised or given above the rules' share of what was paid for a held visit, in minor units."""
    return sum(
        on_top_of_rules([_held(one, asked_too=False).purse for one in group], _keeps(group, appointment))
        for group in _groups(payments_of_locked(appointment.pk), appointment)
        if buys(group[0], appointment)
    )


def unpromised_of(appointment: Appointment, *, on_top: int) -> int:
    """What the rules owe of a held visit and nobody has promised, given or taken, in minor units; `on_top` as in
    `promises_top_up`."""
    return sum(
        unpromised([_held(one, asked_too=False).purse for one in group], _keeps(group, appointment), on_top=on_top)
        for group in _groups(payments_of_locked(appointment.pk), appointment)
    )


def promises_top_up(
    *, appointment: Appointment, now: datetime, most: int | None = None, is_anew: bool = False, on_top: int = 0
) -> None:
    """The visit was cancelled, or became another, or a promise was taken back: promise what the rules owe by now beside
    what stands, `most` in all; nothing where nothing is owed. The same again promises nothing more. The rules give of
    a payment once, but where what was paid or is there has turned out to be another sum (`is_anew`): then the rest of
    what they owe goes back. Where the visit itself is what it was, beside what officers had given `on_top`
    (`promised_on_top`, asked before that).

    For whoever holds the appointment. What waits for a second officer gives way where both do not fit.
    """
    _carry_out(appointment, partial(topped_up, most=most, on_top=on_top), now=now, is_anew=is_anew)


def promises_of_another_sum(*, appointment: Appointment, now: datetime, on_top: int) -> None:
    """Less was paid than had been written down: what the rules have promised and not sent becomes their share of what
    was paid in truth, less or more; what is sent stays, and the rest of it goes back. `on_top` as in
    `promises_top_up`. For whoever holds the appointment."""
    _carry_out(appointment, partial(of_another_sum, on_top=on_top), now=now, is_anew=True)


def _carry_out(
    appointment: Appointment, shares: Callable[[Sequence[Purse], int], list[Share]], *, now: datetime, is_anew: bool
) -> None:
    for group in _groups(payments_of_locked(appointment.pk), appointment):
        if not any(buys(one, appointment) or _has_booked_nothing(one) for one in group):
            continue
        held = [_held(one, asked_too=False) for one in group]
        purses = [replace(one.purse, is_closed=one.purse.is_closed and not is_anew) for one in held]
        for one, share in zip(held, shares(purses, _keeps(group, appointment)), strict=True):
            both = zip(one.ruled, share.ruled, strict=True)
            cut = {refund.pk for refund, amount in both if amount < refund.amount_minor}
            _carried_out(one, share, why=partial(_why, BY_RULE, cut, LESS_PAID), now=now)


def _has_booked_nothing(payment: Payment) -> bool:
    return payment.status == PaymentStatus.SUCCEEDED and payment.outcome == Outcome.REVIEW


def _groups(payments: Sequence[Payment], appointment: Appointment) -> Iterator[list[Payment]]:
    """The payments that are for the visit, together; of the others each alone."""
    if payments:
        # A payment that came late may have booked it again since the caller read it, in this very transaction.
        appointment.refresh_from_db(fields=["status", "cancel_reason", "cancelled_at", "price_minor", "policy"])
    together = []
    for payment in payments:
        payment.appointment = appointment
        if buys(payment, appointment):
            together.append(payment)
        elif payment.captured_minor:
            yield [payment]
    if together:
        yield together


def _keeps(group: Sequence[Payment], appointment: Appointment) -> int:
    is_for_visit = buys(group[0], appointment)
    return keeps_of(appointment, sum(one.captured_minor for one in group)) if is_for_visit else 0


def _held(payment: Payment, gone_minor: int = 0, *, is_written: bool = True, asked_too: bool = True) -> Held:
    """Without `asked_too` what Stripe has been asked for stays; with it only as long as there is room for it: what does
    not fit Stripe refuses too."""
    never_asked, asked = promises_locked(payment)
    held = partial(held_of, payment, also_gone_minor=0 if is_written else gone_minor, just_gone_minor=gone_minor)
    if not asked_too or held(never_asked).purse.here >= 0:
        return held(never_asked)
    # First what was never asked for goes: of the others Stripe may have made one just now.
    return held([*asked, *never_asked])


def _carried_out(held: Held, share: Share, *, why: Callable[[Refund], str], now: datetime) -> list[Refund]:
    """All is cancelled that changes before anything is promised: both together would be more than was captured."""
    changes, unchanged = [], []
    for refund, amount in _with_amounts(held, share):
        grows = share.more if refund.reason in AUTOMATIC else 0
        if refund.amount_minor == amount and not grows:
            unchanged.append(refund)
            continue
        refund_move(refund=refund, status=RefundStatus.CANCELED, now=now, failure=why(refund), is_told=False)
        changes.append((refund, amount + grows))
    grown = any(refund.reason in AUTOMATIC and amount > refund.amount_minor for refund, amount in changes)
    for refund, amount in changes:
        again = _promised_anew(refund, amount, now)
        messages_queue(messages=facts.refund_changed(refund, again), now=now)
    if share.more and not grown:
        reason = _reason(held.payment.appointment)
        reason = RefundReason.REST if reason in AUTOMATIC and held.purse.is_closed else reason
        refund_promise(payment=held.payment, amount_minor=share.more, reason=reason, now=now)
    return unchanged


def _with_amounts(held: Held, share: Share) -> Iterable[tuple[Refund, int]]:
    yield from zip(held.agreed, share.agreed, strict=True)
    yield from zip(held.ruled, share.ruled, strict=True)
    yield from zip(held.asked, share.asked, strict=True)


def _promised_anew(refund: Refund, amount_minor: int, now: datetime) -> Refund | None:
    """By whoever promised it, who is still not the one who agrees to it."""
    return refund_promise(
        payment=refund.payment,
        amount_minor=amount_minor,
        reason=RefundReason(refund.reason),
        now=now,
        actor=refund.requested_by,
        note=opened_or_words(refund, "note"),
        needs_second=refund.needs_second,
        seconded_by=refund.seconded_by,
        replaces=refund,
        by_hand=refund.by_hand,
        is_told=False,
    )


def _reason(appointment: Appointment) -> RefundReason:
    if appointment.status != Status.CANCELLED:
        return RefundReason.DIFFERENCE
    return RefundReason.POLICY if appointment.cancel_reason == CancelReason.PATIENT else RefundReason.PRACTICE
