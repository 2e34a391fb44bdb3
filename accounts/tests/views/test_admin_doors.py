"""The admin has no door of its own: each leads to allauth's, where rate limits and two-step sign-in are."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("door", "leads_to"),
    [
        ("/admin/login/", "/account/login/?next=/admin/"),
        ("/admin/login/?next=/admin/pages/", "/account/login/?next=/admin/pages/"),
        ("/admin/password_reset/", "/account/password/reset/"),
        ("/admin/password_reset/done/", "/account/password/reset/"),
        ("/admin/password_reset/confirm/MQ/set-password/", "/account/password/reset/"),
        ("/admin/password_reset/complete/", "/account/password/reset/"),
        ("/django-admin/login/?next=/django-admin/", "/account/login/?next=%2Fdjango-admin%2F"),
        ("/_util/login/?next=/help/", "/account/login/?next=/help/"),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_door_leads_to_ours(client: Client, door: str, leads_to: str, method: str) -> None:
    UserFactory(email="admin@example.org", is_superuser=True, is_staff=True)
    credentials = {"username": "admin@example.org", "password": PASSWORD, "email": "admin@example.org"}
    response = client.get(door) if method == "get" else client.post(door, credentials)
    assert response["Location"] == leads_to
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("page", ["/admin/", "/django-admin/"])
def test_a_visitor_of_the_admin_ends_at_our_sign_in(client: Client, page: str) -> None:
    response = client.get(page, follow=True)
    assert response.request["PATH_INFO"] == "/account/login/"


@pytest.mark.parametrize("page", ["/admin/", "/django-admin/"])
def test_somebody_without_the_right_is_told_so_and_not_sent_in_circles(client: Client, page: str) -> None:
    client.force_login(UserFactory())
    assert client.get(page, follow=True).status_code == 403


def test_an_administrator_comes_in(client: Client) -> None:
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    assert client.get("/admin/").status_code == 200


def _edit(user: User, **changes: object) -> dict[str, object]:
    kept = {"email": user.email, "first_name": "Maya", "last_name": "Okafor", "is_active": "on"}
    return {**kept, "password1": "", "password2": "", **changes}


def test_the_form_for_an_account_changes_names_and_never_roles(client: Client) -> None:
    client.force_login(UserFactory(is_superuser=True))
    user = UserFactory(roles=[Role.PATIENT])
    administrators = Group.objects.get(name=Role.ADMINISTRATOR)
    page = f"/admin/users/edit/{user.pk}/"
    assert client.get(page).status_code == 200
    response = client.post(page, _edit(user, first_name="Ada", is_superuser="on", groups=[administrators.pk]))
    assert response.status_code == 302

    fresh = User.objects.get(pk=user.pk)
    assert fresh.first_name == "Ada"
    assert not fresh.is_superuser
    assert fresh.role_names == {"Patients"}


def test_a_new_account_from_the_admin_has_no_role(client: Client) -> None:
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    form = {
        "email": "New@Example.org",
        "first_name": "Ada",
        "last_name": "Reid",
        "password1": PASSWORD,
        "password2": PASSWORD,
        "is_superuser": "on",
        "groups": ["1", "2"],
    }
    assert client.get("/admin/users/new/").status_code == 200
    assert client.post("/admin/users/new/", form).status_code == 302
    user = User.objects.get(email="new@example.org")
    assert not user.is_superuser
    assert not user.role_names
    assert not user.check_password(PASSWORD)


def test_an_administrator_cannot_become_somebody_else(client: Client) -> None:
    """By a password or an address of their choice; nor can a superuser, by a token or a confirmed address."""
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    user = UserFactory()
    changes = {"email": "mine@example.org", "password1": "a calm surgery 31", "password2": "a calm surgery 31"}
    assert client.post(f"/admin/users/edit/{user.pk}/", _edit(user, **changes)).status_code == 302
    fresh = User.objects.get(pk=user.pk)
    assert fresh.first_name == "Maya"
    assert fresh.email == user.email
    assert fresh.check_password(PASSWORD)

    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    assert client.get("/django-admin/").status_code == 200
    for page in ("knox/authtoken/add/", "account/emailaddress/add/"):
        assert client.get(f"/django-admin/{page}").status_code == 404


def test_no_account_is_written_over_by_a_copy_of_it(client: Client) -> None:
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    user = UserFactory()
    response = client.post(f"/admin/users/copy/{user.pk}/", _edit(user, email="mine@example.org"))
    assert response.status_code == 404
    assert User.objects.get(pk=user.pk).email == user.email


def test_roles_cannot_be_assigned_in_bulk(client: Client) -> None:
    client.force_login(UserFactory(is_superuser=True))
    user = UserFactory()
    address = f"/admin/bulk/accounts/user/assign_role/?id={user.pk}"
    client.get(address)
    client.post(address, {"role": "1"})
    assert not User.objects.get(pk=user.pk).role_names
