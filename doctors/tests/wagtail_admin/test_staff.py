from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import AccountSession
from accounts.roles import Role
from accounts.tests.factories import PASSWORD, UserFactory
from common import clock
from doctors.models import Location, LocationMembership
from doctors.services import staff_join
from doctors.tests.factories import LocationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Location:
    made: Location = LocationFactory.create()
    return made


def page(place: Location) -> str:
    return f"/admin/doctors/locations/{place.pk}/staff/"


def test_an_administrator_adds_somebody_by_address_and_takes_them_out(client: Client, place: Location) -> None:
    client.force_login(UserFactory.create(roles=[Role.ADMINISTRATOR]))
    user = UserFactory.create(email="desk@example.org")
    assert page(place) in client.get(f"/admin/doctors/locations/edit/{place.pk}/").content.decode()
    assert client.post(page(place), {"email": "Desk@Example.org"})["Location"] == page(place)
    assert "desk@example.org" in client.get(page(place)).content.decode()
    client.post(page(place), {"leave": str(user.public_id)})
    assert not LocationMembership.objects.exists()


@pytest.mark.parametrize("typed", ["", "nobody@example.org", "unproved@example.org", "not-an-address"])
def test_an_address_without_an_account_is_refused_beside_the_field(client: Client, place: Location, typed: str) -> None:
    client.force_login(UserFactory.create(roles=[Role.ADMINISTRATOR]))
    UserFactory.create(email="unproved@example.org", confirmed=False)
    answer = client.post(page(place), {"email": typed})
    assert answer.status_code == 422
    assert answer.context["form"].errors["email"]
    assert not LocationMembership.objects.exists()


@pytest.mark.parametrize("role", [Role.CONTENT_EDITOR, Role.VERIFICATION_OFFICER, Role.CLINIC_STAFF, Role.DOCTOR])
def test_nobody_else_comes_in(client: Client, place: Location, role: Role) -> None:
    client.force_login(UserFactory.create(roles=[role]))
    for answer in (client.get(page(place)), client.post(page(place), {"email": UserFactory.create().email})):
        assert answer.status_code in (302, 403)
        assert answer.headers.get("Location", "") != page(place)
    assert not LocationMembership.objects.exists()


def test_whoever_signed_in_some_time_ago_says_who_they_are_first(client: Client, place: Location) -> None:
    client.force_login(UserFactory.create(roles=[Role.ADMINISTRATOR]))
    AccountSession.objects.update(started_at=clock.now() - timedelta(hours=1))
    staff_join(actor=None, location_id=place.pk, user_id=UserFactory.create().public_id)
    member = LocationMembership.objects.get()
    for change in ({"email": UserFactory.create().email}, {"leave": str(member.user.public_id)}):
        answer = client.post(page(place), change, headers={"Referer": f"http://testserver{page(place)}"})
        assert answer["Location"] == f"/account/reauthenticate/?next={page(place)}"
    assert list(LocationMembership.objects.all()) == [member]
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    client.post(page(place), {"leave": str(member.user.public_id)})
    assert not LocationMembership.objects.exists()
