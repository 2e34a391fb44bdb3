"""What is owed back of an appointment's payments, by the rules (docs/decisions/0026)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from billing.arithmetic import Purse, kept_by_policy, owed
from billing.models import AGREED, AUTOMATIC, Payment, Refund
from billing.selectors.payments import first_of, gone_of, left_of, taken_of
from billing.states import REFUND_LIVE, Outcome, PaymentStatus, RefundReason, RefundStatus
from booking.models import Appointment
from booking.policies import LATE_REFUND, is_free_to_cancel
from booking.states import CancelReason, Status

# What people decided on, whatever the rules say.
BY_PEOPLE = frozenset({RefundReason.OFFICER, RefundReason.COMPLAINT, RefundReason.EXTERNAL})


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


def owed_anew(failed: Refund) -> int:
    """What of a refund that failed is still to go back, in minor units, and no more than is left of its payment.

    Of what the rules promised: what they owe and nobody has promised, given or taken; gifts beside their share take
    nothing of it. Of what people gave beside it: all. Of what they gave towards it: what the rules owe by now, or what
    it is more than these have promised since it was given, in its place. For whoever holds the payment: its
    appointment is read anew.
    """
    payment = failed.payment
    appointment = payment.appointment
    appointment.refresh_from_db(fields=["status", "price_minor", "cancelled_at", "cancel_reason", "policy"])
    left = left_of(payment)
    if _beside_the_rules(appointment, [failed]) or not buys(payment, appointment):
        return min(failed.amount_minor, left)
    paid = [one for one in Payment.objects.filter(appointment=appointment) if buys(one, appointment)]
    captured = sum(one.captured_minor for one in paid)
    live = list(Refund.objects.filter(AGREED, payment__in=paid, status__in=sorted(REFUND_LIVE)))
    beside = sum(one.amount_minor for one in _beside_the_rules(appointment, live))
    gone = sum(gone_of(one) for one in paid) - beside
    amount = owed(captured=captured, gone=gone, keeps=keeps_of(appointment, captured))
    if failed.reason in BY_PEOPLE:
        given = first_of(failed).pk
        since = sum(one.amount_minor for one in live if one.reason not in BY_PEOPLE and first_of(one).pk > given)
        amount = max(amount, failed.amount_minor - since)
    return min(failed.amount_minor, amount, left)


@dataclass(frozen=True, kw_only=True)
class Held:
    """A payment's purse, with the rows that its promises are."""

    payment: Payment
    purse: Purse
    agreed: Sequence[Refund]
    ruled: Sequence[Refund]
    asked: Sequence[Refund]


def held_of(payment: Payment, movable: Sequence[Refund], *, also_gone_minor: int = 0, just_gone_minor: int = 0) -> Held:
    """`movable` are the promises that may yet be changed; `just_gone_minor` has gone just now, without us, and
    `also_gone_minor` of it has no row yet."""
    agreed = [one for one in movable if one.is_agreed and one.reason in BY_PEOPLE]
    asked = [one for one in movable if not one.is_agreed]
    ruled = [one for one in movable if one.is_agreed and one.reason not in BY_PEOPLE]
    live = Refund.objects.filter(payment=payment, status__in=sorted(REFUND_LIVE))
    firm = list(live.exclude(pk__in=[one.pk for one in movable]))
    failed = Refund.objects.filter(payment=payment, status=RefundStatus.FAILED, replaced_by=None)
    by_rule = {one.pk for one in ruled if one.reason in AUTOMATIC}
    purse = Purse(
        captured=payment.captured_minor,
        taken=taken_of(payment),
        firm=sum(one.amount_minor for one in firm) + also_gone_minor,
        agreed=[one.amount_minor for one in agreed],
        ruled=[one.amount_minor for one in ruled],
        asked=[one.amount_minor for one in asked],
        just_gone=just_gone_minor,
        beside=sum(one.amount_minor for one in _beside_the_rules(payment.appointment, [*agreed, *firm])),
        failed=sum(one.amount_minor for one in failed.exclude(reason__in=sorted(BY_PEOPLE))),
        is_closed=live.filter(reason__in=AUTOMATIC).exclude(pk__in=by_rule).exists(),
    )
    return Held(payment=payment, purse=purse, agreed=agreed, ruled=ruled, asked=asked)


def _beside_the_rules(appointment: Appointment, refunds: Iterable[Refund]) -> list[Refund]:
    """What officers promised after the rules had spoken last: it is no part of what these owe."""
    by_officers = [one for one in refunds if one.reason in (RefundReason.OFFICER, RefundReason.COMPLAINT)]
    spoke_at = _rules_spoke_at(appointment) if by_officers else None
    return [one for one in by_officers if spoke_at and first_of(one).created_at > spoke_at]


def _rules_spoke_at(appointment: Appointment) -> datetime | None:
    """When the visit was cancelled, or else came to cost something else; None where neither was."""
    if appointment.status == Status.CANCELLED:
        return appointment.cancelled_at
    versions = appointment.history.order_by("history_date", "history_id").values_list("price_minor", "history_date")
    changes = [at for (before, _), (price, at) in pairwise(versions) if price != before]
    return changes[-1] if changes else None
