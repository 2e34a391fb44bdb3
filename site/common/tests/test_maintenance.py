"""The page of a site that is closed for a while."""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from common.maintenance import MaintenanceMiddleware


def test_a_closed_site_answers_every_address_alike_and_asks_no_database(settings: Settings) -> None:
    settings.MAINTENANCE_MINUTES = 30
    closed = MaintenanceMiddleware(lambda _: HttpResponse("open"))

    for request in (RequestFactory().get("/"), RequestFactory().post("/book/x/confirm/")):
        answer = closed(request)
        assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "1800", "no-store")
        shown = answer.content.decode()
        assert "We are back soon" in shown
        assert "999" in shown


def test_a_program_is_told_by_a_problem(settings: Settings) -> None:
    settings.MAINTENANCE_MINUTES = 30
    answer = MaintenanceMiddleware(lambda _: HttpResponse("open"))(RequestFactory().get("/api/v1/me/"))
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "1800", "no-store")
    assert (answer["Content-Type"], json.loads(answer.content)["code"]) == ("application/problem+json", "closed")


def test_an_open_site_does_without_it(settings: Settings) -> None:
    settings.MAINTENANCE_MINUTES = 0
    with pytest.raises(MiddlewareNotUsed):
        MaintenanceMiddleware(lambda _: HttpResponse("open"))
