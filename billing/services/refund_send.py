"""Asking Stripe for what was promised: claimed by a lease, asked outside transactions, always with the same key."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now

from billing.locks import refund_named_locked
from billing.models import Dispute, Refund
from billing.services.refunds import refund_move, refund_take_over
from billing.services.sync import payment_sync
from billing.states import DISPUTE_OVER, Method, RefundStatus
from common import clock
from common.errors import Busy
from common.locks import busy_if_locked
from integrations.stripe.errors import Refused, Unavailable
from integrations.stripe.gateway import gateway

LEASE = timedelta(seconds=60)
# How long after the first, second, … try the next is made; the last is repeated.
LADDER = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 1800, 3600))


def refunds_send(*, now: datetime | None = None, limit: int = 50) -> int:
    """Send the refunds that are due, and say how many Stripe has taken.

    What waits for a second officer or behind an open dispute stays. Twice at once each is sent once: the lease lets
    one in, and where that one dies the next asks with the same key.
    """
    now = now or clock.now()
    return sum(_send(refund_id, now=now) for refund_id in list(_due()[:limit]))


def _due() -> Any:
    disputed = Dispute.objects.filter(payment=OuterRef("payment")).exclude(status__in=sorted(DISPUTE_OVER))
    agreed = Q(needs_second=False) | Q(seconded_by__isnull=False)
    free = Q(lease_until=None) | Q(lease_until__lte=Now())
    waiting = Refund.objects.filter(
        agreed, free, status=RefundStatus.PENDING, stripe_id=None, due_at__lte=Now(), payment__method=Method.ONLINE
    )
    return waiting.exclude(Exists(disputed)).order_by("due_at", "pk").values_list("pk", flat=True)


def _send(refund_id: int, *, now: datetime) -> bool:
    claimed = _due().filter(pk=refund_id).update(lease_until=Now() + LEASE, attempts=F("attempts") + 1)
    if not claimed:
        return False
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    try:
        answer = gateway().refund_create(
            key=refund.key,
            intent_id=refund.payment.intent_id or "",
            amount_minor=refund.amount_minor,
            metadata={"refund": str(refund.public_id), "payment": str(refund.payment.public_id)},
        )
    except Unavailable as error:
        if error.code == "key_spent":
            _look_first(refund, now=now)
        wait = LADDER[min(refund.attempts, len(LADDER)) - 1]
        Refund.objects.filter(pk=refund_id).update(lease_until=None, due_at=now + wait)
        return False
    except Refused as error:
        _fail(refund, error.code, now=now)
        return False
    with busy_if_locked(), transaction.atomic():
        held = refund_named_locked(refund.public_id)
        Refund.objects.filter(pk=held.pk).update(lease_until=None)
        refund_take_over(payment=held.payment, refund=answer, now=now)
    return True


def _look_first(refund: Refund, *, now: datetime) -> None:
    """Stripe answers a key that it failed on with the same failure for a day, so the next try needs another.

    Before that it is looked up whether the refund was made after all: then it is taken over by our name in it.
    """
    with suppress(Unavailable, Refused, Busy):
        if payment_sync(payment_id=refund.payment_id, now=now):
            again = Refund.objects.filter(pk=refund.pk, stripe_id=None)
            again.update(key=f"refund-{refund.public_id}-{uuid.uuid4().hex[:8]}")


def _fail(seen: Refund, code: str, *, now: datetime) -> None:
    """Stripe will never do it: an officer has to look, for the patient waits."""
    with busy_if_locked(), transaction.atomic():
        refund = refund_named_locked(seen.public_id)
        if refund.status == RefundStatus.PENDING and refund.stripe_id is None:
            refund_move(refund=refund, status=RefundStatus.FAILED, now=now, failure=code)
