"""What becomes of what was promised when the money or the visit it was promised of changes (docs/decisions/0026, 0037).

Of all that is known together `billing.reckoning` says what is owed; here it is carried out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from billing import facts
from billing.locks import payments_of_locked, promises_locked
from billing.models import AUTOMATIC, Payment, Refund
from billing.reckoning import By, Facts, Promise, Reckoning, Stands, let_go_still, reckoned
from billing.selectors import buys, payments_together, visit_facts
from billing.services.refunds import refund_move, refund_promise
from billing.shares import MOVABLE, Shares, fitted, made_way, topped_up
from billing.states import (
    BY_RULE,
    LESS_PAID,
    NOT_OWED,
    REFUND_LIVE,
    Outcome,
    PaymentStatus,
    RefundReason,
    RefundStatus,
)
from booking.models import Appointment
from booking.states import STANDING, CancelReason, Status
from common.fields import opened
from notifications.services import messages_queue


@dataclass(frozen=True, kw_only=True)
class Held:
    """Payments that are reckoned together, held, and the rows of what may yet be changed of what they promise."""

    facts: Facts
    payments: Mapping[int, Payment]
    rows: Mapping[int, Refund]


def promises_fit(
    *,
    payment: Payment,
    why: str,
    now: datetime,
    gone_minor: int,
    is_written: bool,
    asked_too: bool = True,
    by: By = By.ELSEWHERE,
) -> list[Refund]:
    """So much has gone that we have not sent, by a bank or from Stripe's dashboard (not `is_written`: it has no row
    yet, and is somebody's as `by` says): what was promised stays as far as there is room and, of what the rules
    promised, as it is owed still.

    For whoever holds the appointment and then the payment. What cannot stay is cancelled and promised anew as far as it
    can, with one message a promise that says `why`, or that it is not owed any more, where it would be less without
    this too; of what Stripe has been asked for only with `asked_too`, where it heard of that itself. Returns the
    promises of this payment that stand as they were.
    """
    appointment = payment.appointment
    stand: list[Refund] = []
    for group in _groups(appointment):
        has_news = payment in group
        news = _news(payment, gone_minor, by) if has_news and not is_written else None
        held = _held(group, appointment, news=news, asked_too=asked_too)
        before = _without(held.facts, payment.pk, gone_minor) if has_news and is_written else held.facts
        after = replace(held.facts, promises=[*held.facts.promises, news]) if news else held.facts
        less = _less(held, fitted(before))
        unchanged = _carried_out(held, fitted(after), why=partial(_why, why, less, NOT_OWED), now=now)
        stand += [one for one in unchanged if one.payment_id == payment.pk]
    return stand


def _news(payment: Payment, minor: int, by: By) -> Promise:
    return Promise(key=0, paid=payment.pk, minor=minor, by=by, stands=Stands.GONE)


def _without(known: Facts, paid: int, taken: int) -> Facts:
    return replace(
        known, paid=[replace(one, taken=one.taken - taken) if one.key == paid else one for one in known.paid]
    )


def _less(held: Held, shares: Shares) -> set[int]:
    return {key for key, minor in shares.stands.items() if minor < held.rows[key].amount_minor}


def _why(why: str, others: Collection[int], why_others: str, refund: Refund) -> str:
    return why_others if refund.pk in others else why


def promises_top_up(*, appointment: Appointment, now: datetime) -> None:
    """The visit was cancelled, or became another: the rules speak anew, and promise what they owe by now beside what
    stands, also in place of what failed. The same again promises nothing more.

    For whoever holds the appointment. What waits for a second officer gives way where both do not fit.
    """
    for held in _for_the_rules(appointment):
        _promise_more(held, reckoned(held.facts).anew, now=now)
        _forget_what_was_let_go(held)
    promises_complete(appointment=appointment, now=now)


def promises_of_another_sum(*, appointment: Appointment, now: datetime) -> None:
    """Less was paid than had been written down: what the rules have promised and not sent becomes their share of what
    was paid in truth, less or more; what is sent stays, and the rest of it goes back. For whoever holds the
    appointment."""
    for held in _for_the_rules(appointment):
        ruled = {one.key for one in held.facts.promises if one.by is By.RULES}
        _carried_out(held, fitted(held.facts), why=partial(_why, BY_RULE, ruled, LESS_PAID), now=now)
    promises_top_up(appointment=appointment, now=now)


def promises_complete(*, appointment: Appointment, now: datetime, is_once: bool = False) -> int:
    """Promise what the rules owe and nobody sees: a promise was taken back, or cut where there was no money for it and
    there is elsewhere, or a bank has given back what it took. What a refund speaks of that failed, or that waits for a
    second officer in the place of one, is left to that. Where `is_once`, nothing of a payment of which they have given
    by themselves before. Returns what they owe and could not promise for that, in minor units.

    For whoever holds the appointment.
    """
    if appointment.status not in STANDING | {Status.CANCELLED}:
        # Nothing was to be had for it, or an officer has to decide.
        return 0
    missing = 0
    # What has to give way to it may have been a part of what is owed itself, and goes back of another payment.
    for _ in range(2):
        unseen = [(held, reckoned(held.facts).unseen) for held in map(_let_go_still, _for_the_rules(appointment))]
        if not any(minor for _, minor in unseen):
            return 0
        for held, minor in unseen:
            _promise_more(held, minor, now=now, is_once=is_once)
    for held in _for_the_rules(appointment) if is_once else ():
        missing += reckoned(held.facts).unseen
    return missing


def promises_beside(*, failed: Refund, minor: int, now: datetime) -> None:
    """So much of what an officer sends again goes back of the visit's other payments, whatever else has failed. For
    whoever holds the appointment."""
    # What people gave is no difference in price: the visit is not to be paid for again because of it.
    reason = RefundReason.REST if failed.reason not in (*AUTOMATIC, RefundReason.DIFFERENCE) else None
    for held in _for_the_rules(failed.payment.appointment):
        if minor and failed.payment_id in held.payments:
            _carried_out(held, topped_up(held.facts, minor), why=lambda _: BY_RULE, now=now, reason=reason)


def promises_make_way(*, payment: Payment, minor: int, known: Facts, now: datetime) -> None:
    """So much is about to be promised of a held payment that was promised before: what waits for a second officer, who
    may yet refuse it, becomes less where both do not fit."""
    rows = {one.pk: one for one in promises_locked(payment)[0]}
    held = Held(facts=known, payments={payment.pk: payment}, rows=rows)
    way = Shares(stands=made_way(known, payment.pk, minor), more={})
    _carried_out(held, way, why=lambda _: BY_RULE, now=now)


@contextmanager
def rules_take_no_more(appointment: Appointment, *, now: datetime) -> Iterator[None]:
    """Around what takes back a promise of which the rules carried a part: that part is not theirs to give any more."""
    before = {frozenset(held.payments): _over(reckoned(held.facts)) for held in _for_the_rules(appointment)}
    yield
    for held in _for_the_rules(appointment):
        spare = before.get(frozenset(held.payments), 0)
        if _over(reckoned(held.facts)) > spare:
            _carried_out(held, fitted(held.facts, spare=spare), why=lambda _: NOT_OWED, now=now)


def _forget_what_was_let_go(held: Held) -> None:
    """They have spoken of all that they owe: what an officer let go of before is no part of what they say now."""
    let_go = Refund.objects.filter(payment__in=held.payments, let_go_of_rules_minor__gt=0)
    _let_go_of_less(dict.fromkeys(let_go.values_list("pk", flat=True), 0))


def _let_go_still(held: Held) -> Held:
    """With what has been given otherwise since it was let go of as let go of no more."""
    less = let_go_still(held.facts)
    _let_go_of_less(less)
    promises = [replace(one, of_rules=less.get(one.key, one.of_rules)) for one in held.facts.promises]
    return replace(held, facts=replace(held.facts, promises=promises)) if less else held


def _let_go_of_less(of_rules: Mapping[int, int]) -> None:
    for refund in Refund.objects.filter(pk__in=of_rules).order_by("pk") if of_rules else ():
        refund.let_go_of_rules_minor = of_rules[refund.pk]
        refund.save(update_fields=["let_go_of_rules_minor"])


def _over(known: Reckoning) -> int:
    return max(known.given - known.ceiling, 0)


def _promise_more(held: Held, minor: int, *, now: datetime, is_once: bool = False) -> None:
    closed = [key for key, payment in held.payments.items() if _is_closed(held, payment)] if is_once else ()
    if minor:
        _carried_out(held, topped_up(held.facts, minor, closed=closed), why=lambda _: BY_RULE, now=now)


def _for_the_rules(appointment: Appointment) -> Iterator[Held]:
    """Not what came to nothing: that goes back whole, at once; nor what is an officer's to decide."""
    for group in _groups(appointment):
        if any(buys(one, appointment) or _has_booked_nothing(one) for one in group):
            yield _held(group, appointment)


