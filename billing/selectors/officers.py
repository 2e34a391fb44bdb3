"""What billing officers see: all payments, how each came to be what it is, and what waits for a person.

Nothing here asks who reads: the pages of the admin, which alone call these, let in officers only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum, auto
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils.text import capfirst

from audit.selectors import events_of, told
from billing.models import AGREED, Complaint, Dispute, Payment, Receipt, Reconciliation, Refund, StripeEvent
from billing.reckoning import reckoned
from billing.selectors.owed import facts_of, with_what_is_owed
from billing.selectors.payments import left_of, refunds_told
from billing.states import (
    DISPUTE_OVER,
    OPEN,
    Attention,
    ComplaintState,
    EventState,
    Outcome,
    PaymentStatus,
    RefundStatus,
)
from booking.policies import LATE_REFUND
from booking.states import STANDING
from common import clock
from common.errors import NotFound
from common.fields import opened_or_words
from common.money import Money
from common.templatetags.money import in_words
from common.templatetags.when import date_time

_SHOWN_WITH = ("appointment__doctor", "appointment__location")
LISTED = 50
UNUSED_SHOWN_FOR = timedelta(days=30)


def payment_of_officer(public_id: UUID) -> Payment:
    """One payment with its appointment. Raises `NotFound`."""
    found = Payment.objects.select_related(*_SHOWN_WITH, "appointment__patient", "started_by")
    payment = found.filter(public_id=public_id).first()
    if payment is None:
        raise NotFound("We cannot find that payment.")
    return payment


def refund_of_officer(public_id: UUID) -> Refund:
    """One refund with its payment and whose it is. Raises `NotFound`."""
    found = Refund.objects.select_related("payment__appointment__patient__user").filter(public_id=public_id).first()
    if found is None:
        raise NotFound("We cannot find that refund.")
    return found


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What belongs to a payment. `left_minor` is what can still be given back of it, in minor units; `refunds` that
    failed have `owed_minor`, what is owed of each still; `others` are the other payments of its appointment. Open
    disputes come first, and `to_answer` is the one that the bank awaits facts of. `is_for_nothing` says that an officer
    has settled it, that it has booked nothing, and that some of it is still here. `beyond_minor` is how much more has
    gone back for its visit than was paid, over all payments that are for it together."""

    refunds: QuerySet[Refund]
    others: QuerySet[Payment]
    receipts: QuerySet[Receipt]
    disputes: list[Dispute]
    to_answer: Dispute | None
    left_minor: int
    is_for_nothing: bool
    beyond_minor: int


def payment_parts(payment: Payment) -> Parts:
    left = left_of(payment)
    disputes = list(payment.disputes.order_by(F("closed_at").desc(nulls_first=True), "due_by", "pk"))
    has_booked = payment.outcome != Outcome.REVIEW or payment.appointment.status in STANDING
    return Parts(
        refunds=with_what_is_owed(refunds_told(payment.refunds.select_related("requested_by", "seconded_by")), payment),
        others=Payment.objects.filter(appointment=payment.appointment_id).exclude(pk=payment.pk),
        receipts=payment.receipts.order_by("issued_at", "pk"),
        disputes=disputes,
        to_answer=next((one for one in disputes if not (one.closed_at or one.evidence_sent_at)), None),
        left_minor=left,
        is_for_nothing=bool(left) and payment.status == PaymentStatus.SUCCEEDED and not has_booked,
        beyond_minor=_beyond(payment) if payment.attention == Attention.GONE_TWICE else 0,
    )


def _beyond(payment: Payment) -> int:
    # What another payment of the visit gives less for that is not to be asked back as well.
    return max(-sum(reckoned(facts_of(payment)).room.values()), 0)


class Turn(IntEnum):
    """Where a step stands among those of the same second, causes before what comes of them: our own clocks are read
    before and after what they tell of, and workers do it all within one second."""

    BEGUN = auto()
    ASKED_AGAIN = auto()
    STRIPE_ON_PAYMENT = auto()
    PAYMENT = auto()
    RECEIPT = auto()
    STRIPE_ON_NEW_DISPUTE = auto()
    DISPUTE = auto()
    EVIDENCE = auto()
    STRIPE_ON_DISPUTE = auto()
    DISPUTE_OVER = auto()
    REFUND = auto()
    AGREED = auto()
    STRIPE_ON_REFUND = auto()
    REFUND_DONE = auto()
    CREDIT_NOTE = auto()


