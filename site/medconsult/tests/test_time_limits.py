"""The database ends what takes too long, and a person or a client is told so: never a 500."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import OperationalError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler
from django.test import Client

from accounts.security import selectors
from accounts.tests.factories import UserFactory
from medconsult.settings.base import configured
from medconsult.settings.env import TIME_LIMITS, read_environment
from medconsult.tests.test_environment import SET

REPOSITORY = Path(__file__).resolve().parents[3]
LIMITS = ("statement_timeout", "idle_in_transaction_session_timeout")
VARIABLES = [
    "PROCESS_KIND",
    *(f"{kind.upper()}_{name}_SECONDS" for kind in TIME_LIMITS for name in ("STATEMENT", "IDLE")),
]


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., list[str]]]:
    """What a connection of such a process says of its limits."""
    opened: list[BaseDatabaseWrapper] = []
    for name, value in SET.items():
        monkeypatch.setenv(name, value)
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)

    def show(**environment: str) -> list[str]:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        options = configured(read_environment())["DATABASES"]["default"]["OPTIONS"]
        settings = {**connection.settings_dict, "OPTIONS": options}
        own = ConnectionHandler({"default": settings})["default"]
        opened.append(own)
        with own.cursor() as cursor:
            return [_show(cursor, name) for name in LIMITS]

    yield show
    for own in opened:
        own.close()


def _show(cursor: object, name: str) -> str:
    cursor.execute(f"SHOW {name}")  # type: ignore[attr-defined]
    return str(cursor.fetchone()[0])  # type: ignore[attr-defined]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "limits"), [("web", ["15s", "20s"]), ("worker", ["5min", "5min"]), ("command", ["0", "0"])]
)
def test_each_kind_of_process_has_its_limits(shown: Callable[..., list[str]], kind: str, limits: list[str]) -> None:
    assert shown(PROCESS_KIND=kind) == limits


@pytest.mark.django_db
def test_an_installation_says_otherwise_for_each_kind_by_itself(shown: Callable[..., list[str]]) -> None:
    own = {"WEB_STATEMENT_SECONDS": "7", "WEB_IDLE_SECONDS": "8", "WORKER_STATEMENT_SECONDS": "900"}
    assert shown(PROCESS_KIND="web", **own) == ["7s", "8s"]
    assert shown(PROCESS_KIND="worker") == ["15min", "5min"]
    assert shown(PROCESS_KIND="command") == ["0", "0"]


@pytest.mark.django_db
def test_what_the_address_of_the_database_asks_for_stays(shown: Callable[..., list[str]]) -> None:
    address = f"{SET['DATABASE_URL']}?options=-c%20statement_timeout=3s&application_name=ours"
    assert shown(PROCESS_KIND="command", DATABASE_URL=address) == ["3s", "0"]
    options = configured(read_environment())["DATABASES"]["default"]["OPTIONS"]
    assert options["application_name"] == "ours"


@pytest.mark.parametrize("kind", ["web", "worker", "command"])
def test_behind_a_pool_a_connection_asks_for_nothing_that_the_pool_refuses(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    for name, value in {**SET, "PROCESS_KIND": kind}.items():
        monkeypatch.setenv(name, value)
    for which in ("web", "worker"):
        monkeypatch.setenv(f"{which.upper()}_POOL_URL", f"postgres://medconsult_app@pool:6432/medconsult_{which}")
    used = configured(read_environment())["DATABASES"]["default"]
    if kind == "command":
        assert used["HOST"] == "localhost"
        return
    assert (used["HOST"], used["NAME"]) == ("pool", f"medconsult_{kind}")
    assert used["DISABLE_SERVER_SIDE_CURSORS"]
    assert "options" not in used.get("OPTIONS", {})


@pytest.mark.parametrize(("name", "value"), [("PROCESS_KIND", "webb"), ("COMMAND_IDLE_SECONDS", "-1")])
def test_nonsense_is_refused(shown: Callable[..., list[str]], name: str, value: str) -> None:
    with pytest.raises(ValueError, match=name):
        shown(**{name: value})


def test_the_web_server_says_what_it_is_and_a_command_does_not() -> None:
    """In a process of their own: ours has read its settings long ago."""
    say = "from django.conf import settings; print(settings.DATABASES['default']['OPTIONS'].get('options', ''))"
    assert "statement_timeout=15s" in _said(f"import medconsult.wsgi; {say}")
    assert _said(f"import medconsult; {say}") == ""


def _said(program: str) -> str:
    environment = {"DJANGO_SETTINGS_MODULE": "medconsult.settings.dev", "PYTHONPATH": "site:.", "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def too_slow(*_: object, **__: object) -> None:
    """A statement that the database ends, as it would after 15 s."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '5ms'")
        cursor.execute("SELECT pg_sleep(30)")


@pytest.mark.django_db
def test_the_database_ends_what_takes_too_long() -> None:
    with pytest.raises(OperationalError, match="statement timeout"):
        too_slow()


@pytest.mark.django_db
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "part"])
def test_a_person_reads_that_we_are_busy(
    client: Client, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str]
) -> None:
    client.force_login(UserFactory.create())
    monkeypatch.setattr(selectors, "sessions_of", too_slow)
    answer = client.get("/account/security/", headers=headers)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "please try again" in answer.content.decode()
    assert "statement" not in answer.content.decode()


@pytest.mark.django_db
def test_a_client_gets_a_problem(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(UserFactory.create())
    monkeypatch.setattr("accounts.api.patient_of", too_slow)
    answer = client.get("/api/v1/me/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "unavailable"


@pytest.mark.django_db
def test_also_before_a_view_is_reached_it_is_no_500(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(UserFactory.create())
    monkeypatch.setattr("accounts.backends.AccountBackend.get_user", too_slow)
    answer = client.get("/account/security/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "Something went wrong" in answer.content.decode()


@pytest.mark.django_db
def test_control_a_fault_of_ours_stays_a_500(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    client = Client(raise_request_exception=False)
    client.force_login(UserFactory.create())
    monkeypatch.setattr("accounts.backends.AccountBackend.get_user", broken)
    answer = client.get("/account/security/")
    assert answer.status_code == 500
    assert "Retry-After" not in answer
