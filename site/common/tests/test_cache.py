from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from common import cache
from common.cache import SoftRedisCache

OPERATIONS: list[tuple[str, Callable[[SoftRedisCache], Any], Any]] = [
    ("get", lambda store: store.get("k"), None),
    ("get with a default", lambda store: store.get("k", "d"), "d"),
    ("set", lambda store: store.set("k", "v"), None),
    ("add", lambda store: store.add("k", "v"), True),
    ("touch", lambda store: store.touch("k"), False),
    ("delete", lambda store: store.delete("k"), False),
    ("get_many", lambda store: store.get_many(["k", "l"]), {}),
    ("set_many", lambda store: store.set_many({"k": 1, "l": 2}), ["k", "l"]),
    ("delete_many", lambda store: store.delete_many(["k", "l"]), None),
    ("has_key", lambda store: store.has_key("k"), False),
    ("in", lambda store: "k" in store, False),
    ("incr", lambda store: store.incr("k", 2), 2),
    ("decr", lambda store: store.decr("k"), -1),
    ("get_or_set", lambda store: store.get_or_set("k", lambda: "made"), "made"),
    ("clear", lambda store: store.clear(), None),
]


@pytest.fixture(autouse=True)
def _no_outage_before_or_after() -> Iterator[None]:
    SoftRedisCache._away_until = 0
    yield
    SoftRedisCache._away_until = 0


@pytest.fixture
def dead_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture
def away(dead_port: int) -> SoftRedisCache:
    return SoftRedisCache(f"redis://127.0.0.1:{dead_port}/0", {})


@pytest.fixture
def alive(valkey_url: str) -> SoftRedisCache:
    return SoftRedisCache(valkey_url, {})


@pytest.mark.parametrize(("operation", "expected"), [row[1:] for row in OPERATIONS], ids=[row[0] for row in OPERATIONS])
def test_with_the_server_away_nothing_raises(
    away: SoftRedisCache, operation: Callable[[SoftRedisCache], Any], expected: Any
) -> None:
    assert operation(away) == expected


def test_an_outage_is_logged_once_and_names_no_key(away: SoftRedisCache, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="common.cache"):
        for _ in range(5):
            away.get("patient-42")
            SoftRedisCache._away_until = min(SoftRedisCache._away_until, 0.001)
    assert len(caplog.records) == 1
    assert "patient-42" not in caplog.text


def test_while_it_is_away_the_others_do_not_wait(away: SoftRedisCache, monkeypatch: pytest.MonkeyPatch) -> None:
    away.get("k")
    monkeypatch.setattr(away._cache, "get", lambda *_: pytest.fail("asked again at once"))
    assert away.get("k") is None


def test_when_it_is_back_it_is_used_again(
    away: SoftRedisCache, alive: SoftRedisCache, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "PAUSE_SECONDS", 0)
    assert away.get("k") is None
    alive.set("k", "v")
    assert alive.get("k") == "v"
    assert "is back" in caplog.text


def test_with_the_server_there_it_is_djangos_cache(alive: SoftRedisCache) -> None:
    alive.set_many({"a": 1, "b": {"c": [2]}})
    assert alive.get_many(["a", "b", "x"]) == {"a": 1, "b": {"c": [2]}}
    assert alive.incr("a") == 2
    assert not alive.add("a", 9)
    assert alive.delete("a")
    assert not alive.has_key("a")


def test_a_count_that_was_never_begun_is_an_error_only_while_the_server_is_there(alive: SoftRedisCache) -> None:
    with pytest.raises(ValueError, match="not found"):
        alive.incr("never-set")


def test_it_waits_shortly_for_a_server_that_does_not_answer(alive: SoftRedisCache) -> None:
    kwargs = alive._cache.get_client().connection_pool.connection_kwargs
    assert (kwargs["socket_connect_timeout"], kwargs["socket_timeout"]) == (0.25, 1)