# What an event of Stripe's is about, by how its type begins; the first that fits.
_TURNS = (
    ("charge.dispute.created", Turn.STRIPE_ON_NEW_DISPUTE),
    ("charge.dispute.funds_withdrawn", Turn.STRIPE_ON_NEW_DISPUTE),
    ("charge.dispute", Turn.STRIPE_ON_DISPUTE),
    ("charge.refund", Turn.STRIPE_ON_REFUND),
    ("refund", Turn.STRIPE_ON_REFUND),
)
_DEEDS = {
    "payment.fetched": Turn.ASKED_AGAIN,
    "refund.seconded": Turn.AGREED,
    "refund.let_go": Turn.REFUND_DONE,
    "refund.changed": Turn.REFUND_DONE,
    "dispute.answered": Turn.EVIDENCE,
}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One line of a payment's timeline. `stripe_id` is the object's or event's id at Stripe."""

    at: datetime
    what: str
    detail: str = ""
    stripe_id: str = ""
    turn: Turn


def payment_steps(payment: Payment) -> list[Step]:
    """Everything that is known of a payment, Stripe's events and ours, in the order in which it happened."""
    steps = [
        *_event_steps(payment),
        *_own_steps(payment),
        *_refund_steps(payment),
        *_dispute_steps(payment),
        *_deeds(payment),
    ]
    return sorted(steps, key=lambda step: (step.at.replace(microsecond=0), step.turn))


def _deeds(payment: Payment) -> Iterable[Step]:
    """What people did about it, by their names."""
    for about in (payment, *payment.refunds.all(), *payment.disputes.all()):
        for one in told(events_of(about, actions=tuple(_DEEDS)).exclude(actor_id=None)):
            amount = one.event.data.get("amount")
            detail = one.detail if amount is None else str(Money(amount, payment.currency))
            by = "; ".join(part for part in (one.who, detail) if part)
            turn = _DEEDS[one.event.action]
            yield Step(at=one.event.occurred_at, what=capfirst(one.what), detail=by, turn=turn)


def _own_steps(payment: Payment) -> Iterable[Step]:
    yield Step(at=payment.created_at, what="Payment begun", stripe_id=payment.session_id or "", turn=Turn.BEGUN)
    before, note = "", ""
    for version in payment.history.select_related("history_user").order_by("history_date", "history_id"):
        if version.status != before and before:
            paid_at = payment.paid_at if version.status == PaymentStatus.SUCCEEDED else None
            at = paid_at or version.history_date
            what, why = PaymentStatus(version.status).label, in_words(version.failure_code)
            yield Step(at=at, what=what, detail=why, turn=Turn.PAYMENT)
        said = opened_or_words(version, "settled_note")
        # A version that was written while nobody could read the note has none, and settled nothing.
        if said and said != note:
            who = version.history_user.shown_name if version.history_user else "an officer"
            is_mistake = version.status == PaymentStatus.ENTERED_IN_ERROR
            what = f"{'Taken back' if is_mistake else 'Settled'} by {who}"
            yield Step(at=version.history_date, what=what, detail=said, turn=Turn.PAYMENT)
        before, note = version.status, said or note
    for receipt in Receipt.objects.filter(payment=payment):
        turn = Turn.RECEIPT if receipt.kind == Receipt.Kind.RECEIPT else Turn.CREDIT_NOTE
        yield Step(at=receipt.issued_at, what=f"{receipt.get_kind_display()} issued", detail=receipt.number, turn=turn)


def _event_steps(payment: Payment) -> Iterable[Step]:
    for event in StripeEvent.objects.filter(payment=payment):
        detail = " ".join(part for part in (event.get_state_display(), in_words(event.problem)) if part)
        turn = next((turn for start, turn in _TURNS if event.type.startswith(start)), Turn.STRIPE_ON_PAYMENT)
        what = f"Stripe told: {event.type}"
        yield Step(at=event.received_at, what=what, detail=detail, stripe_id=event.stripe_id, turn=turn)


