from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import caches
from django.test import Client

from common.cache import SoftRedisCache
from common.sessions import COPY_SECONDS, SessionStore

pytestmark = pytest.mark.django_db


@pytest.fixture
def redis_away(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every Redis call of this process meets a dead port."""
    SoftRedisCache._away_until = 0
    with pytest.MonkeyPatch.context() as patch:
        away = SoftRedisCache("redis://127.0.0.1:1/0", {})
        patch.setattr(SoftRedisCache, "_cache", away._cache)
        yield
    SoftRedisCache._away_until = 0


def _session(**values: Any) -> SessionStore:
    session = SessionStore()
    session.update(values)
    session.save()
    return session


def read(key: str | None) -> dict[str, Any]:
    return dict(SessionStore(key).items())


def test_a_session_is_read_from_its_copy_without_a_statement(django_assert_num_queries: Any) -> None:
    session = _session(word="kept")
    with django_assert_num_queries(0):
        assert read(session.session_key) == {"word": "kept"}


def test_after_redis_was_flushed_the_row_answers_and_the_copy_is_made_again(django_assert_num_queries: Any) -> None:
    session = _session(word="kept")
    caches["redis"].clear()
    with django_assert_num_queries(1):
        assert read(session.session_key) == {"word": "kept"}
        assert read(session.session_key) == {"word": "kept"}


def test_a_copy_never_outlives_its_bound(redis_client: Any) -> None:
    session = _session(word="kept")
    assert 0 < redis_client.ttl(caches["redis"].make_key(session.cache_key)) <= COPY_SECONDS


def test_with_redis_away_sessions_are_made_read_changed_and_ended(redis_away: None) -> None:
    session = _session(word="kept")
    assert read(session.session_key) == {"word": "kept"}
    session["word"] = "changed"
    session.save()
    assert read(session.session_key) == {"word": "changed"}
    key = session.session_key
    session.flush()
    assert read(key) == {}


def test_signing_in_survives_redis_going_away(client: Client, redis_away: None) -> None:
    user = get_user_model().objects.create_user(email="ada@example.org")
    client.force_login(user)
    assert read(client.session.session_key)["_auth_user_id"] == str(user.pk)
    client.logout()
    assert "_auth_user_id" not in client.session


def test_an_unknown_key_is_an_empty_session() -> None:
    assert read("a" * 32) == {}
