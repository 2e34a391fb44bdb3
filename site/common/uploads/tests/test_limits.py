from __future__ import annotations

from http import HTTPStatus
from io import BytesIO

import pytest
from django.test import Client, RequestFactory
from pytest_django import Settings

from common.uploads.limits import BodyLimitMiddleware

PAGE, API = "/account/login/", "/api/v1/token/"


class NeverRead(BytesIO):
    def read(self, size: int | None = -1, /) -> bytes:
        raise AssertionError("A body that is too large is not read.")


def test_long_body_is_refused_unread(settings: Settings) -> None:
    request = RequestFactory().post(API, data=b"x", content_type="application/octet-stream")
    request.META |= {"CONTENT_LENGTH": str(2 * 1024**3), "wsgi.input": NeverRead()}

    def never(_: object) -> None:
        raise AssertionError("No view sees it.")

    response = BodyLimitMiddleware(never)(request)  # type: ignore[arg-type]
    assert response.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


@pytest.mark.django_db
def test_limit_is_said_in_words_on_a_page_and_as_a_problem_in_the_api(client: Client, settings: Settings) -> None:
    settings.REQUEST_MAX_BYTES = 10
    page, problem = client.post(PAGE, {"login": "x" * 20}), client.post(API, {"email": "x" * 20})

    assert page.status_code == problem.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert "A file may have up to 20 MB." in page.content.decode()
    assert problem["Content-Type"] == "application/problem+json"
    assert problem.json()["code"] == "too_large"


@pytest.mark.django_db
def test_body_of_the_largest_size_is_read(client: Client, settings: Settings) -> None:
    body = b'{"email": "a@b.example"}'
    settings.REQUEST_MAX_BYTES = len(body)
    assert client.post(API, body, "application/json").status_code != HTTPStatus.REQUEST_ENTITY_TOO_LARGE


@pytest.mark.django_db
def test_page_is_shown_for_what_nginx_has_refused(client: Client) -> None:
    response = client.post(PAGE, headers={"X-Body-Refused": "1"})
    assert response.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


@pytest.mark.django_db
def test_length_that_is_no_number_is_no_length(client: Client) -> None:
    assert client.get(PAGE, CONTENT_LENGTH="lots").status_code == HTTPStatus.OK