def _has_booked_nothing(payment: Payment) -> bool:
    return payment.status == PaymentStatus.SUCCEEDED and payment.outcome == Outcome.REVIEW


def _groups(appointment: Appointment) -> Iterator[list[Payment]]:
    payments = payments_of_locked(appointment.pk)
    if payments:
        # A payment that came late may have booked it again since the caller read it, in this very transaction.
        appointment.refresh_from_db(fields=["status", "cancel_reason", "cancelled_at", "price_minor", "policy"])
    return payments_together(payments, appointment)


def _held(
    group: Sequence[Payment], appointment: Appointment, *, news: Promise | None = None, asked_too: bool = False
) -> Held:
    """Without `asked_too` what Stripe has been asked for stays; with it only as long as there is room for it, beside
    the `news`: what does not fit Stripe refuses too."""
    rows: dict[int, Refund] = {}
    asked: dict[int, Refund] = {}
    for payment in group:
        never_asked, may_be_made = promises_locked(payment)
        rows |= {one.pk: one for one in never_asked}
        asked |= {one.pk: one for one in may_be_made}
    known = visit_facts(group, appointment, movable=rows)
    if asked_too:
        firm = replace(known, promises=[one for one in known.promises if one.stands not in MOVABLE])
        room = reckoned(firm).room
        short = {key for key, left in room.items() if left < (news.minor if news and news.paid == key else 0)}
        # First what was never asked for goes: of the others Stripe may have made one just now.
        rows |= {key: one for key, one in asked.items() if one.payment_id in short}
        known = visit_facts(group, appointment, movable=rows) if short else known
    return Held(facts=known, payments={one.pk: one for one in group}, rows=rows)


