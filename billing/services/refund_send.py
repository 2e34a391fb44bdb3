"""Asking Stripe for what was promised: claimed by a lease, asked outside transactions, always with the same key."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from billing import facts
from billing.locks import refund_named_locked
from billing.models import AGREED, Dispute, Refund
from billing.selectors import has_open_dispute
from billing.services.refund_news import refund_take_over
from billing.services.refunds import refund_move
from billing.services.sync import payment_sync
from billing.states import DISPUTE_OVER, Method, RefundStatus
from common import clock
from common.errors import Busy, Conflict
from common.history import sign
from common.locks import busy_if_locked
from common.sending import may_send
from integrations.stripe import objects
from integrations.stripe.errors import Refused, Unavailable
from integrations.stripe.gateway import gateway
from notifications.services import messages_queue

LEASE = timedelta(seconds=60)
# Stripe's word where a bank has the money, or may yet take it.
DISPUTED = "charge_disputed"
# How long after the first, second, … try the next is made; the last is repeated.
LADDER = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 1800, 3600))


def refunds_send(*, now: datetime | None = None, limit: int = 50) -> int:
    """Send the refunds that are due, and say how many Stripe has taken.

    What waits for a second officer or behind an open dispute stays. Twice at once each is sent once: the lease lets
    one in, and where that one dies the next asks with the same key. Nothing leaves a copy (`common.sending`).
    """
    if not may_send():
        return 0
    now = now or clock.now()
    return sum(_send(refund_id, now=now) for refund_id in list(_due()[:limit]))


def refunds_look(*, now: datetime) -> int:
    """Ask Stripe whether refunds that we have as not yet asked for were made all the same, and take them over.

    After a backup was restored: Stripe forgets keys after a day, and would make one of that age a second time. Answers
    how many payments were asked about. Raises Stripe's `Unavailable` and `Refused`, and `Conflict` and `Busy`.
    """
    waiting = Refund.objects.filter(status=RefundStatus.PENDING, stripe_id=None, payment__session_id__isnull=False)
    payments = list(waiting.order_by("payment_id").values_list("payment_id", flat=True).distinct())
    for payment_id in payments:
        if not payment_sync(payment_id=payment_id, now=now):
            raise Busy
    return len(payments)


def _due() -> Any:
    waiting = _to_send().filter(payment__method=Method.ONLINE)
    return waiting.order_by("due_at", "pk").values_list("pk", flat=True)


def _to_send() -> QuerySet[Refund]:
    disputed = Dispute.objects.filter(payment=OuterRef("payment")).exclude(status__in=sorted(DISPUTE_OVER))
    free = Q(lease_until=None) | Q(lease_until__lte=Now())
    waiting = Refund.objects.filter(
        AGREED, free, status=RefundStatus.PENDING, stripe_id=None, by_hand=False, due_at__lte=Now()
    )
    return waiting.exclude(Exists(disputed))


def _claimed(refund_id: int) -> bool:
    """Whether it is ours to send. By conditions of its row alone: with a join PostgreSQL would not look at them again
    after waiting for whoever drops or claims it at this moment."""
    claim = {"lease_until": Now() + LEASE, "attempts": F("attempts") + 1}
    return bool(_to_send().filter(pk=refund_id).update(**claim))


def _send(refund_id: int, *, now: datetime) -> bool:
    if not _claimed(refund_id):
        return False
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    try:
        answer = _asked(refund)
    except Unavailable as error:
        if error.code == "key_spent":
            _look_first(refund, now=now)
        wait = LADDER[min(refund.attempts, len(LADDER)) - 1]
        Refund.objects.filter(pk=refund_id).update(lease_until=None, due_at=now + wait)
        return False
    except Refused as error:
        if error.code != DISPUTED:
            _fail(refund, error.code, now=now)
        elif not _waits_behind_a_dispute(refund, now=now):
            _leave_to_people(refund, now=now)
        return False
    _sent(refund, answer, now=now)
    return True


def _asked(refund: Refund) -> objects.Refund:
    return gateway().refund_create(
        key=refund.key,
        intent_id=refund.payment.intent_id or "",
        amount_minor=refund.amount_minor,
        metadata={"refund": str(refund.public_id), "payment": str(refund.payment.public_id)},
    )


def _sent(refund: Refund, answer: objects.Refund, *, now: datetime) -> None:
    with busy_if_locked(), transaction.atomic():
        held = refund_named_locked(refund.public_id)
        Refund.objects.filter(pk=held.pk).update(lease_until=None)
        refund_take_over(payment=held.payment, refund=answer, now=now)


def _waits_behind_a_dispute(refund: Refund, *, now: datetime) -> bool:
    """Whether Stripe refuses it for a dispute that is open: we had not heard of it yet, and its end decides.

    Where it cannot be asked just now it is tried again later.
    """
    is_known = False
    with suppress(Unavailable, Refused, Conflict):
        is_known = payment_sync(payment_id=refund.payment_id, now=now)
    waits = not is_known or has_open_dispute(refund.payment)
    if waits:
        # Nothing was done, so it counts as not asked for; and Stripe repeats its refusal for the same key.
        key = f"refund-{refund.public_id}-{uuid.uuid4().hex[:8]}"
        again = {"lease_until": None, "attempts": 0, "key": key, "due_at": now + LADDER[0]}
        Refund.objects.filter(pk=refund.pk, stripe_id=None).update(**again)
    return waits


def _look_first(refund: Refund, *, now: datetime) -> None:
    """Stripe answers a key that it failed on with the same failure for a day, so the next try needs another.

    Before that it is looked up whether the refund was made after all: then it is taken over by our name in it.
    """
    with suppress(Unavailable, Refused, Conflict):
        if payment_sync(payment_id=refund.payment_id, now=now):
            again = Refund.objects.filter(pk=refund.pk, stripe_id=None)
            again.update(key=f"refund-{refund.public_id}-{uuid.uuid4().hex[:8]}")


def _fail(seen: Refund, code: str, *, now: datetime) -> None:
    """Stripe will never do it: an officer has to look, for the patient waits."""
    with busy_if_locked(), transaction.atomic():
        refund = refund_named_locked(seen.public_id)
        if refund.status == RefundStatus.PENDING and refund.stripe_id is None:
            refund_move(refund=refund, status=RefundStatus.FAILED, now=now, failure=code)


def _leave_to_people(seen: Refund, *, now: datetime) -> None:
    """No dispute is open, and Stripe sends back nothing of it all the same: a bank has decided for good, which we had
    not heard. The promise stands: an officer gives it by bank transfer, and the patient hears how."""
    with busy_if_locked(), transaction.atomic():
        refund = refund_named_locked(seen.public_id)
        if refund.status == RefundStatus.PENDING and refund.stripe_id is None:
            refund.by_hand, refund.lease_until = True, None
            sign(refund, None)
            refund.save(update_fields=["by_hand", "lease_until"])
            messages_queue(messages=facts.refund_promised(refund), now=now)
