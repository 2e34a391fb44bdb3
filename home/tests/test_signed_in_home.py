from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import PatientFactory, UserFactory
from booking import services
from booking.tests.factories import AppointmentFactory, next_slot_start
from common import clock
from home.homes.patient import patient_home

pytestmark = pytest.mark.django_db

HOME = "/home/"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.backends.AccountBackend")
    return client


def visit(days_ahead: int, **fields: Any) -> Any:
    return AppointmentFactory.create(start=next_slot_start(days_ahead), **fields)


def test_a_visitor_signs_in_first() -> None:
    answer: Any = Client().get(HOME)

    assert answer.status_code == 302
    assert answer.url == f"{reverse('account_login')}?next={HOME}"


@pytest.mark.parametrize(
    ("roles", "where"),
    [
        # The role alone, of whom there is no doctor's profile yet.
        ([Role.DOCTOR], "booking:day"),
        ([Role.CLINIC_STAFF], "booking:clinics"),
        ([Role.CONTENT_EDITOR], "wagtailadmin_home"),
        ([Role.VERIFICATION_OFFICER], "wagtailadmin_home"),
        ([Role.ADMINISTRATOR], "wagtailadmin_home"),
    ],
)
def test_those_who_work_here_come_to_their_work(roles: list[Role], where: str) -> None:
    answer: Any = signed_in(UserFactory.create(roles=roles)).get(HOME)

    assert (answer.status_code, answer.url) == (302, reverse(where))


def test_a_new_person_is_asked_to_complete_the_profile_and_to_book() -> None:
    shown = signed_in(UserFactory.create()).get(HOME).content.decode()

    assert f"{reverse('accounts:profile')}?next={HOME}" in shown
    assert "Nothing booked" in shown
    assert 'href="/doctors/"' in shown


def test_a_patient_sees_the_next_appointment_first_and_no_one_elses() -> None:
    patient = PatientFactory.create()
    later, sooner = visit(3, patient=patient), visit(1, patient=patient)
    over = visit(-2, patient=patient)
    cancelled = visit(2, patient=patient, cancelled=True)
    other = visit(1)

    shown = signed_in(patient.user).get(HOME).content.decode()

    assert shown.index(str(sooner.public_id)) < shown.index("After that") < shown.index(str(later.public_id))
    assert "Complete your profile</a>" not in shown
    for absent in (over, cancelled, other):
        assert str(absent.public_id) not in shown


def test_a_visit_that_is_going_on_is_still_the_next() -> None:
    patient = PatientFactory.create()
    running = AppointmentFactory.create(patient=patient, start=clock.now() - timedelta(minutes=10))

    assert str(running.public_id) in signed_in(patient.user).get(HOME).content.decode()


def test_a_carer_sees_what_was_shared_apart_from_their_own_and_no_longer_once_it_is_taken_back() -> None:
    carer = PatientFactory.create()
    own, shared = visit(1, patient=carer), visit(2)
    share = services.appointment_share(
        actor=shared.patient.user, appointment_id=shared.public_id, email=carer.user.email
    )
    client = signed_in(carer.user)

    asked = client.get(HOME).content.decode()
    assert "Somebody shares an appointment with you" in asked
    assert str(shared.public_id) not in asked

    services.share_accept(actor=carer.user, share_id=share.public_id)
    shown = client.get(HOME).content.decode()
    assert "Somebody shares an appointment with you" not in shown
    assert shown.index(str(own.public_id)) < shown.index("Of people whom you help") < shown.index(str(shared.public_id))

    services.appointment_unshare(actor=shared.patient.user, appointment_id=shared.public_id, share_id=share.public_id)
    assert str(shared.public_id) not in client.get(HOME).content.decode()


def test_reading_is_all_that_the_page_answers_to() -> None:
    assert signed_in(UserFactory.create()).post(HOME).status_code == 405


def test_a_time_that_is_no_longer_kept_does_not_lie_ahead() -> None:
    now = clock.now()
    ended = visit(1, held=True, expires_at=now)
    kept = visit(2, held=True, patient=ended.patient)

    home = patient_home(ended.patient.user, now=now)

    assert (home.next_visit, home.later) == (kept, [])
