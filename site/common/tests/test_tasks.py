from __future__ import annotations

import json
from base64 import b64decode
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.db import connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from common.request_context import acting
from common.tasks import sweep_expired, wake

pytestmark = pytest.mark.django_db


def queued(redis_client: Any) -> list[dict[str, Any]]:
    return [json.loads(message) for message in redis_client.lrange("default", 0, -1)]


def test_a_task_is_sent_once_the_transaction_has_committed(
    redis_client: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True), acting(request_id="r1"):
        wake("some.task", 7)
        assert queued(redis_client) == []
    (message,) = queued(redis_client)
    assert message["headers"]["task"] == "some.task"
    assert json.loads(b64decode(message["body"]))[0] == [7]


def test_what_is_rolled_back_wakes_nobody(redis_client: Any, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(ZeroDivisionError), transaction.atomic():
        wake("some.task")
        raise ZeroDivisionError
    assert queued(redis_client) == []


@pytest.mark.parametrize("error", [OperationalError("refused"), ConnectionResetError(), TimeoutError()])
def test_with_the_broker_away_it_says_so_and_goes_on(
    error: Exception,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: Any,
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(current_app, "send_task", fail)
    with django_capture_on_commit_callbacks(execute=True):
        wake("some.task", "an-argument")
    assert "some.task waits for its sweeper" in caplog.text
    assert "an-argument" not in caplog.text


def test_a_real_broker_that_is_away_is_given_up_at_once(settings: Any) -> None:
    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS["max_retries"] == 0
    with (
        pytest.raises(OperationalError),
        current_app.connection_for_write("redis://127.0.0.1:1/0") as broker,
        current_app.amqp.Producer(broker) as producer,
    ):
        current_app.send_task("some.task", producer=producer, retry=False)


def test_ended_sessions_and_cached_values_past_their_time_are_swept() -> None:
    for key, days in (("ended", -1), ("running", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=timezone.now() + timedelta(days=days))
    caches["default"].set("running", 1, 600)
    caches["default"].set("ended", 1, 600)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE common_cache SET expires = now() - interval '1 day' WHERE cache_key LIKE '%%ended'")
        sweep_expired()
        cursor.execute("SELECT count(*) FROM common_cache")
        assert cursor.fetchone() == (1,)
    assert list(Session.objects.values_list("session_key", flat=True)) == ["running"]
