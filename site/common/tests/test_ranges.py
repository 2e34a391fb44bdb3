"""Parts of a film."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from wagtail.documents import get_document_model
from wagtail.models import Collection, CollectionViewRestriction

pytestmark = pytest.mark.django_db

BYTES = bytes(range(100))


def film(name: str = "a.mp4") -> Any:
    return get_document_model().objects.create(title="Film", file=ContentFile(BYTES, name=name))


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-1", 0, 1),
        ("bytes=90-", 90, 99),
        ("bytes=-10", 90, 99),
        ("bytes=50-900", 50, 99),
        ("bytes=-900", 0, 99),
    ],
)
def test_a_player_gets_the_bytes_that_it_asks_for(asked: str, first: int, last: int) -> None:
    answer: Any = Client().get(film().url, headers={"Range": asked})

    assert answer.status_code == 206
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/100"
    assert answer.content == BYTES[first : last + 1]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_bytes_that_are_not_there_are_refused() -> None:
    answer = Client().get(film().url, headers={"Range": "bytes=100-"})
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, "bytes */100")


@pytest.mark.parametrize(("name", "asked"), [("a.pdf", "bytes=0-1"), ("a.mp4", "bytes=-"), ("a.mp4", "lines=0-1")])
def test_everything_else_is_answered_whole(name: str, asked: str) -> None:
    answer: Any = Client().get(film(name).url, headers={"Range": asked})
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == BYTES


def test_a_film_in_a_closed_folder_is_given_to_nobody_in_parts_either() -> None:
    folder = Collection.get_first_root_node().add_child(name="Closed")
    CollectionViewRestriction.objects.create(collection=folder, restriction_type="login")
    closed = film()
    closed.collection = folder
    closed.save()
    answer = Client().get(closed.url, headers={"Range": "bytes=0-1"})
    assert answer.status_code == 302
