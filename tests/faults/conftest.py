from __future__ import annotations

from collections.abc import Iterator

import pytest

from devtools.process import our_environment
from devtools.testing.database import RunDatabase
from tests.faults.mail_server import MailServer
from tests.faults.worker import Worker, working


@pytest.fixture(scope="session")
def process(worker_database: RunDatabase, valkey_url: str) -> Iterator[Worker]:
    """A worker's process: started once, for it costs more than what most tests have it do."""
    with working(_environment(worker_database, valkey_url)) as made:
        yield made


@pytest.fixture(scope="session")
def process_without_redis(worker_database: RunDatabase) -> Iterator[Worker]:
    """A worker's process to which Redis is away."""
    with working(_environment(worker_database, "redis://127.0.0.1:1/0")) as made:
        yield made


def _environment(database: RunDatabase, redis_url: str) -> dict[str, str]:
    return our_environment(
        DATABASE_URL=database.url, REDIS_URL=redis_url, DJANGO_SETTINGS_MODULE="medconsult.settings.test"
    )


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A mail server that takes whatever it is given."""
    server = MailServer()
    server.take()
    yield server
    server.stop()
