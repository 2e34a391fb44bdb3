"""Doctors and staff without a second step reach nothing on any door; everybody else notices nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import ApiToken, User
from accounts.policies import two_step_demanded, two_step_missing
from accounts.roles import Role
from accounts.tests.factories import PASSWORD, PatientFactory, UserFactory
from accounts.tests.security.people import CODE, PROVE, code_now, prove_by_code, recovery_codes, sign_in, with_app
from audit.models import Event

pytestmark = pytest.mark.django_db

ACTIVATE = "/account/2fa/totp/activate/"
NEEDED = "/account/security/two-step/"
STAFF = [role for role in Role if role is not Role.PATIENT]
CLOSED = [
    "/home/",
    "/my-day/",
    "/availability/",
    "/appointments/",
    "/account/profile/",
    "/admin/",
    "/admin/users/",
    "/admin/login/",
    "/django-admin/",
    "/django-admin/login/",
    "/ui/",
]
OPEN = [
    "/",
    "/doctors/",
    "/robots.txt",
    "/sitemap.xml",
    "/account/security/",
    NEEDED,
    ACTIVATE,
    "/account/2fa/webauthn/add/",
    "/account/email/",
    "/account/password/change/",
    "/account/logout/",
    "/api/v1/schema/",
    "/api/v1/doctors/",
]


@pytest.fixture(autouse=True)
def demanded(settings: Any) -> None:
    settings.TWO_STEP_REQUIRED = True


@pytest.fixture
def doctor(client: Client) -> User:
    user = UserFactory.create(roles=[Role.DOCTOR])
    client.force_login(user)
    return user


@pytest.mark.parametrize("address", CLOSED)
def test_what_is_not_named_as_open_is_closed(client: Client, doctor: User, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 302
    assert response["Location"] == f"{NEEDED}?next={address}"


@pytest.mark.parametrize("address", OPEN)
def test_public_pages_and_the_way_to_set_it_up_stay_open(client: Client, doctor: User, address: str) -> None:
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("role", STAFF)
def test_it_is_demanded_of_every_role_but_the_patients(client: Client, role: Role) -> None:
    user = UserFactory.create(roles=[role, Role.PATIENT])
    assert two_step_missing(user)
    client.force_login(user)
    assert client.get("/home/")["Location"].startswith(NEEDED)


def test_it_is_demanded_of_superusers_and_of_nobody_else() -> None:
    assert two_step_demanded(UserFactory.create(is_superuser=True))
    assert two_step_demanded(UserFactory.create(is_staff=True))
    assert not two_step_demanded(UserFactory.create(roles=[Role.PATIENT]))
    assert not two_step_demanded(UserFactory.create())


def test_where_the_setting_is_off_nobody_is_asked(client: Client, doctor: User, settings: Any) -> None:
    settings.TWO_STEP_REQUIRED = False
    assert client.get("/home/")["Location"] == "/my-day/"
    assert "two-step sign-in is a choice for everyone" in client.get("/account/security/").content.decode()
    assert "a real one demands it" in Client().get("/account/login/").content.decode()


def test_a_role_that_comes_while_somebody_is_signed_in_closes_at_the_next_request(client: Client) -> None:
    patient = PatientFactory.create()
    client.force_login(patient.user)
    assert client.get("/appointments/").status_code == 200
    patient.user.groups.add(*UserFactory.create(roles=[Role.DOCTOR]).groups.all())
    assert client.get("/appointments/")["Location"].startswith(NEEDED)


def test_with_a_second_step_everything_is_open(client: Client) -> None:
    user = with_app(UserFactory.create(roles=[Role.DOCTOR]))
    sign_in(client, user)
    client.post(CODE, {"code": code_now()})
    assert client.get("/home/")["Location"] == "/my-day/"


def test_a_session_by_the_password_alone_gains_nothing_by_the_accounts_second_step(
    client: Client, doctor: User
) -> None:
    with_app(doctor)
    assert client.get("/my-day/")["Location"] == f"{PROVE}?next=/my-day/"
    assert client.get("/api/v1/me/").status_code == 403
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    assert client.get("/my-day/")["Location"] == f"{PROVE}?next=/my-day/"
    assert prove_by_code(client, "/my-day/") == "/my-day/"
    assert client.get("/my-day/").status_code != 302


def test_to_set_it_up_ends_every_session_and_token_that_came_before(
    client: Client, doctor: User, django_capture_on_commit_callbacks: Any
) -> None:
    elsewhere = Client()
    elsewhere.force_login(doctor)
    _, text = ApiToken.objects.issue(doctor)
    key = re.search(r"data-totp-key>([A-Z2-7]+)<", client.get(ACTIVATE).content.decode())
    assert key
    with django_capture_on_commit_callbacks(execute=True):
        client.post(ACTIVATE, {"code": code_now(key.group(1))})
    assert client.get("/home/")["Location"] == "/my-day/"
    assert elsewhere.get("/home/")["Location"].startswith("/account/login/")
    assert client.get("/api/v1/me/", headers={"Authorization": f"Bearer {text}"}).status_code == 401


def test_a_fragment_turns_the_whole_window(client: Client, doctor: User) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/my-day/"}
    response = client.get("/my-day/", headers=headers)
    assert (response.status_code, response["HX-Redirect"]) == (200, f"{NEEDED}?next=/my-day/")


def test_what_was_posted_leads_back_to_its_page(client: Client, doctor: User) -> None:
    headers = {"Referer": "http://testserver/availability/?week=2"}
    response = client.post("/availability/rules/add/", {}, headers=headers)
    assert response["Location"] == f"{NEEDED}?next=/availability/%3Fweek%3D2"
    elsewhere = client.post("/availability/rules/add/", {}, headers={"Referer": "https://elsewhere.example/"})
    assert elsewhere["Location"] == f"{NEEDED}?next=/"


def test_afterwards_they_are_back_where_they_were(client: Client, doctor: User) -> None:
    page = client.get("/my-day/", follow=True)
    assert "Set up two-step sign-in first" in page.content.decode()
    with_app(doctor)
    assert client.get("/account/security/two-step/done/")["Location"] == "/my-day/"
    assert client.get("/account/security/two-step/done/")["Location"] == "/account/security/"
    assert client.get(f"{NEEDED}?next=/my-day/")["Location"] == "/my-day/"


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "no-address"])
def test_they_are_led_to_no_other_site(client: Client, doctor: User, target: str) -> None:
    client.get(f"{NEEDED}?next={target}")
    assert client.get("/account/security/two-step/done/")["Location"] == "/account/security/"


def test_the_api_is_closed_to_a_session(client: Client, doctor: User) -> None:
    response = client.get("/api/v1/me/")
    assert (response.status_code, response["Content-Type"]) == (403, "application/problem+json")
    assert response.json()["code"] == "two_step_needed"
    with_app(doctor)
    prove_by_code(client)
    assert client.get("/api/v1/me/").status_code == 200


def test_the_api_is_closed_to_a_token_that_came_before_the_demand(client: Client) -> None:
    user = UserFactory.create(roles=[Role.DOCTOR])
    _, text = ApiToken.objects.issue(user)
    bearer = {"Authorization": f"Bearer {text}"}
    refused = client.get("/api/v1/me/", headers=bearer)
    assert (refused.status_code, refused.json()["code"]) == (403, "two_step_needed")
    with_app(user)
    assert client.get("/api/v1/me/", headers=bearer).status_code == 200


def _token(client: Client, user: User, **more: str) -> tuple[int, str]:
    body = {"email": user.email, "password": PASSWORD, **more}
    response = client.post("/api/v1/token/", body, content_type="application/json")
    return response.status_code, response.json().get("code", "")


def test_no_token_for_whom_it_is_demanded_and_who_has_none(client: Client) -> None:
    assert _token(client, UserFactory.create(roles=[Role.DOCTOR])) == (403, "two_step_needed")
    assert _token(client, UserFactory.create(roles=[Role.PATIENT])) == (201, "")
    assert not ApiToken.objects.filter(user__groups__name=Role.DOCTOR).exists()


def test_the_token_door_asks_for_a_code_wherever_there_is_a_second_step(client: Client) -> None:
    user = with_app(UserFactory.create(roles=[Role.PATIENT]))
    assert _token(client, user) == (401, "code_needed")
    assert _token(client, user, code="000000") == (401, "code_refused")
    assert _token(client, user, code=code_now()) == (201, "")
    assert _token(client, user, code=code_now()) == (401, "code_refused")
    recovery = recovery_codes(user)[0]
    assert _token(client, user, code=recovery) == (201, "")
    assert _token(client, user, code=recovery) == (401, "code_refused")
    assert Event.objects.filter(action="recovery_codes.used", object_id=str(user.public_id)).count() == 1


def test_a_code_without_the_password_says_nothing(client: Client) -> None:
    user = with_app(UserFactory.create())
    assert _token(client, user, password="not the password", code=code_now()) == (401, "credentials_refused")


@pytest.mark.parametrize("roles", [[Role.PATIENT], [Role.DOCTOR]])
def test_the_question_costs_no_statement_beside_the_account_itself(
    client: Client, settings: Any, django_assert_num_queries: DjangoAssertNumQueries, roles: list[Role]
) -> None:
    client.force_login(UserFactory.create(roles=roles))
    with django_assert_num_queries(1) as with_demand:
        client.get("/account/security/sessions/end-others/")
    settings.TWO_STEP_REQUIRED = False
    with django_assert_num_queries(len(with_demand)):
        client.get("/account/security/sessions/end-others/")


def test_the_demand_stands_behind_authentication() -> None:
    order = django_settings.MIDDLEWARE
    names = ["AuthenticationMiddleware", "SessionLimitsMiddleware", "ActorMiddleware", "TwoStepMiddleware"]
    places = [next(place for place, path in enumerate(order) if path.endswith(f".{name}")) for name in names]
    assert places == sorted(places)
