"""A refresh token counts once: of several workers who find it due, each on a connection of its own, one sends it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from accounts.models import OutsideIdentity, OutsideTokens
from accounts.services import outside_tokens
from accounts.tests.factories import UserFactory
from common import clock
from common.fields import opened
from integrations.oidc import Tokens
from tests.races.conftest import Together, refusals

WORKERS = 6
CONTROL_ROUNDS = 20
WORK = OutsideIdentity.Provider.WORK_LOGIN


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the provider is sent. The moment between looking and writing is made longer, with and without the lock."""
    shown: list[str] = []

    def refresh(refresh_token: str, *, subject: str) -> Tokens:
        shown.append(refresh_token)
        return Tokens(access_token="a", refresh_token=f"{subject}, the next", good_for=3600)

    def slowly(row: Any, column: str) -> str | None:
        time.sleep(0.02)
        return opened(row, column)

    monkeypatch.setattr(outside_tokens, "opened", slowly)
    monkeypatch.setitem(outside_tokens.REFRESH, WORK, refresh)
    return shown


def due(subject: str) -> UUID:
    user = UserFactory.create()
    identity = OutsideIdentity.objects.create(user=user, provider=WORK, subject=subject, verified_at=clock.now())
    row = OutsideTokens.objects.create(identity=identity, refresh_token=subject, good_until=clock.now())
    return row.public_id


def asking(tokens_id: UUID) -> Callable[[], bool]:
    return lambda: outside_tokens.outside_tokens_refresh(tokens_id=tokens_id, now=clock.now() + timedelta(seconds=1))


@pytest.mark.usefixtures("no_deadlock")
def test_one_of_several_workers_sends_a_token(together: Together, rounds: int, sent: list[str]) -> None:
    for number in range(rounds):
        tokens_id = due(f"person {number}")
        outcomes = together([asking(tokens_id)] * WORKERS)
        assert set(refusals(outcomes)) <= {"busy"}
        assert sent == [f"person {one}" for one in range(number + 1)]
        assert OutsideTokens.objects.get(public_id=tokens_id).refresh_token == f"person {number}, the next"


@pytest.mark.usefixtures("transactional_db")
def test_control_without_the_lock_it_is_sent_more_than_once(
    together: Together, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """If this fails, the test above is useless."""
    unlocked = OutsideTokens.objects.select_related("identity__user")
    monkeypatch.setattr(outside_tokens, "lock_outside_tokens", lambda one: unlocked.get(public_id=one))
    asked = 0
    while asked < CONTROL_ROUNDS and len(sent) == asked:
        together([asking(due(f"person {asked}"))] * WORKERS)
        asked += 1
    assert len(sent) > asked
