"""What is owed back of an appointment's payments, by the rules (docs/decisions/0026)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db.models import Case, IntegerField, QuerySet, Sum, Value, When

from billing.models import NOT_MADE, Dispute, Payment, Refund
from billing.reckoning import By, Facts, Paid, Promise, Reckoning, Stands, reckoned
from billing.shares import kept_by_policy
from billing.states import BY_MISTAKE, DISPUTE_GONE, Outcome, PaymentStatus, RefundReason, RefundStatus
from booking.models import Appointment
from booking.policies import LATE_REFUND, is_free_to_cancel
from booking.states import CancelReason, Status
from common import clock

_BY_OFFICERS = frozenset({RefundReason.OFFICER, RefundReason.COMPLAINT})


def keeps_of(appointment: Appointment, captured_minor: int) -> int:
    """What the clinic keeps of so much that was paid for an appointment, in minor units: the price of one that is not
    cancelled; of one that its patient cancelled late, the policy's share; of any other nothing."""
    if appointment.status == Status.ENTERED_IN_ERROR:
        return 0
    if appointment.status != Status.CANCELLED:
        return appointment.price_minor
    at = appointment.cancelled_at
    is_late = at is not None and not is_free_to_cancel(appointment.policy, now=at)
    if appointment.cancel_reason != CancelReason.PATIENT or not is_late:
        return 0
    percent = int(appointment.policy.get(LATE_REFUND, 0))
    return kept_by_policy(price=appointment.price_minor, captured=captured_minor, percent_back=percent)


def buys(payment: Payment, appointment: Appointment) -> bool:
    """Whether a payment counts for the appointment: not what came to nothing, nor, once that is cancelled, what did not
    add up and so has booked nothing. Of such a one nothing is kept."""
    if payment.status != PaymentStatus.SUCCEEDED or payment.outcome == Outcome.REFUNDED:
        return False
    return payment.outcome == Outcome.BOOKED or appointment.status != Status.CANCELLED


def visit_facts(
    payments: Sequence[Payment], appointment: Appointment, *, movable: Collection[int] | None = None
) -> Facts:
    """What is known of payments that are for one visit together, or of one that is for none, as it is reckoned with.

    `movable` names the promises that may yet be changed, where the caller holds them; else those that Stripe was not
    asked for.
    """
    lost = Dispute.objects.filter(payment__in=payments, status__in=sorted(DISPUTE_GONE)).order_by()
    taken = dict(lost.values_list("payment").annotate(total=Sum("amount_minor")))
    rows = Refund.objects.filter(payment__in=payments).order_by("pk")
    is_for_visit = bool(payments) and buys(payments[0], appointment)
    captured = sum(one.captured_minor for one in payments)
    return Facts(
        paid=[Paid(key=one.pk, captured=one.captured_minor, taken=taken.get(one.pk, 0)) for one in payments],
        promises=_promises(list(rows), appointment, movable),
        keeps=keeps_of(appointment, captured) if is_for_visit else 0,
    )


def payments_together(payments: Iterable[Payment], appointment: Appointment) -> Iterator[list[Payment]]:
    """The payments that are for the visit, together; of the others by which money came each alone."""
    together = []
    for payment in payments:
        payment.appointment = appointment
        if buys(payment, appointment):
            together.append(payment)
        elif payment.captured_minor:
            yield [payment]
    if together:
        yield together


def facts_of(payment: Payment) -> Facts:
    """Of a payment with those that its visit is paid by, as the database has them by now."""
    appointment = payment.appointment
    appointment.refresh_from_db(fields=["status", "price_minor", "cancelled_at", "cancel_reason", "policy"])
    payments = Payment.objects.filter(appointment=appointment).exclude(pk=payment.pk).order_by("pk")
    ordered = sorted([payment, *payments], key=lambda one: one.pk)
    groups = payments_together(ordered, appointment)
    return visit_facts(next((group for group in groups if payment in group), [payment]), appointment)


def foreseen(appointment: Appointment, **becomes: Any) -> list[Reckoning]:
    """What would be reckoned of each of the visit's payments, or of those together that are for it, if it became what
    is named: before anybody decides. What came to nothing goes back by itself."""
    # A copy that nobody saves.
    then = copy(appointment)
    vars(then).update(becomes)
    payments = Payment.objects.filter(appointment=appointment, status=PaymentStatus.SUCCEEDED).order_by("pk")
    counted = payments.exclude(outcome=Outcome.REFUNDED)
    return [reckoned(_spoken_anew(visit_facts(group, then))) for group in payments_together(counted, then)]


def _spoken_anew(known: Facts) -> Facts:
    """What an officer let go of before is no part of what the rules say then."""
    return replace(known, promises=[replace(one, of_rules=0) for one in known.promises])


