"""When a place is shut for everybody. The place's row is the lock: a booking there holds it too, shared."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time
from uuid import UUID

from django.db import transaction

from accounts.models import User
from audit.services import event_record
from booking.locks import lock_location
from booking.models import Cancelling, LocationClosure
from booking.policies import assert_may_close
from booking.selectors.affected import affected_by_closure
from booking.services.bulk import cancel_many
from booking.services.hours import assert_shown
from booking.states import CancelReason
from booking.validators import assert_closure
from common import clock
from common.errors import NotFound
from common.history import sign
from common.locks import busy_if_locked
from doctors.services import listings_follow_place


def closure_add(
    *,
    actor: User,
    location_id: int,
    label: str,
    first_day: date,
    last_day: date,
    from_time: time | None = None,
    until_time: time | None = None,
    shown: Collection[UUID] | None = None,
    now: datetime | None = None,
) -> LocationClosure:
    """Shut a place to new bookings, for whole days or from one time to another, as its own clock counts.

    Appointments on them stay: `closure_appointments_cancel` is for those. The same closure again changes nothing.
    Raises `Forbidden`, `NotFound`, `Busy`, `Invalid` (`closure_invalid`, with the parameters' names as fields), and
    `HoursAffect` where appointments stand in it that were not `shown`.
    """
    assert_may_close(actor)
    now = now or clock.now()
    with busy_if_locked(), transaction.atomic():
        location = lock_location(location_id)
        asked = {"first_day": first_day, "from_time": from_time, "last_day": last_day, "until_time": until_time}
        closure = LocationClosure(location=location, label=label, **asked)
        assert_closure(closure, now=now)
        affected = list(affected_by_closure(closure, now=now))
        assert_shown(affected, shown)
        same = LocationClosure.objects.filter(location=location, **asked).first()
        if same is not None:
            return same
        sign(closure, actor)
        closure.save(force_insert=True)
        event_record("closure.added", closure, actor=actor, location=location.slug, affected=len(affected))
        listings_follow_place(location_id=location.pk, now=now)
        return closure


def closure_remove(*, actor: User, closure_id: UUID, now: datetime | None = None) -> None:
    """Open the place again on those days. Raises `Forbidden`, `NotFound` and `Busy`."""
    assert_may_close(actor)
    with busy_if_locked(), transaction.atomic():
        location = lock_location(_found(closure_id).location_id)
        closure = _found(closure_id)
        event_record("closure.removed", closure, actor=actor, location=location.slug)
        sign(closure, actor)
        closure.delete()
        listings_follow_place(location_id=location.pk, now=now or clock.now())


def closure_appointments_cancel(*, actor: User, closure_id: UUID, now: datetime | None = None) -> Cancelling:
    """Cancel for the clinic what stands in a closure and has not begun, and tell the patients (`cancel_many`).

    Raises `Forbidden` and `NotFound`.
    """
    assert_may_close(actor)
    now = now or clock.now()
    standing = affected_by_closure(_found(closure_id), now=now).filter(start__gt=now)
    return cancel_many(standing, CancelReason.CLINIC, actor=actor, now=now)


def _found(closure_id: UUID) -> LocationClosure:
    closure = LocationClosure.objects.select_related("location").filter(public_id=closure_id).first()
    if closure is None:
        raise NotFound
    return closure
