"""Lists hold what a person owns and what was granted, whatever is asked of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.tests.factories import PatientFactory, UserFactory
from booking.models import Appointment
from booking.tests.factories import AppointmentFactory, next_slot_start
from common import clock
from common.permissions import grant, visible_rows

pytestmark = pytest.mark.django_db
NEWEST_FIRST = ["-start", "-pk"]


def rows(user: User, **options: Any) -> QuerySet[Appointment]:
    return visible_rows(
        Appointment.objects.all(),
        user=user,
        permission="view_appointment",
        **{"owned": [Q(patient__user=user), Q(doctor__user=user)], "order_by": NEWEST_FIRST, **options},
    )


@pytest.fixture
def user() -> User:
    return UserFactory()


@pytest.fixture
def own(user: User) -> list[Appointment]:
    """Three of the person's own, the newest first, among others' that are newer and older."""
    patient = PatientFactory(user=user)
    for day in (1, 10):
        AppointmentFactory(start=next_slot_start(day))
    return [AppointmentFactory(patient=patient, start=next_slot_start(day)) for day in (6, 4, 2)]


@pytest.fixture
def granted(user: User) -> Appointment:
    appointment: Appointment = AppointmentFactory(start=next_slot_start(5))
    grant(user, "view_appointment", appointment)
    return appointment


def test_what_is_owned_and_what_was_granted_and_nothing_else(
    user: User, own: list[Appointment], granted: Appointment
) -> None:
    assert list(rows(user)) == [own[0], granted, own[1], own[2]]


def test_a_stranger_sees_nothing(own: list[Appointment]) -> None:
    assert not rows(UserFactory()).exists()


def test_the_limit_takes_the_first_over_all_arms(user: User, own: list[Appointment], granted: Appointment) -> None:
    assert list(rows(user, limit=2)) == [own[0], granted]


def test_filters_reach_every_arm(user: User, own: list[Appointment], granted: Appointment) -> None:
    assert list(rows(user, filters=Q(start__lt=own[0].start))) == [granted, own[1], own[2]]


def test_an_expired_grant_and_one_for_something_else_show_nothing(user: User) -> None:
    ended, other = AppointmentFactory(), AppointmentFactory()
    grant(user, "view_appointment", ended, expires_at=clock.now() - timedelta(seconds=1))
    grant(user, "cancel_appointment", other)
    assert not rows(user).exists()


def test_a_row_that_is_owned_twice_and_granted_is_there_once(user: User) -> None:
    appointment = AppointmentFactory(patient=PatientFactory(user=user), visit_type__doctor__user=user)
    grant(user, "view_appointment", appointment)
    assert rows(user).count() == 1


def test_without_an_owner_only_grants_count(user: User, own: list[Appointment], granted: Appointment) -> None:
    assert list(rows(user, owned=[])) == [granted]


def test_what_comes_back_can_be_counted_filtered_and_prefetched(
    user: User, own: list[Appointment], granted: Appointment, django_assert_num_queries: Any
) -> None:
    assert rows(user).count() == 4
    assert rows(user).filter(patient__user=user).count() == 3
    with django_assert_num_queries(1):
        assert {row.doctor.name for row in rows(user, limit=10).select_related("doctor")}


def test_a_list_is_one_statement_however_long(
    user: User, own: list[Appointment], granted: Appointment, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        assert len(rows(user)) == 4
