from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Sum

from accounts.models import User
from audit.services import event_record
from billing.errors import PaymentsAway
from billing.models import HAD_LEFT, Dispute, Payment, Reconciliation, Refund
from billing.policies import assert_billing_officer
from billing.services.sync import payment_sync
from billing.states import DISPUTE_OVER, DISPUTE_WITHDRAWN, DisputeStatus, Method, RefundStatus
from common import clock
from common.errors import Conflict
from integrations.stripe import objects
from integrations.stripe.errors import Refused, Unavailable
from integrations.stripe.gateway import gateway


def reconcile(*, actor: User | None, since: datetime, now: datetime | None = None) -> Reconciliation:
    """Hold what Stripe has since an instant against what we have, mend what differs, and keep what was found.

    `actor` is a billing officer, or None for the nightly run. Call it outside transactions. What an event that was
    lost for ever would have said arrives by this. Raises `Forbidden`, `PaymentsAway`, and `Conflict`
    (`nothing_online`) where nobody pays online.
    """
    now = now or clock.now()
    if actor is not None:
        assert_billing_officer(actor)
    if settings.PAYMENT_PROVIDER is None:
        raise Conflict("nothing_online", "Nobody pays online here, so there is nothing to compare with Stripe.")
    try:
        _ask_about_older(since, now)
        found = _Stripe.since(since)
        differences = list(_mended(found, now))
    except Unavailable as error:
        raise PaymentsAway from error
    with transaction.atomic():
        run = Reconciliation.objects.create(
            since=since,
            until=now,
            run_by=actor,
            run_at=now,
            finished_at=clock.now(),
            stripe_minor=found.balance,
            ours_minor=_ours(found),
            differences=differences,
        )
        event_record("reconciliation.run", run, actor=actor, differences=len(differences))
        return run


class _Stripe:
    """What has happened at Stripe since an instant: intents that took money, what went back, and what banks took."""

    def __init__(
        self, intents: list[objects.PaymentIntent], refunds: list[objects.Refund], disputes: list[objects.Dispute]
    ) -> None:
        self.intents = {intent.id: intent for intent in intents if intent.received_minor}
        self.refunds, self.disputes = refunds, disputes

    @classmethod
    def since(cls, since: datetime) -> _Stripe:
        stripe = gateway()
        return cls(list(stripe.intents(since)), list(stripe.refunds(since)), list(stripe.disputes(since)))

    @property
    def balance(self) -> int:
        returned = sum(one.amount_minor for one in self.refunds if one.status == RefundStatus.SUCCEEDED)
        withdrawn = sum(one.amount_minor for one in self.disputes if one.status in DISPUTE_WITHDRAWN)
        return sum(intent.received_minor for intent in self.intents.values()) - returned - withdrawn


def _mended(found: _Stripe, now: datetime) -> Iterator[dict[str, Any]]:
    """Each intent and refund that we know differently or not at all, with what became of it."""
    ours = Payment.objects.filter(method=Method.ONLINE)
    captured = dict(ours.filter(intent_id__in=list(found.intents)).values_list("intent_id", "captured_minor"))
    for intent in found.intents.values():
        if captured.get(intent.id) != intent.received_minor:
            payment = _made_for(intent)
            yield _row("payment", intent.id, intent.received_minor, captured.get(intent.id) or 0, _sync(payment, now))
    ours_too = Refund.objects.filter(stripe_id__in=_ids(found.refunds))
    known = dict(ours_too.values_list("stripe_id", "status"))
    # The ledger holds what went beyond what was taken as cancelled.
    known |= dict.fromkeys(ours_too.filter(HAD_LEFT).values_list("stripe_id", flat=True), RefundStatus.SUCCEEDED)
    for refund in found.refunds:
        # Of one that failed before we heard of it there is nothing to know.
        never_was = refund.id not in known and refund.status in (RefundStatus.FAILED, RefundStatus.CANCELED)
        if known.get(refund.id) != refund.status and not never_was:
            payment = ours.filter(intent_id=refund.intent_id).first()
            yield _row("refund", refund.id, refund.amount_minor, 0, _sync(payment, now))

    standing = dict(Dispute.objects.filter(stripe_id__in=_ids(found.disputes)).values_list("stripe_id", "status"))
    for dispute in found.disputes:
        status = dispute.status if dispute.status in DisputeStatus.values else DisputeStatus.UNKNOWN
        if standing.get(dispute.id) != status:
            payment = ours.filter(intent_id=dispute.intent_id).first()
            yield _row("dispute", dispute.id, dispute.amount_minor, 0, _sync(payment, now))


def _ids(found: Sequence[objects.Refund | objects.Dispute]) -> list[str]:
    return [one.id for one in found]


def _ask_about_older(since: datetime, now: datetime) -> None:
    """What began before and has not ended: a bank takes weeks over a refund or a dispute."""
    sent = Q(refunds__status__in=(RefundStatus.PENDING, RefundStatus.REQUIRES_ACTION), refunds__stripe_id__isnull=False)
    disputes = Dispute.objects.filter(payment=OuterRef("pk")).exclude(status__in=sorted(DISPUTE_OVER))
    older = Payment.objects.filter(sent | Exists(disputes), method=Method.ONLINE, created_at__lt=since).distinct()
    for payment in older:
        _sync(payment, now)


def _made_for(intent: objects.PaymentIntent) -> Payment | None:
    """The payment of ours that an intent was made for; none for one that only bears its name."""
    try:
        payment = Payment.objects.filter(public_id=UUID(intent.metadata.get("payment", ""))).first()
    except ValueError:
        return None
    return payment if payment and payment.intent_id in (None, intent.id) else None


def _sync(payment: Payment | None, now: datetime) -> str:
    if payment is None:
        return "not ours"
    try:
        return "mended" if payment_sync(payment_id=payment.pk, now=now) else "being checked"
    except (Refused, Conflict):
        return "for an officer"


def _row(kind: str, stripe_id: str, theirs: int, ours: int, outcome: str) -> dict[str, Any]:
    return {"kind": kind, "id": stripe_id, "stripe_minor": theirs, "ours_minor": ours, "outcome": outcome}


def _ours(found: _Stripe) -> int:
    """What we have of the same payments, refunds and disputes, after mending."""
    captured = Payment.objects.filter(intent_id__in=list(found.intents)).aggregate(total=Sum("captured_minor"))
    gone = Refund.objects.filter(Q(status=RefundStatus.SUCCEEDED) | HAD_LEFT, stripe_id__in=_ids(found.refunds))
    returned = gone.aggregate(total=Sum("amount_minor"))
    withdrawn = Dispute.objects.filter(
        stripe_id__in=_ids(found.disputes), status__in=sorted(DISPUTE_WITHDRAWN)
    ).aggregate(total=Sum("amount_minor"))
    return (captured["total"] or 0) - (returned["total"] or 0) - (withdrawn["total"] or 0)
