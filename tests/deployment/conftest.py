from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.conf import settings

from devtools.places import ROOT
from devtools.process import our_environment
from devtools.testing.database import RunDatabase
from tests.deployment.pair import Pair, prepared, running


@pytest.fixture(scope="session")
def nginx_here() -> None:
    if shutil.which("nginx") is None and "CI" in os.environ:
        pytest.fail("There is no Nginx here, and CI must have one: see .ci/run.")
    if shutil.which("nginx") is None:
        pytest.skip("There is no Nginx here: install it (Debian: nginx-light).")


@pytest.fixture(scope="session")
def production(
    nginx_here: None, worker_database: RunDatabase, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """The environment of a production that shares this run's database, Valkey and files, with its static files."""
    environment = our_environment(
        DJANGO_SETTINGS_MODULE="medconsult.settings.prod",
        SECRET_KEY=str(settings.SECRET_KEY),
        FIELD_ENCRYPTION_KEYS=",".join(settings.FIELD_ENCRYPTION_KEYS),
        DATABASE_URL=worker_database.url,
        REDIS_URL=valkey_url,
        BASE_URL="https://localhost",
        ALLOWED_HOSTS="localhost",
        EMAIL_URL="smtp://127.0.0.1:9",
        DEFAULT_FROM_EMAIL=settings.DEFAULT_FROM_EMAIL,
        MEDIA_ROOT=settings.MEDIA_ROOT,
        PRIVATE_ROOT=settings.PRIVATE_ROOT,
        PRIVATE_FILES_ACCEL="/private-files/",
        STATIC_ROOT=str(tmp_path_factory.mktemp("static")),
        CLAMD_URL="tcp://127.0.0.1:9",
        TRUSTED_PROXY_COUNT="1",
        WEB_CONCURRENCY="1",
        WEB_THREADS="4",
    )
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(collect, cwd=ROOT, env=environment, check=True)
    return environment


@pytest.fixture(scope="session")
def started(production: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """One pair for the tests that change nothing of it."""
    with running(prepared(tmp_path_factory.mktemp("pair"), production), "web") as made:
        yield made


@pytest.fixture
def pair(transactional_db: None, started: Pair) -> Pair:
    return started
