"""Making a payment what Stripe says it is, whatever brings the news: a webhook, a returning patient, a sweeper, an
officer who asks again. All of them fetch, none of them believes (docs/decisions)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Now
from psycopg import errors

from audit.services import event_record
from billing.locks import payment_locked
from billing.models import ONE_OPEN, Payment, StripeEvent
from billing.selectors import failures_waiting
from billing.services.disputes import dispute_take_over
from billing.services.losses import failures_follow
from billing.services.refund_news import refund_take_over
from billing.services.settle import settle
from billing.states import STRIPE_SAYS, Attention, EventState, Outcome, PaymentStatus, assert_payment_can_move
from booking.services import appointment_locked_for_payment
from common import clock
from common.errors import Conflict
from common.history import sign
from common.locks import busy_if_locked
from common.tasks import wake
from integrations.stripe.gateway import gateway
from integrations.stripe.objects import CheckoutSession, Dispute, PaymentIntent, Refund

LEASE = timedelta(seconds=60)
# Of the session's flow: with automatic capture an intent only passes through this one.
_PASSED_THROUGH = {"requires_confirmation": PaymentStatus.REQUIRES_PAYMENT_METHOD}


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What Stripe says of one payment at one moment."""

    session: CheckoutSession
    intent: PaymentIntent | None = None
    refunds: Sequence[Refund] = ()
    disputes: Sequence[Dispute] = ()


def payment_sync(*, payment_id: int, now: datetime | None = None) -> bool:
    """Fetch a payment from Stripe and make ours agree; False where somebody else is at it, or took over meanwhile.

    Who holds the payment's lease fetches, outside any transaction, and applies only if the lease is still theirs, so
    that nothing older overwrites something newer. Doing it twice changes nothing. Raises Stripe's `Unavailable` and
    `Refused`, `Conflict` (`another_open`, `ledger`) and `Busy`.
    """
    now = now or clock.now()
    token = uuid.uuid4()
    if not _lease_taken(payment_id, token):
        return False
    try:
        seen = Payment.objects.select_related("appointment").get(pk=payment_id)
        if seen.session_id is None:
            return False
        heard = list(seen.events.filter(state=EventState.RECEIVED).values_list("pk", flat=True))
        facts = _fetched(seen.session_id)
        applied = _apply(seen, facts, token=token, heard=heard, now=now)
    finally:
        Payment.objects.filter(pk=payment_id, lease_token=token).update(lease_token=None, lease_until=None)
    for event_id in StripeEvent.objects.filter(payment=payment_id, state=EventState.RECEIVED).values_list("pk"):
        wake("billing.apply_event", *event_id)
    return applied


def _lease_taken(payment_id: int, token: UUID) -> bool:
    free = Q(lease_until=None) | Q(lease_until__lte=Now())
    return bool(Payment.objects.filter(free, pk=payment_id).update(lease_token=token, lease_until=Now() + LEASE))


def _fetched(session_id: str) -> Facts:
    stripe = gateway()
    session = stripe.session_retrieve(session_id)
    if session.intent_id is None:
        return Facts(session=session)
    intent = stripe.intent_retrieve(session.intent_id)
    if intent.charge_id is None:
        return Facts(session=session, intent=intent)
    return Facts(
        session=session,
        intent=intent,
        # Disputes first: Stripe makes no refund behind an open one, so whatever was made before one is in the list.
        disputes=list(stripe.disputes_of(intent.id)),
        refunds=list(stripe.refunds_of(intent.id)),
    )


def _apply(seen: Payment, facts: Facts, *, token: UUID, heard: Sequence[int], now: datetime) -> bool:
    with busy_if_locked(), _refusals_told(), transaction.atomic():
        appointment = appointment_locked_for_payment(appointment_id=seen.appointment.public_id)
        payment = payment_locked(seen.pk)
        if payment.lease_token != token:
            return False
        payment.appointment = appointment
        _take_over(payment, facts, now=now)
        if payment.captured_minor:
            # Our own before those of the dashboard: only what Stripe has not made gives way to these.
            for refund in sorted(facts.refunds, key=lambda one: "refund" not in one.metadata):
                refund_take_over(payment=payment, refund=refund, now=now)
            for dispute in facts.disputes:
                dispute_take_over(payment=payment, dispute=dispute, now=now)
            failures_follow(appointment)
        StripeEvent.objects.filter(pk__in=heard).update(state=EventState.APPLIED, applied_at=now, problem="")
        return True


