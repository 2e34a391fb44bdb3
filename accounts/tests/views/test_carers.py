"""The patient's page of who helps them, the carer's of whom they help, and who must get into neither."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import AccountSession, Carer, Patient, User
from accounts.roles import Role
from accounts.tests.factories import CarerFactory, PatientFactory, UserFactory
from accounts.tests.security.people import sign_in
from common import clock
from notifications.models import Message

pytestmark = pytest.mark.django_db

CARERS, INVITE, CARING = "/account/carers/", "/account/carers/invite/", "/account/caring/"
LONG_ADDRESS = f"a@{('b' * 60 + '.') * 5}example"
ASKED = {"email": "helper@example.org", "relation": "child", "scopes": ["can_see", "can_book"], "until": ""}


@pytest.fixture
def patient() -> Patient:
    made: Patient = PatientFactory.create()
    return made


def as_person(user: User | None) -> Client:
    client = Client()
    assert user
    sign_in(client, user)
    return client


def text_of(answer: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))  # type: ignore[attr-defined]


def test_an_invitation_looks_the_same_whether_or_not_the_address_has_an_account(patient: Patient) -> None:
    UserFactory.create(email="known@example.org")
    client = as_person(patient.user)
    pages = []
    for address in ("known@example.org", "nobody@example.org"):
        answer = client.post(INVITE, {**ASKED, "email": address}, follow=True)
        assert answer.redirect_chain == [(CARERS, 302)]
        shown = text_of(answer)
        assert address in shown
        pages.append(shown.replace(address, "ADDRESS"))
        Carer.objects.all().delete()
        # Each invitation is a notice to the patient, which the bell counts.
        Message.objects.all().delete()
    assert pages[0] == pages[1]
    assert "Invited" in pages[0]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", ""),
        ("email", "none"),
        ("email", LONG_ADDRESS),
        ("relation", ""),
        ("relation", "owner"),
        ("scopes", []),
        ("scopes", ["can_sign"]),
        ("until", "2001-01-01"),
        ("until", "soon"),
    ],
)
def test_wrong_input_is_told_beside_its_field_and_kept(patient: Patient, field: str, value: object) -> None:
    answer = as_person(patient.user).post(INVITE, {**ASKED, field: value})
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert field == "email" or "helper@example.org" in answer.content.decode()
    assert not Carer.objects.exists()


def test_giving_access_asks_who_it_is_and_taking_back_does_not(patient: Patient) -> None:
    carer = CarerFactory.create(patient=patient)
    client = as_person(patient.user)
    AccountSession.objects.update(started_at=clock.now() - timedelta(hours=1))
    session = client.session
    session.pop("account_authentication_methods", None)
    session.save()
    for path in (INVITE, f"{CARERS}{carer.public_id}/change/"):
        for answer in (client.get(path), client.post(path, ASKED)):
            assert "/reauthenticate/" in answer["Location"]
    assert client.post(f"{CARERS}{carer.public_id}/revoke/")["Location"] == CARERS
    assert Carer.objects.get().end_reason == "revoked"


def test_the_last_day_ends_by_the_clinics_clock(patient: Patient) -> None:
    client = as_person(patient.user)
    client.post(INVITE, {**ASKED, "until": "2099-07-01"})
    carer = Carer.objects.get()
    assert carer.expires_at
    assert carer.expires_at.isoformat() == "2099-07-01T23:00:00+00:00"
    assert "Wednesday 1 July 2099" in text_of(client.get(CARERS))
    change = f"{CARERS}{carer.public_id}/change/"
    assert 'value="2099-07-01"' in client.get(change).content.decode()
    client.post(change, {"scopes": ["can_see"], "until": ""})
    changed = Carer.objects.get()
    assert (changed.can_book, changed.expires_at) == (False, None)


def test_the_invited_answers_and_leaves(patient: Patient) -> None:
    helper = UserFactory.create(email=ASKED["email"])
    first = CarerFactory.create(patient=patient, invited=True, email=helper.email)
    client = as_person(helper)
    assert f"{patient.name} asks you to help" in text_of(client.get(CARING))
    assert client.post(f"{CARING}{first.public_id}/accept/")["Location"] == CARING
    assert "Book for Maya" in text_of(client.get(CARING))
    client.post(f"{CARING}{first.public_id}/leave/")
    assert "You help nobody at the moment" in text_of(client.get(CARING))
    second = CarerFactory.create(patient=patient, invited=True, email=helper.email)
    client.post(f"{CARING}{second.public_id}/decline/")
    second.refresh_from_db()
    assert second.end_reason == "declined"
    assert "This invitation is over" in text_of(client.post(f"{CARING}{second.public_id}/accept/", follow=True))


def test_others_find_nothing(patient: Patient) -> None:
    carer = CarerFactory.create(patient=patient)
    asked = CarerFactory.create(patient=patient, invited=True)
    unproved = UserFactory.create(email=asked.email, confirmed=False)
    for person in (PatientFactory.create().user, unproved):
        client = Client()
        client.force_login(person)
        for path in (f"{CARERS}{carer.public_id}/revoke/", f"{CARERS}{carer.public_id}/change/"):
            assert client.post(path, ASKED).status_code in (302, 404)
        for verb in ("accept", "decline", "leave"):
            assert client.post(f"{CARING}{asked.public_id}/{verb}/").status_code == 404
            assert client.get(f"{CARING}{asked.public_id}/{verb}/").status_code == 405
        assert patient.name + " asks" not in text_of(client.get(CARING))
    carer.refresh_from_db()
    asked.refresh_from_db()
    assert (carer.state, asked.state) == ("accepted", "invited")


@pytest.mark.parametrize("path", [CARERS, INVITE, CARING])
def test_a_visitor_signs_in_first(path: str) -> None:
    assert Client().get(path)["Location"].startswith("/account/login/")


def test_the_profile_leads_to_each_part_that_is_the_persons(patient: Patient) -> None:
    shown = text_of(as_person(patient.user).get("/account/profile/"))
    assert "As a doctor" not in shown
    for words in ("NHS number", "Who helps you", "Whom you help", "Two-step sign-in"):
        assert words in shown
    assert patient.user
    patient.user.groups.add(Group.objects.get(name=Role.DOCTOR))
    both = text_of(as_person(patient.user).get("/account/profile/"))
    assert both.index("As a doctor") < both.index("As a patient") < both.index("Who helps you")
    alone = text_of(as_person(UserFactory.create(roles=[Role.DOCTOR])).get("/account/profile/"))
    assert "only if you want to book visits for yourself" in alone
    assert "Complete your profile" in text_of(as_person(UserFactory.create()).get("/account/profile/"))
