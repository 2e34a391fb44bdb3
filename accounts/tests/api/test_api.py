from __future__ import annotations

import pytest
from allauth.account.adapter import get_adapter
from django.test import Client
from django.urls import path
from pytest_django import DjangoAssertNumQueries

from accounts.api import MeSerializer, MeView, TokenView
from accounts.models import User
from accounts.tests.factories import PASSWORD, PatientFactory, UserFactory
from audit.models import Event

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

urlpatterns = [path("me/", MeView.as_view()), path("token/", TokenView.as_view())]


def _token(client: Client, email: str, password: str = PASSWORD) -> tuple[int, dict[str, str]]:
    response = client.post("/token/", {"email": email, "password": password}, content_type="application/json")
    return response.status_code, response.json()


def _bearer(body: dict[str, str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {body['token']}"}


def test_me_says_who_i_am(client: Client) -> None:
    patient = PatientFactory()
    client.force_login(patient.user)
    assert client.get("/me/").json() == {
        "id": str(patient.user.public_id),
        "email": patient.user.email,
        "first_name": "Maya",
        "last_name": "Okafor",
        "roles": ["Patients"],
        "patient": {
            "id": str(patient.public_id),
            "given_name": "Maya",
            "family_name": "Okafor",
            "birth_date": "1986-03-27",
            "gender": "female",
            "phone": "+447700900123",
            "nhs_number": "",
            "nhs_number_status": "",
            "nhs_number_status_at": None,
        },
    }


def test_me_costs_two_statements_beside_signing_in(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    user = User.objects.get(pk=PatientFactory().user.pk)
    with django_assert_num_queries(2):
        assert MeSerializer(user).data


def test_without_a_profile_there_is_no_patient(client: Client) -> None:
    client.force_login(UserFactory())
    assert client.get("/me/").json()["patient"] is None


def test_me_is_for_the_signed_in(client: Client) -> None:
    assert client.get("/me/").status_code == 401


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_me_is_only_read(client: Client, method: str) -> None:
    client.force_login(UserFactory())
    assert getattr(client, method)("/me/").status_code == 405


def test_a_token_signs_in_until_it_is_given_back(client: Client) -> None:
    user = UserFactory()
    status, body = _token(client, user.email.upper())
    assert status == 201
    assert client.get("/me/", headers=_bearer(body)).json()["email"] == user.email

    assert client.delete("/token/", headers=_bearer(body)).status_code == 204
    assert client.get("/me/", headers=_bearer(body)).status_code == 401
    written = Event.objects.filter(action__startswith="token.").order_by("pk")
    assert [(event.action, event.actor_id) for event in written] == [
        ("token.issued", user.public_id),
        ("token.revoked", user.public_id),
    ]


def test_unknown_wrong_and_closed_are_answered_alike(client: Client) -> None:
    closed = UserFactory(is_active=False)
    answers = [
        _token(client, "nobody@example.org"),
        _token(client, UserFactory().email, "not the password"),
        _token(client, closed.email),
    ]
    assert answers[0][0] == 401
    assert answers[0][1]["code"] == "credentials_refused"
    assert answers[0] == answers[1] == answers[2]


def test_an_unconfirmed_address_gets_no_token(client: Client) -> None:
    status, body = _token(client, UserFactory(confirmed=False).email)
    assert (status, body["code"]) == (403, "email_unconfirmed")


def test_the_limits_of_the_sign_in_page_hold_here_too(client: Client) -> None:
    user = UserFactory()
    for _ in range(5):
        _token(client, user.email, "not the password")
    status, body = _token(client, user.email)
    assert (status, body["code"]) == (429, "too_many_attempts")


def test_a_token_that_ran_out_is_refused(client: Client) -> None:
    user = UserFactory()
    _, body = _token(client, user.email)
    user.auth_token_set.update(expiry="2020-01-01T00:00:00Z")
    assert client.get("/me/", headers=_bearer(body)).status_code == 401


@pytest.mark.parametrize("strange", ["\xff", "8792f5bd32c514a\xe9", "", "a b"])
def test_what_is_no_token_of_anybodys_is_refused(client: Client, strange: str) -> None:
    """Also bytes that are no text: a header of them is no fault of ours."""
    answer = client.get("/me/", headers={"Authorization": f"Bearer {strange}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "authentication_failed")


def test_a_form_post_from_another_site_gets_no_token(client: Client) -> None:
    response = client.post("/token/", {"email": UserFactory().email, "password": PASSWORD})
    assert response.status_code == 415


def test_a_new_token_beyond_the_limit_takes_the_place_of_the_oldest(client: Client) -> None:
    user = UserFactory()
    bodies = [_token(client, user.email)[1] for _ in range(11)]
    answers = [client.get("/me/", headers=_bearer(body)).status_code for body in bodies]
    assert answers == [401, *[200] * 10]


def test_what_ran_out_does_not_count(client: Client) -> None:
    user = UserFactory()
    _token(client, user.email)
    user.auth_token_set.update(expiry="2020-01-01T00:00:00Z")
    _token(client, user.email)
    assert user.auth_token_set.count() == 1


def test_a_new_password_ends_every_token(client: Client) -> None:
    user = UserFactory()
    _, body = _token(client, user.email)
    _, kept = _token(client, UserFactory().email)
    get_adapter().set_password(user, "another calm surgery 28")
    assert client.get("/me/", headers=_bearer(body)).status_code == 401
    assert client.get("/me/", headers=_bearer(kept)).status_code == 200
    assert Event.objects.get(action="token.revoked").object_id == str(user.public_id)
