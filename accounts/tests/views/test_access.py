"""The screen beside an account in Wagtail's admin, and every door of Wagtail's that would write accounts itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import AccountSession, User
from accounts.roles import Role
from accounts.tests.factories import UserFactory
from accounts.tests.security.people import sign_in
from audit.models import Event
from common import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    made: User = UserFactory.create(roles=[Role.ADMINISTRATOR])
    return made


@pytest.fixture
def client(client: Client, admin: User) -> Client:
    sign_in(client, admin)
    return client


def access(user: User, part: str = "") -> str:
    return f"/admin/users/{user.pk}/access/{part}"


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_an_administrator_gives_and_takes_a_role_and_closes_and_reopens(client: Client) -> None:
    user = UserFactory.create()
    assert client.get(access(user)).status_code == 200
    change = access(user, "change/")
    for do, expected in (("give", True), ("take", False)):
        answer = client.post(change, {"do": do, "role": Role.AUDITOR.value})
        assert answer["Location"] == access(user)
        assert (Role.AUDITOR.value in fresh(user).role_names) == expected
    for do, is_active in (("close", False), ("reopen", True)):
        client.post(change, {"do": do, "reason": "left"})
        assert fresh(user).is_active == is_active
    shown = client.get(access(user)).content.decode()
    for words in ("gave a role", "took a role away", "closed the account", "reopened the account"):
        assert words in shown.lower()


@pytest.mark.parametrize(
    "typed",
    [
        {"do": "give", "role": Role.DOCTOR.value},
        {"do": "give", "role": Role.CLINIC_STAFF.value},
        {"do": "take", "role": Role.PATIENT.value},
        {"do": "take", "role": Role.DOCTOR.value},
        {"do": "take", "role": Role.CLINIC_STAFF.value},
        {"do": "give", "role": "Nobody"},
        {"do": "close", "reason": "because"},
        {"do": "else", "role": Role.AUDITOR.value},
        {},
    ],
)
def test_what_the_screen_does_not_offer_changes_nothing(client: Client, typed: dict[str, str]) -> None:
    given = [Role.PATIENT, Role.DOCTOR, Role.CLINIC_STAFF] if typed.get("do") == "take" else []
    user = UserFactory.create(roles=given)
    before = Event.objects.count()
    assert 'value="take"' not in client.get(access(user)).content.decode()
    assert client.post(access(user, "change/"), typed).status_code == 302
    assert fresh(user).role_names == frozenset(given)
    assert fresh(user).is_active
    assert Event.objects.count() == before


def test_a_change_asks_who_it_is_once_more_where_the_sign_in_is_old(client: Client, admin: User) -> None:
    user = UserFactory.create()
    AccountSession.objects.filter(user=admin).update(started_at=clock.now() - timedelta(hours=1))
    session = client.session
    session.pop("account_authentication_methods", None)
    session.save()
    assert client.get(access(user)).status_code == 200
    answer = client.post(access(user, "change/"), {"do": "give", "role": Role.AUDITOR.value})
    assert "/reauthenticate/" in answer["Location"]
    assert not fresh(user).role_names


@pytest.mark.parametrize("role", [None, *[role for role in Role if role is not Role.ADMINISTRATOR]])
def test_nobody_else_comes_near(client: Client, role: Role | None) -> None:
    user = UserFactory.create()
    other = Client()
    sign_in(other, UserFactory.create(roles=[role] if role else []))
    for answer in (
        other.get(access(user)),
        other.post(access(user, "change/"), {"do": "give", "role": Role.ADMINISTRATOR.value}),
    ):
        assert answer.status_code in (302, 403)
        assert "access" not in answer.headers.get("Location", "").split("?", maxsplit=1)[0]
    assert not fresh(user).role_names


def test_a_visitor_is_led_to_the_sign_in_and_changing_refuses_get(client: Client) -> None:
    user = UserFactory.create()
    assert "/login/" in Client().get(access(user))["Location"]
    assert client.get(access(user, "change/")).status_code == 405
    assert client.get("/admin/users/999999/access/").status_code == 404


@pytest.mark.parametrize("action", ["assign_role", "delete", "set_active_state"])
def test_no_bulk_action_touches_accounts(action: str) -> None:
    client, user = Client(), UserFactory.create()
    sign_in(client, UserFactory.create(is_superuser=True))
    address = f"/admin/bulk/accounts/user/{action}/?id={user.pk}"
    for method in (client.get, client.post):
        method(address, {"role": "1", "mark_as_active": "False"})
    assert fresh(user).is_active
    assert not fresh(user).role_names


def test_not_even_a_superuser_deletes_or_closes_beside_the_services() -> None:
    client, user = Client(), UserFactory.create()
    sign_in(client, UserFactory.create(is_superuser=True, is_staff=True))
    administrators = Group.objects.get(name=Role.ADMINISTRATOR)
    for address in (f"/admin/users/delete/{user.pk}/", f"/admin/groups/delete/{administrators.pk}/"):
        assert client.post(address).status_code == 404
    kept = {"email": user.email, "first_name": "Ada", "last_name": "Reid"}
    assert client.post(f"/admin/users/edit/{user.pk}/", kept).status_code == 302
    assert fresh(user).first_name == "Ada"
    assert fresh(user).is_active
    assert client.get(f"/admin/groups/edit/{administrators.pk}/").status_code == 200
    assert client.get("/admin/users/").status_code == 200
    assert client.get(f"/admin/users/edit/{user.pk}/").status_code == 200
    for page in ("auth/group/", "mfa/authenticator/"):
        assert client.get(f"/django-admin/{page}").status_code == 404