def _refund_steps(payment: Payment) -> Iterable[Step]:
    for refund in payment.refunds.select_related("requested_by"):
        amount = Money(refund.amount_minor, refund.currency)
        tries = f"asked of Stripe {refund.attempts} times" if refund.attempts > 1 else ""
        why = "; ".join(part for part in (refund.get_reason_display(), tries) if part)
        # One that a second officer has to agree to is promised by their yes.
        done = "asked for" if refund.needs_second else "promised"
        yield Step(at=refund.created_at, what=f"Refund of {amount} {done}", detail=why, turn=Turn.REFUND)
        if refund.settled_at:
            what = f"Refund of {amount}: {refund.get_status_display().lower()}"
            yield Step(
                at=refund.settled_at,
                what=what,
                detail=in_words(refund.failure),
                stripe_id=refund.stripe_id or "",
                turn=Turn.REFUND_DONE,
            )


def _dispute_steps(payment: Payment) -> Iterable[Step]:
    for dispute in payment.disputes.all():
        amount = Money(dispute.amount_minor, dispute.currency)
        step = partial(Step, stripe_id=dispute.stripe_id)
        opened = f"Dispute of {amount} opened"
        yield step(at=dispute.opened_at, what=opened, detail=in_words(dispute.reason), turn=Turn.DISPUTE)
        if dispute.evidence_sent_at:
            yield step(at=dispute.evidence_sent_at, what="Evidence sent", turn=Turn.EVIDENCE)
        if dispute.closed_at:
            ended = f"Dispute {dispute.get_status_display().lower()}"
            yield step(at=dispute.closed_at, what=ended, turn=Turn.DISPUTE_OVER)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What waits for a billing officer, each the most urgent first and at most `LISTED` of them."""

    review: list[Payment]
    refunds: list[Refund]
    disputes: list[Dispute]
    complaints: list[Complaint]
    unmatched: list[StripeEvent]
    unused: list[dict[str, Any]]
    """Events of types that change nothing here: `type`, `count`, the `latest`."""


def billing_desk() -> Desk:
    waiting = Q(status=RefundStatus.PENDING, stripe_id=None)
    with_visit = tuple(f"payment__{one}" for one in _SHOWN_WITH)
    disputes = Dispute.objects.select_related(*with_visit).exclude(status__in=sorted(DISPUTE_OVER))
    complaints = Complaint.objects.select_related(*_SHOWN_WITH).filter(state=ComplaintState.OPEN)
    # What is of no payment of ours is shown for as long as what changes nothing; what failed until it does no more.
    recent = Q(state=EventState.UNMATCHED, received_at__gte=clock.now() - UNUSED_SHOWN_FOR)
    lost = StripeEvent.objects.filter(recent | Q(state=EventState.FAILED))
    return Desk(
        review=list(Payment.objects.select_related(*_SHOWN_WITH).exclude(attention="").order_by("created_at")[:LISTED]),
        refunds=list(refunds_told(Refund.objects.select_related(*with_visit).filter(waiting))[:LISTED]),
        disputes=list(disputes.order_by("due_by", "pk")[:LISTED]),
        complaints=list(complaints.order_by("due_at", "pk")[:LISTED]),
        unmatched=list(lost.order_by("-received_at")[:LISTED]),
        unused=list(_unused_events()[:LISTED]),
    )


def _unused_events() -> QuerySet[Any, Any]:
    recent = StripeEvent.objects.filter(state=EventState.IGNORED, received_at__gte=clock.now() - UNUSED_SHOWN_FOR)
    return recent.values("type").annotate(count=Count("pk"), latest=Max("received_at")).order_by("-latest", "type")


@dataclass(frozen=True, kw_only=True)
class Queue:
    """How many wait, and since when the one that has waited longest."""

    count: int
    since: datetime | None


def waiting_queues() -> dict[str, Queue]:
    """What waits for a billing officer, by its place on the desk's page; four statements."""
    return {
        "review": _queue(Payment.objects.exclude(attention=""), "created_at"),
        "refunds": _queue(Refund.objects.filter(~AGREED | Q(by_hand=True), status=RefundStatus.PENDING), "created_at"),
        "disputes": _queue(Dispute.objects.exclude(status__in=sorted(DISPUTE_OVER)), "opened_at"),
        "complaints": _queue(Complaint.objects.filter(state=ComplaintState.OPEN), "opened_at"),
    }


def _queue(rows: QuerySet[Any], since: str) -> Queue:
    return Queue(**rows.order_by().aggregate(count=Count("pk"), since=Min(since)))


