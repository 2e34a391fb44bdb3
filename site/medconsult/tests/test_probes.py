from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from medconsult import metrics, probes

# As a machine asks that watches: by an address that is none of ours, and without TLS.
ASKED: dict[str, Any] = {"HTTP_HOST": "10.1.2.3:8000"}
TOKEN = "a-token-of-the-tests-alone"
KEY = {"access_key": "a", "secret_key": "b"}


@pytest.fixture(autouse=True)
def as_in_production(settings: Settings) -> Iterator[None]:
    settings.SECURE_SSL_REDIRECT = True
    settings.METRICS_TOKEN = TOKEN
    probes._migrated.clear()
    yield
    probes._migrated.clear()


def asked(path: str, **more: Any) -> Any:
    return Client().get(path, **ASKED, **more)


def away(*_: Any, **__: Any) -> Any:
    raise OperationalError("no such host: db.internal")


def test_a_process_without_its_database_is_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "cursor", away)
    response = asked("/healthz")
    assert (response.status_code, response.content) == (200, b"alive\n")
    assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_ready_goes_on_without_redis_and_says_so(settings: Settings) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:9/0"
    response = asked("/readyz")
    assert response.status_code == 200
    assert response.json() == {
        "ready": True,
        "database": "ok",
        "migrations": "ok",
        "storage": "ok",
        "cache": response.json()["cache"],
        "broker": "away",
    }


@pytest.mark.django_db
def test_ready_is_nobody_without_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "cursor", away)
    response = asked("/readyz")
    assert response.status_code == 503
    assert (response.json()["ready"], response.json()["database"]) == (False, "away")
    assert b"db.internal" not in response.content


@pytest.mark.django_db
def test_ready_is_nobody_whose_code_waits_for_a_migration() -> None:
    assert asked("/readyz").json()["migrations"] == "ok"
    probes._migrated.clear()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'audit'")
    response = asked("/readyz")
    assert (response.status_code, response.json()["migrations"]) == (503, "away")


@pytest.mark.django_db
def test_ready_is_nobody_who_cannot_keep_a_file(settings: Settings, tmp_path: Path) -> None:
    settings.PRIVATE_ROOT = tmp_path / "none"
    response = asked("/readyz")
    assert (response.status_code, response.json()["storage"]) == (503, "away")


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["127.0.0.1:9", "bucket.example"])
def test_ready_goes_on_without_a_bucket_and_says_so(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    options = {"bucket_name": "private", "endpoint_url": f"http://{host}", "region_name": "us-east-1"}
    backend = {"BACKEND": "integrations.bucket.PrivateBucket", "OPTIONS": {**options, **KEY}}
    settings.STORAGES = {**settings.STORAGES, "private": backend}
    nobody_knows, known, find = threading.Event(), threading.Event(), socket.getaddrinfo

    def found(name: str, *more: Any, **named: Any) -> Any:
        if name == "bucket.example":
            nobody_knows.set()
            known.wait(10)
        return find(name, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", found)
    monkeypatch.setattr("integrations.bucket.PROBED_FOR_SECONDS", 0.5)
    began = time.monotonic()
    response = asked("/readyz")
    took = time.monotonic() - began
    known.set()
    assert (response.status_code, response.json()["storage"]) == (200, "away")
    # Whoever asks gives up after four seconds (docker/compose.yaml), and would then send nobody to anybody.
    assert took < 4
    assert nobody_knows.is_set() == (host == "bucket.example")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_a_probe_changes_nothing(path: str) -> None:
    assert Client().post(path, **ASKED).status_code == 405


@pytest.mark.parametrize("given", [{}, {"HTTP_AUTHORIZATION": "Bearer wrong"}, {"HTTP_AUTHORIZATION": TOKEN}])
def test_nobody_reads_the_figures_without_the_token(given: dict[str, str]) -> None:
    assert asked("/metrics", **given).status_code == 404


def test_nobody_reads_the_figures_where_there_is_no_token(settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    assert asked("/metrics", HTTP_AUTHORIZATION="Bearer ").status_code == 404


@pytest.mark.django_db
def test_the_figures_tell_routes_by_name_and_what_waits(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = False
    Client().get("/visits/0f3e62f5-0f0b-4d3c-9d6c-7d3a3f1b2c4d/?q=canary", headers={"Host": "testserver"})
    Client().generic("BREW", "/", headers={"Host": "testserver"})
    response = asked("/metrics", HTTP_AUTHORIZATION=f"Bearer {TOKEN}")
    assert response["Content-Type"] == metrics.CONTENT_TYPE
    text = response.content.decode()
    assert "canary" not in text
    assert "0f3e62f5" not in text
    families = {family.name: family for family in text_string_to_metric_families(text)}
    methods = {sample.labels["method"] for sample in families["medconsult_request_seconds"].samples}
    assert {"GET", "other"} <= methods
    assert "BREW" not in methods
    behind = {sample.labels["what"] for sample in families["medconsult_behind_seconds"].samples}
    assert behind == {"message", "seal", "listing"}
    assert "medconsult_messages_failed" in families


@pytest.mark.django_db
def test_the_figures_of_requests_are_told_without_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "figures_now", away)
    text = asked("/metrics", HTTP_AUTHORIZATION=f"Bearer {TOKEN}").content.decode()
    assert "medconsult_database_up 0.0" in text
    assert "medconsult_request_seconds" in text