def _is_closed(held: Held, payment: Payment) -> bool:
    """Whether the rules have given of it by themselves, which they do once, and cannot give more in place of that."""
    live = Refund.objects.filter(payment=payment, reason__in=AUTOMATIC, status__in=sorted(REFUND_LIVE))
    return live.exclude(pk__in=held.rows).exists()


def _carried_out(
    held: Held, shares: Shares, *, why: Callable[[Refund], str], now: datetime, reason: RefundReason | None = None
) -> list[Refund]:
    """All is cancelled that changes before anything is promised: both together would be more than was captured. What is
    more is promised for the `reason`, or for what became of the visit."""
    changes: list[tuple[Refund, int]] = []
    unchanged, more = [], dict(shares.more)
    for refund in _in_turn(held):
        amount = shares.stands.get(refund.pk, refund.amount_minor)
        if refund.reason in AUTOMATIC and refund.is_agreed:
            # What they give by themselves is one promise a payment.
            amount += more.pop(refund.payment_id, 0)
        if amount == refund.amount_minor:
            unchanged.append(refund)
            continue
        refund_move(refund=refund, status=RefundStatus.CANCELED, now=now, failure=why(refund), is_told=False)
        changes.append((refund, amount))
    for refund, amount in changes:
        again = _promised_anew(refund, amount, now)
        messages_queue(messages=facts.refund_changed(refund, again), now=now)
    for key, minor in more.items():
        payment = held.payments[key]
        given_for = reason or _reason(payment.appointment)
        is_rest = given_for in AUTOMATIC and _is_closed(held, payment)
        given_for = RefundReason.REST if is_rest else given_for
        refund_promise(payment=payment, amount_minor=minor, reason=given_for, now=now)
    return unchanged


def _in_turn(held: Held) -> Iterable[Refund]:
    """As each payment's: officers' promises, the rules', and what waits for a second officer, the oldest first."""
    by = {one.key: one for one in held.facts.promises}
    turn = {Stands.ASKED: 2, Stands.PROMISED: 0}

    def place(refund: Refund) -> tuple[int, int, int]:
        one = by[refund.pk]
        return refund.payment_id, turn.get(one.stands, 0) + (one.by is By.RULES), refund.pk

    return sorted(held.rows.values(), key=place)


def _promised_anew(refund: Refund, amount_minor: int, now: datetime) -> Refund | None:
    """By whoever promised it, who is still not the one who agrees to it."""
    return refund_promise(
        payment=refund.payment,
        amount_minor=amount_minor,
        reason=RefundReason(refund.reason),
        now=now,
        actor=refund.requested_by,
        note=opened(refund, "note") or "",
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
