from __future__ import annotations

import pytest
from django.test import Client

from accounts.roles import Role
from accounts.tests.factories import UserFactory
from doctors.models import Location, LocationMembership
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