def failures_waiting(payment: Payment) -> bool:
    """Whether a refund of it failed that nothing has taken the place of and no officer has settled. Where a bank took
    all that the visit was paid by, what failed to go back has gone."""
    return (
        failed_among(Refund.objects.filter(payment=payment)).exists() and not reckoned(facts_of(payment)).is_all_taken
    )


def with_what_is_owed(refunds: QuerySet[Refund], payment: Payment) -> QuerySet[Refund]:
    """Refunds of a payment, each that failed with what is owed of it still, `owed_minor`; the others with none."""
    again = reckoned(facts_of(payment)).again if failed_among(refunds).exists() else {}
    owed = [When(pk=key, then=Value(minor)) for key, minor in again.items()]
    return refunds.annotate(owed_minor=Case(*owed, default=None, output_field=IntegerField()))


def promised_by(refund: Refund) -> By:
    """Whose promise it is, and what it counts towards."""
    return next(one.by for one in facts_of(refund.payment).promises if one.key == refund.pk)


def failed_among(refunds: QuerySet[Refund]) -> QuerySet[Refund]:
    """Of these what failed, has nothing in its place and waits for somebody: nobody has let go of it."""
    return refunds.filter(NOT_MADE, replaced_by=None, let_go_minor=None)


def _promises(rows: Sequence[Refund], appointment: Appointment, movable: Collection[int] | None) -> list[Promise]:
    known = {one.pk: one for one in rows}
    spoken = _rules_spoken(appointment) if any(one.reason in _BY_OFFICERS for one in rows) else []
    promises = [
        Promise(
            key=one.pk,
            paid=one.payment_id,
            minor=one.amount_minor,
            by=_by(_line(one, known)),
            stands=_stands(one, movable),
            replaces=one.replaces_id,
            let_go=one.let_go_minor or 0,
            of_rules=one.let_go_of_rules_minor,
            has_left=one.has_left,
        )
        for one in rows
    ]
    return [_as_of_then(one, _line(known[one.key], known), spoken) for one in promises]


def _line(refund: Refund, known: Mapping[int, Refund]) -> list[Refund]:
    """A refund behind all that it took the place of, the oldest first."""
    line = [refund]
    while line[0].replaces_id is not None:
        line.insert(0, known[line[0].replaces_id])
    return line


def _by(line: Sequence[Refund]) -> By:
    if line[0].reason == RefundReason.EXTERNAL:
        return By.ELSEWHERE
    return By.TOWARDS if line[0].reason in _BY_OFFICERS else By.RULES


def _as_of_then(promise: Promise, line: Sequence[Refund], spoken: Sequence[tuple[datetime, int]]) -> Promise:
    """An officer's promise, by when it was agreed: what waits for a second officer is no promise yet."""
    if promise.by is not By.TOWARDS or not spoken:
        return promise
    agreed = _agreed_at(next((one for one in line if one.is_agreed), line[-1]), spoken[-1][0])
    before = sum(at < agreed for at, _ in spoken)
    if before == len(spoken):
        return replace(promise, by=By.BESIDE)
    return replace(promise, kept=max(kept for _, kept in spoken[before - 1 :])) if before else promise


def _agreed_at(refund: Refund, spoke_at: datetime) -> datetime:
    if refund.created_at > spoke_at or refund.seconded_by_id is None:
        return refund.created_at
    versions = refund.history.filter(seconded_by__isnull=False).order_by("history_date", "history_id")
    return versions.values_list("history_date", flat=True).first() or refund.created_at


def _stands(refund: Refund, movable: Collection[int] | None) -> Stands:
    if refund.is_not_made:
        return Stands.SETTLED if refund.is_settled else Stands.FAILED
    if refund.status == RefundStatus.CANCELED:
        return Stands.CUT if refund.failure not in ("", BY_MISTAKE) else Stands.TAKEN_BACK
    if not refund.is_agreed:
        return Stands.ASKED
    is_movable = refund.pk in movable if movable is not None else not refund.is_at_stripe
    return Stands.PROMISED if refund.status == RefundStatus.PENDING and is_movable else Stands.GONE


def _rules_spoken(appointment: Appointment) -> list[tuple[datetime, int]]:
    """When the visit came to cost something else, and what it cost then, one after the other; and when it was
    cancelled: what is kept of it since is known. An appointment that is only foreseen becomes so now."""
    history = appointment.history.order_by("history_date", "history_id")
    versions = list(history.values_list("price_minor", "history_date"))
    changes = [(at, price) for (before, _), (price, at) in pairwise(versions) if price != before]
    if versions and versions[-1][0] != appointment.price_minor:
        changes.append((clock.now(), appointment.price_minor))
    if appointment.status == Status.CANCELLED and appointment.cancelled_at is not None:
        changes.append((appointment.cancelled_at, 0))
    return changes
