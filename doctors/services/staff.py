from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from accounts.roles import Role
from accounts.services import role_grant, role_revoke
from audit.services import event_record
from common import clock
from common.errors import NotFound
from common.history import sign
from doctors import locks, policies
from doctors.models import Location, LocationMembership


@transaction.atomic
def staff_join(
    *, actor: User | None, location_id: int, user_id: UUID, now: datetime | None = None
) -> LocationMembership:
    """Open a place's diary to somebody; with their first place they get the role of clinic staff. Twice is no error.

    Whoever lost the role begins anew: the places that they had are not opened again by this one. `actor` None is the
    system. Raises `Forbidden` for whoever is no administrator, `NotFound` and `Busy`.
    """
    policies.assert_may_keep_staff(actor)
    user = locks.account_locked(user_id)
    location = _location(location_id)
    if not user.groups.filter(name=Role.CLINIC_STAFF).exists():
        _places_end(user, actor)
    existing = LocationMembership.objects.filter(user=user, location=location).first()
    if existing is not None:
        return existing
    membership = LocationMembership(user=user, location=location, since=now or clock.now())
    sign(membership, actor)
    membership.save(force_insert=True)
    event_record("staff.joined", user, actor=actor, location=location.slug)
    role_grant(actor=actor, user_id=user_id, role=Role.CLINIC_STAFF)
    return membership


@transaction.atomic
def staff_leave(*, actor: User | None, location_id: int, user_id: UUID) -> None:
    """Close a place's diary to somebody; with their last place the role goes. It holds from the commit on.

    Somebody who is not there is no error. Raises `Forbidden`, `NotFound` and `Busy`.
    """
    policies.assert_may_keep_staff(actor)
    user = locks.account_locked(user_id)
    location = _location(location_id)
    membership = LocationMembership.objects.filter(user=user, location=location).select_related("location").first()
    if membership is None:
        return
    _end(membership, user, actor)
    if not LocationMembership.objects.filter(user=user).exists():
        role_revoke(actor=actor, user_id=user_id, role=Role.CLINIC_STAFF)


def _places_end(user: User, actor: User | None) -> None:
    for membership in LocationMembership.objects.filter(user=user).select_related("location").order_by("pk"):
        _end(membership, user, actor)


def _end(membership: LocationMembership, user: User, actor: User | None) -> None:
    sign(membership, actor)
    membership.delete()
    event_record("staff.left", user, actor=actor, location=membership.location.slug)


def _location(location_id: int) -> Location:
    location = Location.objects.filter(pk=location_id).first()
    if location is None:
        raise NotFound
    return location
