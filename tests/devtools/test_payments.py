"""The demo's way of taking payments: a simulator, unless the environment names an account."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path

import pytest

from devtools import payments
from integrations.stripe.gateway import Gateway
from integrations.stripe.simulator.engine import Simulator
from integrations.tests.stripe.asking import new_session
from medconsult.settings.env import read_environment

SITE = "http://127.0.0.1:8000"


def test_the_simulator_is_the_same_tomorrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STRIPE_SECRET_KEY", raising=False)
    with payments.simulator(tmp_path, SITE) as today:
        asked = Gateway(today.environment["STRIPE_SECRET_KEY"], str(today.address))
        deadline = time.monotonic() + 60
        while not is_up(str(today.address)) and time.monotonic() < deadline:
            time.sleep(0.02)
        session = new_session(asked)
        asked.close()
    assert [child.poll() is None for child in today.children] == [False]
    with payments.simulator(tmp_path, SITE) as tomorrow:
        assert (tomorrow.address, tomorrow.environment) == (today.address, today.environment)
    kept = Simulator(data=tmp_path / "stripe-simulator" / "objects.sqlite3")
    assert kept.find("checkout.session", session.id)["url"] == session.url
    kept.close()
    assert (tmp_path / "stripe-simulator" / "simulator.json").stat().st_mode & 0o077 == 0


def is_up(address: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(address.rpartition(":")[2]))) == 0


def test_a_port_that_somebody_has_taken_is_not_waited_for(tmp_path: Path) -> None:
    known = payments._known(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(known["port"])))
        taken.listen()
        moved = payments._known(tmp_path)
    assert moved["port"] != known["port"]
    assert {**moved, "port": 0} == {**known, "port": 0}
    assert json.loads((tmp_path / "simulator.json").read_text()) == moved


def test_settings_take_what_the_demo_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = payments._known(tmp_path)
    monkeypatch.setenv("STRIPE_SECRET_KEY", str(known["key"]))
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRETS", str(known["secret"]))
    monkeypatch.setenv("STRIPE_API_BASE", "http://127.0.0.1:1")
    environment = read_environment(
        SECRET_KEY="x" * 50,
        FIELD_ENCRYPTION_KEYS="dGVzdHMtb25seS1ub3QtYS1zZWNyZXQtMDAwMDAwMDA=",
        DATABASE_URL="postgres://medconsult_app@localhost/medconsult",
        REDIS_URL="redis://127.0.0.1:6379/0",
        BASE_URL=SITE,
        ALLOWED_HOSTS="127.0.0.1",
        EMAIL_URL="dummy://",
        DEFAULT_FROM_EMAIL="Clinic <no-reply@clinic.example>",
        MEDIA_ROOT="media",
        PRIVATE_ROOT="private",
        CLAMD_URL="tcp://127.0.0.1:9",
    )
    assert environment.simulates_stripe


def test_an_account_keeps_the_simulator_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_test_0123456789")
    with payments.simulator(tmp_path, SITE) as real:
        assert (real.children, real.address, real.environment) == ((), None, {})
    assert not (tmp_path / "stripe-simulator").exists()
