"""Fixtures that every test may ask for. Loaded by the root `conftest.py`.

How the database is restored after a test that commits (`transaction=True`, `live_server`): Django would TRUNCATE
every table, which takes Wagtail's root page, the locale and the groups away and which the audit log's triggers
refuse. Instead the worker's database is dropped and copied again from the migrated template. That takes about
50 ms, and undoes everything: rows, sequences, even a constraint that a control test has dropped.
"""

# ruff: noqa: ARG001 — a fixture may ask for another for its effect alone
from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pytest

from common.garbage import look_seldom
from devtools import scanner
from devtools.process import our_environment
from devtools.testing.browser import find_browser, launch_options
from devtools.testing.database import (
    RunDatabase,
    TemplateError,
    run_database,
)
from devtools.testing.parallel import Outcome, at_once
from devtools.testing.server import own_valkey, shared_server

if TYPE_CHECKING:
    from pytest_django import DjangoDbBlocker

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")


def pytest_configure() -> None:
    # Playwright's synchronous API leaves an event loop running for the rest of the session, in which Django would
    # refuse the ORM: to the browser's tests, and to every other that comes after them in the same process.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    look_seldom()


@pytest.fixture(scope="session")
def worker_database() -> Iterator[RunDatabase]:
    """This worker's own database, migrated."""
    with shared_server() as url:
        try:
            with run_database(url, WORKER) as database:
                yield database
        except TemplateError as error:
            pytest.exit(str(error), returncode=1)


@pytest.fixture(scope="session")
def django_db_setup(worker_database: RunDatabase, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """In place of pytest-django's: Django on this worker's database, restored from the template."""
    from django.db import connections
    from django.test import TransactionTestCase

    def restore(_case: TransactionTestCase) -> None:
        connections.close_all()
        worker_database.recreate()

    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        connections["default"].settings_dict.update(_django_address(worker_database.url))
        patch.setattr(TransactionTestCase, "_fixture_teardown", restore)
        yield
        connections.close_all()


def _django_address(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    host = unquote(parts.netloc.rpartition("@")[2])
    return {
        "NAME": parts.path.removeprefix("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host if host.startswith("/") else parts.hostname or "",
        "PORT": "" if host.startswith("/") else str(parts.port or ""),
        "OPTIONS": {},
    }


@pytest.fixture(scope="session", autouse=True)
def _media_of_this_run(tmp_path_factory: pytest.TempPathFactory) -> None:
    from django.conf import settings

    settings.MEDIA_ROOT = str(tmp_path_factory.mktemp("media"))
    settings.PRIVATE_ROOT = str(tmp_path_factory.mktemp("private"))


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    """The address of this worker's own Valkey."""
    with own_valkey() as url:
        yield url


@pytest.fixture(scope="session")
def redis_client(valkey_url: str) -> Iterator[Any]:
    """A client of this worker's Valkey."""
    import redis

    with redis.Redis.from_url(valkey_url) as client:
        yield client


@pytest.fixture(scope="session")
def _django_on_valkey(valkey_url: str) -> None:
    from django.conf import settings
    from django.core.cache import caches

    settings.CELERY_BROKER_URL = valkey_url
    for alias in ("redis", "renditions"):
        caches.settings[alias]["LOCATION"] = valkey_url


@pytest.fixture(autouse=True)
def empty_valkey(_django_on_valkey: None, redis_client: Any) -> Iterator[None]:
    """What one test leaves in the cache no other test sees."""
    yield
    redis_client.flushdb()


@pytest.fixture(scope="session")
def scanner_url() -> Iterator[str]:
    """The address of this worker's own virus scanner, which knows the EICAR sample."""
    with tempfile.TemporaryDirectory(prefix="medconsult-scanner-") as folder:
        path = Path(folder) / "scanner.sock"
        child = scanner.start(path, Path(folder) / "scanner.log")
        try:
            yield scanner.address(path)
        finally:
            child.stop()


@pytest.fixture
def virus_scanner(scanner_url: str, settings: Any) -> None:
    """The product finds a scanner at CLAMD_URL; without this fixture it is away."""
    settings.CLAMD_URL = scanner_url


@pytest.fixture
def together(transactional_db: None) -> Callable[[Sequence[Callable[[], Any]]], list[Outcome[Any]]]:
    """`together([action, …])`: run the actions at the same moment, each on a real connection of its own."""
    return at_once


@pytest.fixture
def process_environment(worker_database: RunDatabase, valkey_url: str, transactional_db: None) -> dict[str, str]:
    """The environment for a process of ours (gunicorn, a worker) that is to share this test's database and Valkey."""
    return our_environment(
        DATABASE_URL=worker_database.url, REDIS_URL=valkey_url, DJANGO_SETTINGS_MODULE="medconsult.settings.test"
    )


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """pytest-playwright's, for the machine's own browser; where there is none the test is skipped, and fails in CI."""
    program = find_browser()
    if program is None and "CI" in os.environ:
        pytest.fail("There is no Chromium here, and CI must have one: see .ci/run.")
    if program is None:
        pytest.skip("There is no Chromium here: install it, or name one with CHROMIUM=/path/to/it.")
    return browser_type_launch_args | launch_options(program)
