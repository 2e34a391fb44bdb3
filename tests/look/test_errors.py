"""Pages that say no: drawn in our look, and the last of them without a database."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.views.defaults import server_error

from common.errors import Conflict, Invalid
from common.htmx import render_error


def test_server_error_page_needs_no_database() -> None:
    answer = server_error(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert b"Something went wrong" in answer.content
    assert b"css/app.css" in answer.content


@pytest.mark.django_db
def test_missing_page_is_drawn_in_our_look(client: Client) -> None:
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404
    assert "Page not found" in answer.content.decode()


@pytest.mark.django_db
def test_form_without_its_token_is_refused_kindly() -> None:
    answer = Client(enforce_csrf_checks=True).post("/account/login/", {"login": "maya@example.org"})
    assert answer.status_code == 403
    assert "This form is too old" in answer.content.decode()


def test_refusal_says_what_happened_beside_each_field() -> None:
    error = Invalid("bad_times", "Look at the times again.", fields={"end": ["The end must be after the start."]})
    drawn = render_to_string("ui/partials/domain_error.html", {"error": error})
    assert "Look at the times again." in drawn
    assert "The end must be after the start." in drawn


@pytest.mark.django_db
def test_refusal_is_a_page_for_a_browser_and_keeps_its_status() -> None:
    request = RequestFactory().get("/")
    answer = render_error(request, Conflict("slot_taken", "That time has just been taken."))
    assert answer.status_code == 409
    assert "That time has just been taken." in answer.content.decode()
