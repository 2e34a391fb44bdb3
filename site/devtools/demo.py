"""`make demo`: the whole product on this machine, with sample data, until Ctrl-C."""

from __future__ import annotations

import http.client
import os
import runpy
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from devtools import css, payments
from devtools.code_state import migrations_state, sample_state
from devtools.installation import Installation, InUseError, noted_addresses
from devtools.places import ROOT
from devtools.postgres import PostgresError
from devtools.process import Child, Command
from devtools.progress import step
from devtools.scanner import ScannerError
from devtools.services import Services, running_services
from devtools.supervisor import ChildEndedError, Stopped, all_stopped_together, stoppable, watch
from devtools.valkey import ValkeyError

ACCOUNTS = ROOT / "site" / "medconsult" / "demo" / "accounts.py"
GUNICORN_CONFIGURATION = ROOT / "docker" / "gunicorn.conf.py"
MAIL_PAGE = "dev/mail/"
GRACE_SECONDS = 3.0
DEFAULT_PORT = 8000


class PreparationError(Exception):
    """The demo cannot start; the text says why, for a person to read."""


def run(folder: Path, port: int, *, visit: Callable[[str], int] | None = None) -> int:
    """Run the demo in `folder` on `port` until it is asked to end; the exit status.

    With `visit` it ends by itself, when that has been called with the address; the status is then what it answers.
    """
    try:
        with stoppable():
            return _run(Installation(folder), port, visit)
    except Stopped:
        print("Stopped.", flush=True)
        return 0
    except InUseError as in_use:
        found = in_use.found
        where = f" (process {found['pid']}, {found['BASE_URL']}/)" if "BASE_URL" in found else ""
        return _refuse(f"A demo runs from {folder} already{where}. {_beside(port)}")
    except (ChildEndedError, PreparationError, PostgresError, ScannerError, ValkeyError) as error:
        return _refuse(str(error))


def _refuse(words: str) -> int:
    print(words, file=sys.stderr, flush=True)
    return 1


def _beside(port: int) -> str:
    return f"Stop it, or start another beside it: make demo PORT={port + 1} DEMO_DIR=.dev-{port + 1}"


def _run(installation: Installation, port: int, visit: Callable[[str], int] | None) -> int:
    base_url = f"http://127.0.0.1:{port}"
    with installation.taken():
        _refuse_taken_port(port)
        print(f"Starting the demo; its data is in {installation.folder}", flush=True)
        _build_css()
        with ExitStack() as stack:
            with step("Starting PostgreSQL, Valkey and a virus scanner"):
                services = stack.enter_context(running_services(installation.folder))
            if services.home and services.home != installation.folder:
                print(f"  (the database server cannot reach that folder; its data is in {services.home})", flush=True)
            simulator = stack.enter_context(payments.simulator(installation.folder, base_url))
            noted = noted_addresses(services, base_url) | simulator.environment
            installation.write_note(pid=str(os.getpid()), **noted)
            environment = installation.environment(base_url=base_url) | services.environment | simulator.environment
            samples_are_there = _migrate(installation, services, environment)
            children: list[Child] = []
            with all_stopped_together(children):
                # It loads for seconds, on a core that the sample data leave idle.
                children.append(_web_server(installation, environment, port))
                if not samples_are_there:
                    _seed(installation, services, environment)
                children.extend(_background_programs(installation, environment))
                everything = [*services.children, *simulator.children, *children]
                with step("Starting the web server, the workers and the scheduler"):
                    watch(everything, until=lambda: _answers(port))
                if visit:
                    return visit(base_url)
                _say_ready(base_url, simulator.address)
                watch(everything)
    return 0


def _refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise PreparationError(
                f"Port {port} of this machine cannot be used ({error.strerror}). "
                f"Choose another: make demo PORT={port + 1}"
            ) from None


def _build_css() -> None:
    if not css.SOURCE.exists():
        return
    with step("Building the style sheet"):
        try:
            css.build()
        except subprocess.CalledProcessError as error:
            raise PreparationError(f"The style sheet cannot be built:\n{error.stderr}") from None


def _migrate(installation: Installation, services: Services, environment: dict[str, str]) -> bool:
    """Migrate as the owner, unless this database has seen these very migrations; whether the sample data are there."""
    noted = _note_on_database(services.owner_url)
    if noted == _prepared():
        return True
    if not noted.startswith(f"{migrations_state('dev')} "):
        as_owner = environment | {"DATABASE_URL": services.owner_url}
        _manage("Migrating the database", installation, as_owner, "migrate", "--no-input", "--verbosity", "1")
    return False