@contextmanager
def _refusals_told() -> Iterator[None]:
    """What the database refuses of one payment is a `Conflict` of that payment alone, and nobody else's waits for it:
    what had ended and is to be looked at after all while another of its visit is open, or what the ledger cannot hold.
    """
    try:
        yield
    except IntegrityError as error:
        cause = error.__cause__
        if isinstance(cause, errors.UniqueViolation) and cause.diag.constraint_name == ONE_OPEN:
            raise Conflict("another_open", "Another payment for this appointment has not ended yet.") from error
        raise Conflict("ledger", "What Stripe says of this payment does not fit what we have of it.") from error


def _take_over(payment: Payment, facts: Facts, *, now: datetime) -> None:
    """The status, and at its first success what comes of it."""
    before, target = payment.status, _status_of(facts)
    attention = _mismatch(payment, facts) if target is not None else Attention.STATUS
    if attention or target is None:
        target = PaymentStatus.REVIEW
    intent = facts.intent
    if intent and attention != Attention.OWNER:
        payment.intent_id, payment.charge_id = intent.id, intent.charge_id or payment.charge_id
    payment.failure_code = ((intent.failure_code if intent else None) or "")[:60]
    payment.checked_at = now
    if _is_known(payment, target, intent.received_minor if intent else 0):
        # No version in the history: nothing that people decide by has changed.
        known = {"intent_id": payment.intent_id, "charge_id": payment.charge_id, "failure_code": payment.failure_code}
        Payment.objects.filter(pk=payment.pk).update(**known, checked_at=now)
        return
    if target != before:
        assert_payment_can_move(before, target)
    payment.status = target
    payment.attention = attention or payment.attention
    if intent and intent.received_minor:
        payment.captured_minor, payment.paid_at = intent.received_minor, payment.paid_at or now
    if target == PaymentStatus.SUCCEEDED:
        # What did not add up does by now; a refund that failed meanwhile is still to be seen.
        payment.attention = Attention.REFUND_FAILED if failures_waiting(payment) else Attention.NONE
        payment.outcome = payment.outcome or Outcome.REVIEW
    sign(payment, None)
    payment.save()
    event_record(
        "payment.changed", payment, actor=None, patient=payment.appointment.patient, before=before, after=target
    )
    if target == PaymentStatus.SUCCEEDED and before != PaymentStatus.SUCCEEDED:
        settle(payment=payment, now=now)


def _is_known(payment: Payment, target: PaymentStatus, received_minor: int) -> bool:
    """Whether nothing follows: it is as it was, or an officer has looked at what does not add up."""
    if payment.status == PaymentStatus.SUCCEEDED and target != PaymentStatus.REVIEW:
        return True
    if received_minor > payment.captured_minor:
        return False
    was_decided = payment.status == PaymentStatus.SUCCEEDED and payment.outcome == Outcome.REVIEW
    return was_decided or payment.status in (target, PaymentStatus.CANCELED)


def _status_of(facts: Facts) -> PaymentStatus | None:
    """Stripe's word for it; None where it is one that we do not know, or that cannot come of what we asked for."""
    if facts.intent is not None and not (facts.session.status == "expired" and facts.intent.received_minor == 0):
        word = facts.intent.status
        if word in _PASSED_THROUGH:
            return _PASSED_THROUGH[word]
        return PaymentStatus(word) if word in STRIPE_SAYS else None
    return {
        "open": PaymentStatus.REQUIRES_PAYMENT_METHOD,
        "expired": PaymentStatus.CANCELED,
    }.get(facts.session.status)


def _mismatch(payment: Payment, facts: Facts) -> Attention:
    """What does not add up: whose it is, the currency, or how much."""
    session, intent = facts.session, facts.intent
    named = {session.reference, session.metadata.get("payment")}
    asked_for = {(session.amount_minor, session.currency)}
    if intent:
        named.add(intent.metadata.get("payment"))
        asked_for.add((intent.amount_minor, intent.currency))
    if named != {str(payment.public_id)} or (intent and payment.intent_id not in (None, intent.id)):
        return Attention.OWNER
    if asked_for != {(payment.amount_minor, payment.currency)}:
        return Attention.AMOUNT
    is_short = intent and intent.status == "succeeded" and intent.received_minor != payment.amount_minor
    return Attention.AMOUNT if is_short else Attention.NONE
