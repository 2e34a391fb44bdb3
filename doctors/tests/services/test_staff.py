from __future__ import annotations

import pytest

from accounts.models import User
from accounts.policies import has_role
from accounts.roles import Role
from accounts.services import role_revoke
from accounts.tests.factories import UserFactory
from audit.models import Event
from common.errors import Forbidden, NotFound
from doctors.models import LocationMembership
from doctors.selectors import location_of_staff, locations_of_staff, staff_of
from doctors.services import staff_join, staff_leave
from doctors.tests.factories import LocationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    made: User = UserFactory.create(roles=[Role.ADMINISTRATOR])
    return made


def is_staff(user: User) -> bool:
    return has_role(User.objects.get(pk=user.pk), Role.CLINIC_STAFF)


def test_the_role_comes_with_the_first_place_and_goes_with_the_last(admin: User) -> None:
    user, here, there = UserFactory.create(), LocationFactory.create(), LocationFactory.create()
    for place in (here, here, there):
        staff_join(actor=admin, location_id=place.pk, user_id=user.public_id)
    assert is_staff(user)
    assert set(locations_of_staff(user)) == {here, there}
    assert [member.user for member in staff_of(here)] == [user]
    staff_leave(actor=admin, location_id=here.pk, user_id=user.public_id)
    assert is_staff(user)
    with pytest.raises(NotFound):
        location_of_staff(user, here.slug)
    assert location_of_staff(user, there.slug) == there
    for _ in range(2):
        staff_leave(actor=admin, location_id=there.pk, user_id=user.public_id)
    assert not is_staff(user)
    written = Event.objects.filter(object_id=str(user.public_id), action__startswith="staff.").order_by("pk")
    assert [(event.action, event.data["location"]) for event in written] == [
        ("staff.joined", here.slug),
        ("staff.joined", there.slug),
        ("staff.left", here.slug),
        ("staff.left", there.slug),
    ]
    kept = LocationMembership.history.order_by("history_id").values_list("history_type", "history_user__email")
    assert list(kept) == [("+", admin.email), ("+", admin.email), ("-", admin.email), ("-", admin.email)]


def test_whoever_lost_the_role_begins_anew_with_the_next_place(admin: User) -> None:
    user, before, now = UserFactory.create(), LocationFactory.create(), LocationFactory.create()
    for place in (before, now):
        staff_join(actor=None, location_id=place.pk, user_id=user.public_id)
    role_revoke(actor=None, user_id=user.public_id, role=Role.CLINIC_STAFF)
    staff_join(actor=admin, location_id=now.pk, user_id=user.public_id)
    assert is_staff(user)
    assert list(locations_of_staff(user)) == [now]
    left = Event.objects.filter(action="staff.left", actor_id=admin.public_id).order_by("pk")
    assert [event.data["location"] for event in left] == [before.slug, now.slug]


def test_only_administrators_say_who_works_where(admin: User) -> None:
    user, place = UserFactory.create(), LocationFactory.create()
    for role in [role for role in Role if role is not Role.ADMINISTRATOR]:
        actor = UserFactory.create(roles=[role])
        for change in (staff_join, staff_leave):
            with pytest.raises(Forbidden):
                change(actor=actor, location_id=place.pk, user_id=user.public_id)
    with pytest.raises(NotFound):
        staff_join(actor=admin, location_id=0, user_id=user.public_id)
    assert not LocationMembership.objects.exists()