def _seed(installation: Installation, services: Services, environment: dict[str, str]) -> None:
    _manage("Adding the sample data", installation, environment, "seed_demo")
    if services.home:
        _note_on_database(services.owner_url, _prepared())


def _prepared() -> str:
    """What a database is noted to be that this very code has migrated and filled."""
    return f"{migrations_state('dev')} {sample_state()}"


def _note_on_database(url: str, note: str | None = None) -> str:
    """What the database says about the code that it was prepared with; with `note`, write that first.

    It stands in the database's own comment, so that it goes where the database goes.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        name = connection.info.dbname
        if note is not None:
            comment = SQL("COMMENT ON DATABASE {} IS {}")
            connection.execute(comment.format(Identifier(name), Literal(note)))
        query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        row = connection.execute(query, [name]).fetchone()
    return str(row[0]) if row and row[0] else ""


def _manage(words: str, installation: Installation, environment: dict[str, str], *arguments: str) -> None:
    command = Command(
        name=arguments[0],
        argv=[sys.executable, str(ROOT / "manage.py"), *arguments],
        log=installation.folder / "logs" / f"{arguments[0]}.log",
        env=environment,
    )
    child = Child(command)
    with all_stopped_together([child]), step(words):
        watch([], until=lambda: child.poll() is not None)
        if child.wait():
            raise PreparationError(
                f"manage.py {arguments[0]} failed. The end of {command.log}:\n{child.tail(30)}\n\n"
                f"To begin with an empty database, take another folder: make demo DEMO_DIR=.dev-new"
            )


def _web_server(installation: Installation, environment: dict[str, str], port: int) -> Child:
    argv = [
        *(sys.executable, "-m", "gunicorn", "--config", str(GUNICORN_CONFIGURATION)),
        *("--bind", f"127.0.0.1:{port}", "--workers", "2", "--worker-class", "gthread", "--threads", "4"),
        *("--preload", "--graceful-timeout", "3"),
    ]
    return _program("Web server", argv, installation, {"LOG_FORMAT": "line"} | environment | {"PROCESS_KIND": "web"})


def _background_programs(installation: Installation, environment: dict[str, str]) -> Iterator[Child]:
    celery = [sys.executable, "-m", "celery", "-A", "medconsult"]
    worker = [*celery, "worker", "--pool", "threads", "--loglevel", "INFO"]
    commands = {
        "Worker": [*worker, "--queues", "urgent,default", "--concurrency", "2", "--hostname", "worker@%h"],
        "Bulk worker": [*worker, "--queues", "bulk", "--concurrency", "1", "--hostname", "bulk-worker@%h"],
        "Scheduler": [*celery, "beat", "--pidfile", "", "--loglevel", "INFO"],
    }
    for name, argv in commands.items():
        yield _program(name, argv, installation, environment | {"PROCESS_KIND": "worker"})


def _program(name: str, argv: list[str], installation: Installation, environment: dict[str, str]) -> Child:
    log = installation.folder / "logs" / f"{name.lower().replace(' ', '-')}.log"
    return Child(Command(name=name, argv=argv, log=log, env=environment, grace=GRACE_SECONDS))


def _answers(port: int) -> bool:
    """Whether the home page comes; a page that breaks is an answer too, and is raised as `PreparationError`."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/")
        status = connection.getresponse().status
    except OSError:
        return False
    finally:
        connection.close()
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise PreparationError(f"The home page answers with an error ({status}): see logs/web-server.log in DEMO_DIR.")
    return True


def accounts() -> dict[str, Any]:
    """What is told about the demo's accounts: their `PASSWORD`, and `ACCOUNTS` with what each is for."""
    return runpy.run_path(str(ACCOUNTS))


def _say_ready(base_url: str, simulator: str | None) -> None:
    print(f"\nReady: {base_url}/\n")
    if ACCOUNTS.exists():
        told = accounts()
        rows = [("Sign in as", "who is", "to try"), *told["ACCOUNTS"]]
        widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
        for email, role, purpose in rows:
            print(f"  {email:<{widths[0]}}  {role:<{widths[1]}}  {purpose}")
        print(f"\n  The password of all of them: {told['PASSWORD']}")
    print(f"  Mail that the site sends:    {base_url}/{MAIL_PAGE}")
    if simulator:
        print(f"  Payments, with no account:   {simulator}/ (a simulator of Stripe; no money moves)")
    print("\nCtrl-C stops everything.", flush=True)
