from __future__ import annotations

from pathlib import Path

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from devtools import valkey
from devtools.places import service_account
from tests.devtools.conftest import descendants, is_gone


def test_start_answers_to_its_password_only_and_stop_leaves_nothing(open_path: Path) -> None:
    running = valkey.start(open_path, service_account())
    with redis.Redis.from_url(running.url) as client:
        assert client.ping()
    once = Retry(NoBackoff(), 0)
    with redis.Redis(port=running.port, retry=once) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()
    below = {running.child.pid, *descendants(running.child.pid)}

    running.child.stop()

    assert len(below) == 2
    assert [pid for pid in below if not is_gone(pid, within=0)] == []


def test_port_that_is_taken_meanwhile_is_tried_anew(open_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = valkey.start(open_path / "first", service_account())
    ports = iter([first.port, valkey.free_port()])
    monkeypatch.setattr(valkey, "free_port", lambda: next(ports))

    second = valkey.start(open_path / "second", service_account())

    assert second.port != first.port
    second.child.stop()
    first.child.stop()


def test_password_is_not_on_the_command_line(open_path: Path) -> None:
    running = valkey.start(open_path, service_account())

    lines = [Path(f"/proc/{pid}/cmdline").read_text() for pid in descendants(running.child.pid)]

    assert lines
    assert not [line for line in lines if running.password in line]
    running.child.stop()
