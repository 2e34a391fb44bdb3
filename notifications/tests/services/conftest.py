from __future__ import annotations

import pytest

from notifications.tests.sending import Clock, MailServer


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("common.clock.now", clock)
    return clock


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> MailServer:
    server = MailServer()
    monkeypatch.setattr("integrations.mail.send", server.send)
    return server


@pytest.fixture(autouse=True)
def woken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    monkeypatch.setattr("notifications.services.deliver.wake", names.append)
    return names
