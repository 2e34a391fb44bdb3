"""`make test` and `make lint`: every check, then every test."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg

from devtools import css, kubernetes
from devtools.keys import fresh_keys
from devtools.places import ROOT
from devtools.process import our_environment
from devtools.supervisor import Stopped, stoppable
from devtools.testing.database import TemplateError, ensure_template, migrated_template
from devtools.testing.server import shared_server

# By function, not by script: the first line of a script in .venv/bin breaks where the path holds a space.
_LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command(['--no-logo'])"
_RECIPES = ("docker/Dockerfile", "docker/pgbouncer/Dockerfile")
_NGINX = ("docker/nginx/medconsult.conf", "docker/nginx/s3.conf")
_AT_A_TIME = 2
_TEST_WORKERS = "2"


@dataclass(frozen=True)
class Result:
    passed: bool
    output: str = ""


@dataclass(frozen=True)
class Check:
    name: str
    run: Callable[[], Result]


def run(*, with_tests: bool) -> int:
    """Run the checks, and the tests after them; the exit status. The tests run also where a check has failed."""
    try:
        with stoppable(), shared_server() as database_url:
            failed = _run_checks(_checks(database_url))
            tests = _run_tests() if with_tests else 0
    except Stopped:
        return 130
    if failed:
        print(f"Not passed: {', '.join(failed)} (what they said is above).", flush=True)
    return 1 if failed or tests else 0


def _checks(database_url: str) -> list[Check]:
    """The slowest first, so that nothing waits for it at the end."""
    on_database = {"DATABASE_URL": database_url, "DJANGO_SETTINGS_MODULE": "medconsult.settings.test"}
    return [
        Check("types (mypy)", _command("-m", "mypy", ".")),
        Check("the database that tests copy", partial(_database, database_url)),
        Check("django's own checks", _command("manage.py", "check", "--fail-level", "WARNING", **on_database)),
        Check(
            "the same of production (check --deploy)",
            _command("manage.py", "check", "--deploy", "--fail-level", "WARNING", **installation(database_url)),
        ),
        Check(
            "migrations match the models",
            _command("manage.py", "makemigrations", "--check", "--dry-run", **on_database),
        ),
        Check("who imports whom (import-linter)", _command("-c", _LINT_IMPORTS)),
        Check("lint (ruff)", _command("-m", "ruff", "check", "--output-format", "concise", ".")),
        Check("format (ruff)", _command("-m", "ruff", "format", "--check", ".")),
        Check("templates (djade)", lambda: _templates("--check")),
        Check("the built style sheet is current", _style_sheet),
        Check("the images' recipes (hadolint)", _command(*_RECIPES, program=_beside("hadolint"))),
        Check("the compose file (Docker's own Compose)", _compose),
        Check("Nginx's configuration (gixy)", _command(*_NGINX, program=_beside("gixy"))),
        Check("the manifests (kustomize, Kubernetes' schemas)", _manifests),
    ]


def installation(database_url: str) -> dict[str, str]:
    """An installation's environment, as far as its settings are judged: nothing is connected to."""
    return {
        "DJANGO_SETTINGS_MODULE": "medconsult.settings.prod",
        "DATABASE_URL": database_url,
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "BASE_URL": "https://www.clinic.example",
        "ALLOWED_HOSTS": "www.clinic.example",
        "EMAIL_URL": "smtp://127.0.0.1:9",
        "DEFAULT_FROM_EMAIL": "Clinic <no-reply@clinic.example>",
        "MEDIA_ROOT": "media",
        "PRIVATE_ROOT": "private",
        "CLAMD_URL": "tcp://127.0.0.1:9",
        **fresh_keys(),
    }


def format_everything() -> int:
    """Format code and templates; the exit status."""
    results = [
        _command("-m", "ruff", "check", "--fix-only", "--quiet", ".")(),
        _command("-m", "ruff", "format", ".")(),
        _templates(),
    ]
    print("".join(result.output for result in results), end="")
    # djade says with its status that it has changed something.
    return 0 if all(result.passed for result in results[:2]) else 1


def _run_checks(checks: Sequence[Check]) -> list[str]:
    """The names of those that did not pass."""
    print("Checks", flush=True)
    with ThreadPoolExecutor(max_workers=_AT_A_TIME) as pool:
        outcomes = list(pool.map(_run_one, checks))
    return [check.name for check, result in zip(checks, outcomes, strict=True) if not result.passed]


def _run_one(check: Check) -> Result:
    started = time.monotonic()
    result = check.run()
    line = f"  {'passed' if result.passed else 'FAILED'}  {time.monotonic() - started:5.1f} s  {check.name}\n"
    # One write, so that two checks that end together do not mix their lines.
    sys.stdout.write(line if result.passed else f"{line}{result.output}\n")
    sys.stdout.flush()
    return result


def _run_tests() -> int:
    print("Tests", flush=True)
    argv = [sys.executable, "-m", "pytest", "-n", _TEST_WORKERS, "--dist", "worksteal", "-q", "-rs"]
    return subprocess.run(argv, cwd=ROOT, env=our_environment(), check=False).returncode  # noqa: S603


def _command(*arguments: str, program: str = sys.executable, **environment: str) -> Callable[[], Result]:
    def execute() -> Result:
        done = subprocess.run(  # noqa: S603
            [program, *arguments],
            cwd=ROOT,
            env=our_environment(**environment),
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        return Result(done.returncode == 0, done.stdout + done.stderr)

    return execute


def _templates(*options: str) -> Result:
    folders = [ROOT / "templates", *ROOT.glob("*/templates"), *ROOT.glob("site/*/templates")]
    files = [str(path.relative_to(ROOT)) for folder in folders for path in sorted(folder.rglob("*.html"))]
    return _command("--target-version", "5.2", *options, *files, program=_beside("djade"))()


def _beside(name: str) -> str:
    """A program that a package has put beside the interpreter; not a Python module."""
    return str(Path(sys.executable).with_name(name))


def _compose() -> Result:
    """As Compose reads it with docker/env.example filled in; and without that it says what is missing."""
    with tempfile.TemporaryDirectory() as folder:
        filled = Path(folder) / "env"
        example = (ROOT / "docker" / "env.example").read_text(encoding="utf-8")
        filled.write_text(re.sub(r"(?m)^([A-Z_0-9]+)=$", r"\1=x", example), encoding="utf-8")
        read = ["-f", "docker/compose.yaml", "--profile", "*", "config", "--quiet"]
        result = _command("--env-file", str(filled), *read, program=_beside("docker-compose"))()
        empty = _command("--env-file", "/dev/null", *read, program=_beside("docker-compose"))()
    if result.passed and empty.passed:
        return Result(passed=False, output="It starts without a single secret.")
    return result


def _manifests() -> Result:
    try:
        refused = list(kubernetes.refused(kubernetes.rendered()))
    except kubernetes.ManifestError as error:
        refused = [str(error)]
    return Result(not refused, "\n".join(refused))


def _database(server_url: str) -> Result:
    """Made beside the other checks: the first test would wait for it on one core, and every worker with it."""
    try:
        with psycopg.connect(server_url, autocommit=True) as maintenance:
            ensure_template(maintenance, server_url, migrated_template())
    except TemplateError as error:
        return Result(passed=False, output=str(error))
    return Result(passed=True)


def _style_sheet() -> Result:
    if not css.SOURCE.exists():
        return Result(passed=False, output=f"{css.SOURCE} is missing.")
    if css.is_current():
        return Result(passed=True)
    return Result(passed=False, output="static/css/dist/app.css is not what its sources give: run `make css`.")
