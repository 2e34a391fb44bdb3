"""Calendar addresses: whose they are, and what a calendar finds there."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from django.db.models import Q

from accounts.models import User
from booking.models import Appointment, CalendarFeed
from booking.selectors.appointments import appointments_visible_to
from booking.states import PendingReason, Status

# How far back a calendar is told, and how long it hears of what was cancelled: it takes out what is missing anyway.
TOLD_SINCE = timedelta(days=30)
# Two months of a diary with 30 visits a day; the soonest are in it.
MOST_EVENTS = 2000


def feed_digest(token: str) -> str:
    """What is kept of an address. 256 random bits need no salt: nobody has a list of them."""
    return sha256(token.encode()).hexdigest()


def feeds_of(user: User) -> dict[str, CalendarFeed]:
    """The calendar addresses that a person has, by kind."""
    return {feed.kind: feed for feed in CalendarFeed.objects.filter(user=user)}


def feed_at(token: str) -> CalendarFeed | None:
    """The feed of this address, with what decides whether it may be read today (`policies.can_have_feed`)."""
    with_owner = CalendarFeed.objects.select_related("user__patient", "user__doctor")
    return with_owner.filter(digest=feed_digest(token)).first()


def appointments_of_feed(feed: CalendarFeed, *, now: datetime) -> list[Appointment]:
    """What the calendar at this address holds, soonest first: 30 days back and everything ahead.

    Never a reason, which is not even read. A doctor is not told of a time that only waits for a payment.
    """
    of_doctor = feed.kind == CalendarFeed.Kind.DOCTOR
    owned = Q(doctor__user=feed.user) if of_doctor else Q(patient__user=feed.user)
    told = Q(start__gte=now - TOLD_SINCE) & (~Q(status=Status.CANCELLED) | Q(cancelled_at__gte=now - TOLD_SINCE))
    if of_doctor:
        told &= ~Q(pending_reason=PendingReason.PAYMENT)
    rows = appointments_visible_to(feed.user, filters=owned & told, limit=MOST_EVENTS, at_work=False)
    return list(rows.defer("reason", "access_needs"))