@dataclass(frozen=True, kw_only=True)
class MoneyDay:
    """One day of the clinic's calendar, in minor units of GBP; `waiting` was asked for then and has not come."""

    day: date
    taken: int
    returned: int
    waiting: int


def money_by_day(*, days: int, now: datetime) -> list[MoneyDay]:
    """What was taken and given back on each of the last `days` days, today included, and what still waits."""
    zone = clock.clinic_zone()
    today = clock.clinic_day(now)
    first = today - timedelta(days=days - 1)
    since = clock.start_of_day(first, zone)
    taken = dict(
        Payment.objects.filter(paid_at__gte=since)
        .annotate(day=TruncDate("paid_at", tzinfo=zone))
        .values_list("day")
        .annotate(total=Sum("captured_minor"))
    )
    returned = dict(
        Refund.objects.filter(settled_at__gte=since, status=RefundStatus.SUCCEEDED)
        .annotate(day=TruncDate("settled_at", tzinfo=zone))
        .values_list("day")
        .annotate(total=Sum("amount_minor"))
    )
    waiting = dict(
        Payment.objects.filter(created_at__gte=since, status__in=sorted(OPEN))
        .annotate(day=TruncDate("created_at", tzinfo=zone))
        .values_list("day")
        .annotate(total=Sum("amount_minor"))
        .order_by()
    )
    span = [first + timedelta(days=number) for number in range(days)]
    return [
        MoneyDay(day=day, taken=taken.get(day, 0), returned=returned.get(day, 0), waiting=waiting.get(day, 0))
        for day in span
    ]


def outstanding() -> dict[str, int]:
    """What is asked for and has not come, what is promised and has not gone, and what waits for a second officer's yes:
    counts and minor units of GBP."""
    due = Payment.objects.filter(status__in=sorted(OPEN)).aggregate(count=Count("pk"), total=Sum("amount_minor"))
    pending = Refund.objects.filter(status=RefundStatus.PENDING)
    owed = pending.filter(AGREED).aggregate(count=Count("pk"), total=Sum("amount_minor"))
    asked = pending.exclude(AGREED).aggregate(count=Count("pk"), total=Sum("amount_minor"))
    return {
        "due": due["total"] or 0,
        "due_count": due["count"],
        "owed": owed["total"] or 0,
        "owed_count": owed["count"],
        "asked": asked["total"] or 0,
        "asked_count": asked["count"],
    }


def reconciliations(*, since: datetime | None = None, until: datetime | None = None) -> QuerySet[Reconciliation]:
    """The comparisons with Stripe that were made in `[since, until)`, the newest first."""
    found = Reconciliation.objects.select_related("run_by")
    found = found.filter(run_at__gte=since) if since else found
    return found.filter(run_at__lt=until) if until else found


def complaint_of_officer(public_id: UUID) -> Complaint:
    """One complaint with its appointment. Raises `NotFound`."""
    found = Complaint.objects.select_related(*_SHOWN_WITH, "appointment__patient").filter(public_id=public_id).first()
    if found is None:
        raise NotFound("We cannot find that complaint.")
    return found


def payments_complained_about(complaint: Complaint) -> QuerySet[Payment]:
    """Those of the complaint's appointment that something can be given back of."""
    paid = Payment.objects.select_related("appointment__location").exclude(captured_minor=0)
    return paid.filter(appointment=complaint.appointment).order_by("created_at", "pk")


def evidence_of(payment: Payment) -> dict[str, str]:
    """Facts of the booking for a bank, by Stripe's names of them; nothing about why somebody came."""
    appointment = payment.appointment
    zone = appointment.location.zone
    when = date_time(appointment.start, zone)
    until = datetime.fromisoformat(appointment.policy["free_until"])
    booked = date_time(appointment.created_at, zone)
    late = appointment.policy.get(LATE_REFUND)
    kept = "" if late is None else f"; after that {late} % of what was paid goes back"
    return {
        "service_date": f"{appointment.start:%Y-%m-%d}",
        "product_description": f"An appointment at {appointment.location.name} on {when}.",
        "cancellation_policy_disclosure": f"Shown before paying: free of charge until {date_time(until, zone)}{kept}.",
        "refund_policy_disclosure": "Shown before paying, on the same page.",
        "uncategorized_text": f"Booked on {booked}. Reference {appointment.reference}. "
        f"The appointment is {appointment.get_status_display().lower()}.",
    }
