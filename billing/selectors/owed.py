"""What is owed back of an appointment's payments, by the rules (docs/decisions/0026)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise

from django.db.models import QuerySet, Sum

from billing.models import NOT_MADE, Dispute, Payment, Refund
from billing.reckoning import By, Facts, Paid, Promise, Stands, reckoned
from billing.shares import kept_by_policy
from billing.states import BY_MISTAKE, DISPUTE_GONE, Outcome, PaymentStatus, RefundReason, RefundStatus
from booking.models import Appointment
from booking.policies import LATE_REFUND, is_free_to_cancel
from booking.states import CancelReason, Status

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


def failures_waiting(payment: Payment) -> bool:
    """Whether a refund of it failed that nothing has taken the place of and no officer has settled. Where a bank took
    all that the visit was paid by, what failed to go back has gone."""
    return _failed(Refund.objects.filter(payment=payment)).exists() and not reckoned(facts_of(payment)).is_all_taken


def promised_by(refund: Refund) -> By:
    """Whose promise it is, and what it counts towards."""
    return next(one.by for one in facts_of(refund.payment).promises if one.key == refund.pk)


def _failed(refunds: QuerySet[Refund]) -> QuerySet[Refund]:
    return refunds.filter(NOT_MADE, replaced_by=None, let_go_minor=None)


def _promises(rows: Sequence[Refund], appointment: Appointment, movable: Collection[int] | None) -> list[Promise]:
    known = {one.pk: one for one in rows}
    spoke_at = _rules_spoke_at(appointment) if any(one.reason in _BY_OFFICERS for one in rows) else None
    return [
        Promise(
            key=one.pk,
            paid=one.payment_id,
            minor=one.amount_minor,
            by=_by(_line(one, known), spoke_at),
            stands=_stands(one, movable),
            replaces=one.replaces_id,
            let_go=one.let_go_minor or 0,
            of_rules=one.let_go_of_rules_minor,
            has_left=one.status == RefundStatus.CANCELED and bool(one.given_reference),
        )
        for one in rows
    ]


def _line(refund: Refund, known: Mapping[int, Refund]) -> list[Refund]:
    """A refund behind all that it took the place of, the oldest first."""
    line = [refund]
    while line[0].replaces_id is not None:
        line.insert(0, known[line[0].replaces_id])
    return line


def _by(line: Sequence[Refund], spoke_at: datetime | None) -> By:
    if line[0].reason == RefundReason.EXTERNAL:
        return By.ELSEWHERE
    if line[0].reason not in _BY_OFFICERS:
        return By.RULES
    # What waits for a second officer is no promise yet.
    promised = next((one for one in line if one.is_agreed), line[-1])
    return By.BESIDE if spoke_at and _agreed_at(promised, spoke_at) > spoke_at else By.TOWARDS


def _agreed_at(refund: Refund, spoke_at: datetime) -> datetime:
    if refund.created_at > spoke_at or refund.seconded_by_id is None:
        return refund.created_at
    versions = refund.history.filter(seconded_by__isnull=False).order_by("history_date", "history_id")
    return versions.values_list("history_date", flat=True).first() or refund.created_at


def _stands(refund: Refund, movable: Collection[int] | None) -> Stands:
    if refund.is_not_made:
        return Stands.FAILED if refund.let_go_minor is None else Stands.SETTLED
    if refund.status == RefundStatus.CANCELED:
        return Stands.CUT if refund.failure not in ("", BY_MISTAKE) else Stands.TAKEN_BACK
    if not refund.is_agreed:
        return Stands.ASKED
    is_movable = refund.pk in movable if movable is not None else not refund.is_at_stripe
    return Stands.PROMISED if refund.status == RefundStatus.PENDING and is_movable else Stands.GONE


def _rules_spoke_at(appointment: Appointment) -> datetime | None:
    """When the visit was cancelled, or else came to cost something else; None where neither was."""
    if appointment.status == Status.CANCELLED:
        return appointment.cancelled_at
    versions = appointment.history.order_by("history_date", "history_id").values_list("price_minor", "history_date")
    changes = [at for (before, _), (price, at) in pairwise(versions) if price != before]
    return changes[-1] if changes else None
