from __future__ import annotations

from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import PatientFactory, UserFactory
from audit.models import Event
from booking.models import CalendarFeed
from booking.selectors import feeds_of
from booking.services import feed_make, feed_revoke
from booking.tests.factories import bookable_doctor
from booking.tests.steps import told, user_of
from common.errors import NotFound
from doctors.models import Doctor
from notifications.models import Message

pytestmark = pytest.mark.django_db

PATIENT, DOCTOR = CalendarFeed.Kind.PATIENT, CalendarFeed.Kind.DOCTOR


@pytest.fixture
def own() -> User:
    return user_of(PatientFactory.create())


@pytest.fixture
def doctor() -> Doctor:
    return bookable_doctor()


def is_open(token: str) -> bool:
    return Client().get(reverse("booking:feed", args=[token])).status_code == HTTPStatus.OK


def actions() -> list[str]:
    return list(
        Event.objects.filter(action__startswith="calendar_feed.").order_by("pk").values_list("action", flat=True)
    )


def test_an_address_holds_256_random_bits_and_the_table_their_digest_alone(own: User) -> None:
    token = feed_make(actor=own, kind=PATIENT)
    assert len(token) == 43
    assert token != feed_make(actor=own, kind=PATIENT)
    assert token not in repr(list(CalendarFeed.objects.values()))


def test_a_new_address_takes_the_place_of_the_old(own: User) -> None:
    old, new = feed_make(actor=own, kind=PATIENT), feed_make(actor=own, kind=PATIENT)
    assert not is_open(old)
    assert is_open(new)
    assert CalendarFeed.objects.count() == 1
    assert actions() == ["calendar_feed.made", "calendar_feed.renewed"]
    assert told(own) == ["calendar_feed_changed"] * 2


def test_an_address_is_taken_back_once(own: User) -> None:
    token = feed_make(actor=own, kind=PATIENT)
    feed_revoke(actor=own, kind=PATIENT)
    feed_revoke(actor=own, kind=PATIENT)
    assert not is_open(token)
    assert actions() == ["calendar_feed.made", "calendar_feed.revoked"]
    assert told(own) == ["calendar_feed_changed"] * 2


def test_nobody_is_sent_or_leaves_in_the_log_an_address(own: User) -> None:
    token = feed_make(actor=own, kind=PATIENT)
    assert token not in repr([*Message.objects.values(), *Event.objects.values()])


def test_patients_and_doctors_have_an_address_of_their_own_kind_alone(own: User, doctor: Doctor) -> None:
    feed_make(actor=own, kind=PATIENT)
    both = PatientFactory.create(user=user_of(doctor)).user
    for kind in CalendarFeed.Kind:
        feed_make(actor=both, kind=kind)
    assert [set(feeds_of(user)) for user in (own, both)] == [{PATIENT}, {PATIENT, DOCTOR}]
    for actor, kind in ((own, DOCTOR), (UserFactory.create(), PATIENT), (UserFactory.create(), DOCTOR)):
        with pytest.raises(NotFound):
            feed_make(actor=actor, kind=kind)
        with pytest.raises(NotFound):
            feed_revoke(actor=actor, kind=kind)


def test_taking_back_is_for_the_owner_alone(own: User) -> None:
    token = feed_make(actor=own, kind=PATIENT)
    feed_revoke(actor=user_of(PatientFactory.create()), kind=PATIENT)
    assert is_open(token)


def test_a_closed_account_shuts_its_address_at_once(own: User) -> None:
    token = feed_make(actor=own, kind=PATIENT)
    User.objects.filter(pk=own.pk).update(is_active=False)
    assert not is_open(token)


def test_a_barred_doctor_or_one_without_the_role_has_no_diary_there(doctor: Doctor) -> None:
    own = user_of(doctor)
    token = feed_make(actor=own, kind=DOCTOR)
    assert is_open(token)
    Doctor.objects.filter(pk=doctor.pk).update(is_barred=True)
    assert not is_open(token)
    assert set(feeds_of(own)) == {DOCTOR}, "it can still be taken back"
    Doctor.objects.filter(pk=doctor.pk).update(is_barred=False)
    assert is_open(token)
    own.groups.filter(name=Role.DOCTOR).first().user_set.remove(own)  # type: ignore[union-attr]
    assert not is_open(token)
