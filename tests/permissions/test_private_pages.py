from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import ApiToken
from accounts.tests.factories import PatientFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path", ["/", "/home/", "/doctors/", "/account/email/", "/api/v1/me/", "/appointments/", "/nobody/"]
)
def test_what_a_signed_in_person_sees_is_kept_by_no_cache(client: Client, path: str) -> None:
    client.force_login(PatientFactory().user)
    kept = client.get(path)["Cache-Control"]
    assert "private" in kept
    assert "no-store" in kept


def test_an_answer_to_a_token_is_kept_by_no_cache(client: Client) -> None:
    _, token = ApiToken.objects.issue(UserFactory())
    answer = client.get("/api/v1/me/", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")


@pytest.mark.parametrize("path", ["/", "/doctors/", "/api/v1/doctors/"])
def test_what_a_visitor_sees_says_nothing_of_it(client: Client, path: str) -> None:
    assert "Cache-Control" not in client.get(path)


def test_what_may_be_kept_by_its_own_word_may_be_kept(client: Client) -> None:
    client.force_login(UserFactory())
    assert "public" in client.get("/robots.txt")["Cache-Control"]
