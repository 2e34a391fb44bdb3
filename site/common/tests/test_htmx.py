from __future__ import annotations

import pytest
from django.test import Client

from common.tests.urls import INSIDE

pytestmark = [pytest.mark.django_db, pytest.mark.urls("common.tests.urls")]
HTMX = {"HX-Request": "true"}


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("not-found", 404, "We cannot find what you asked for."),
        ("forbidden", 403, "You may not do that."),
        ("conflict", 409, "That time has just been taken."),
        ("invalid", 422, "Use fewer words."),
        ("database", 503, "please try again"),
        ("unreadable", 409, "cannot be read any more"),
    ],
)
def test_a_refusal_is_a_page_and_for_htmx_a_part_of_one(client: Client, name: str, status: int, words: str) -> None:
    page, part = client.get(f"/page/{name}/"), client.get(f"/page/{name}/", headers=HTMX)
    assert page.status_code == part.status_code == status
    for answer in (page, part):
        assert words in answer.content.decode()
        assert INSIDE not in answer.content.decode()
    assert "<html" in page.content.decode()
    assert "<html" not in part.content.decode()


@pytest.mark.parametrize("extra", [{"HX-Boosted": "true"}, {"HX-History-Restore-Request": "true"}])
def test_htmx_gets_whole_pages_where_it_puts_whole_pages(client: Client, extra: dict[str, str]) -> None:
    assert "<html" in client.get("/page/conflict/", headers={**HTMX, **extra}).content.decode()


def test_a_database_that_is_away_says_when_to_come_back(client: Client) -> None:
    assert client.get("/page/database/")["Retry-After"] == "5"


def test_a_fault_of_ours_is_not_taken_for_a_refusal(client: Client) -> None:
    with pytest.raises(RuntimeError):
        client.get("/page/bug/")
