from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from accounts.models import User
from common.errors import NotFound
from doctors.models.people import Location
from doctors.models.staff import LocationMembership


def staff_rule(user: User, prefix: str = "") -> Q:
    """The places (or with `prefix`, such as "location__", what happens there) where the person is clinic staff.

    It names each row once, and goes into one `filter()` with whatever else is asked.
    """
    return Q(**{f"{prefix}memberships__user": user})


def locations_of_staff(user: User | AnonymousUser) -> QuerySet[Location]:
    """The places where the person is clinic staff, by name."""
    return Location.objects.filter(staff_rule(user)) if isinstance(user, User) else Location.objects.none()


def location_of_staff(user: User | AnonymousUser, slug: str) -> Location:
    """One of them. Raises `NotFound`, the same for another's place and for none."""
    found = locations_of_staff(user).filter(slug=slug).first()
    if found is None:
        raise NotFound("We cannot find that clinic.")
    return found


def staff_of(location: Location) -> QuerySet[LocationMembership]:
    """Who works at the desk of a place."""
    return location.memberships.select_related("user")
