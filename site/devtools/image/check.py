"""`make image-check`: the image built, and what docker/compose.yaml starts from it run, on a database of its own."""

from __future__ import annotations

import json
import re
import secrets
import shutil
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pyrage

from devtools import valkey
from devtools.image.building import Buildah, Image, built, lacking, make_base
from devtools.image.containers import Runner, compose_services
from devtools.image.seccomp import default_profile
from devtools.image.steps import HOST, ImageError, carried_out, demand, end_of, example_filled, step
from devtools.keys import fresh_keys
from devtools.places import ROOT, service_account
from devtools.postgres import Cluster, PostgresError
from devtools.process import Child

WRONG_CONFIGURATION = 78
_VOLUMES = ("media", "private", "static")
_BACKUPS = "/srv/backups"
_WORKERS = ("worker", "bulk-worker")
# What a backup is made of: docs/decisions/0041.
_PARTS = 4
_PATIENCE = 120


def run() -> int:
    """Build and run; the exit status. What this machine lacks is said at once, with status 2."""
    return carried_out(_check, lacking(), PostgresError, valkey.ValkeyError)


def _check(stack: ExitStack, folder: Path) -> None:
    # The image's user passes through it.
    folder.chmod(0o711)
    tool = Buildah()
    with step("a base to build on"):
        base = make_base(tool)
    print(f"          ({base}, kept in {tool.folder})", flush=True)
    with step("docker/Dockerfile is built"):
        image = stack.enter_context(built(tool))
    with step("a database with its three roles, and Valkey"):
        site = _site(stack, folder, image)
    for name, look in (
        ("it holds what runs, and no secret, test or tool", _holds_what_runs),
        ("it runs as nobody, changes nothing of itself, and may do nothing", _is_confined),
        ("without its secrets nothing starts, and each is named", _demands_secrets),
        ("migrate makes the tables, and collects static files", _migrates),
        ("web answers, and ends when asked", _serves),
        ("workers and beat do what waits, and end when asked", _works),
        ("backup makes one", _backs_up),
    ):
        with step(name):
            look(site)


@dataclass(frozen=True)
class Site:
    """An installation of the image: its volumes lie in `folders`."""

    image: Image
    runner: Runner
    folders: dict[str, Path]


def _site(stack: ExitStack, folder: Path, image: Image) -> Site:
    account = service_account()
    cluster = replace(Cluster.near(folder / "services", account), port=valkey.free_port())
    stack.callback(cluster.start(safe=False).stop)
    memory = valkey.start(cluster.home, account)
    stack.callback(memory.child.stop)
    passwords = {f"{role}_PASSWORD": secrets.token_hex(24) for role in ("POSTGRES", "OWNER", "APP", "READONLY")}
    _make_roles(cluster, passwords)
    folders = {name: folder / "volumes" / name for name in (*_VOLUMES, "backups")}
    for name, place in folders.items():
        place.mkdir(parents=True, mode=0o700 if name == "private" else 0o755)
        place.chmod(0o700 if name == "private" else 0o755)
        shutil.chown(place, *image.account)
    settings = _settings(cluster, memory.url, passwords)
    (folder / "env").write_text(settings, encoding="utf-8")
    services = compose_services(folder / "env")
    return Site(image, Runner(image, folder, services, {**folders, _BACKUPS: folders["backups"]}), folders)


def _make_roles(cluster: Cluster, passwords: dict[str, str]) -> None:
    """As docker/compose.yaml's database does when it is first started."""
    there = cluster.prepare().folder
    environment = {**passwords, "PATH": f"{there}:/usr/bin:/bin", "PGHOST": str(cluster.sockets)}
    script = ["sh", str(ROOT / "docker" / "postgres" / "roles.sh")]
    done = subprocess.run(  # noqa: S603
        script, env={**environment, "PGPORT": str(cluster.port)}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ImageError(done.stderr)


def _settings(cluster: Cluster, redis_url: str, passwords: dict[str, str]) -> str:
    """docker/env.example filled in."""
    database = f"127.0.0.1:{cluster.port}/medconsult"
    given = {
        **fresh_keys(),
        **passwords,
        "REDIS_PASSWORD": secrets.token_hex(24),
        "DATABASE_URL": f"postgres://medconsult_app:{passwords['APP_PASSWORD']}@{database}",
        "DATABASE_OWNER_URL": f"postgres://medconsult_owner:{passwords['OWNER_PASSWORD']}@{database}",
        "REDIS_URL": redis_url,
        "CLAMD_URL": "tcp://127.0.0.1:9",
        "EMAIL_URL": "smtp://127.0.0.1:9",
        "BASE_URL": f"https://{HOST}",
        "ALLOWED_HOSTS": HOST,
        "TLS_FOLDER": "/nowhere",
        "BACKUP_RECIPIENTS": str(pyrage.x25519.Identity.generate().to_public()),
    }
    return example_filled(given)


def _holds_what_runs(site: Site) -> None:
    root = site.image.root
    for unwanted in (
        "app/tests",
        "app/bench",
        "app/docs",
        "app/.git",
        "app/.venv",
        "app/docker/.env",
        "app/site/devtools",
    ):
        demand(not (root / unwanted).exists(), f"/{unwanted} is in the image.")
    strays = [path for path in (root / "app").rglob("tests") if path.is_dir()]
    demand(not strays, f"Tests are in the image: {strays[:3]}")
    asked = site.runner.run("web", command=["python", "-c", "import django, gunicorn, celery"])
    demand(asked.returncode == 0, asked.stderr)
    tools = site.runner.run("web", command=["python", "-c", "import pytest"])
    demand("ModuleNotFoundError" in tools.stderr, "pytest is in the image.")


def _is_confined(site: Site) -> None:
    lines = [
        "id -u",
        "touch /app/written 2>/dev/null && echo written",
        "touch /venv/written 2>/dev/null && echo written",
        "touch /tmp/scratch /srv/media/kept /srv/private/kept /srv/static/kept && rm /srv/*/kept",
        "grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status",
    ]
    asked = site.runner.run("web", command=["sh", "-c", "\n".join(lines)])
    uid, _ = site.image.account
    # 2: by a filter, the engines' own.
    filtered = 2 if default_profile() else 0
    expected = f"{uid} CapEff: {'0' * 16} CapBnd: {'0' * 16} NoNewPrivs: 1 Seccomp: {filtered}"
    found = " ".join(asked.stdout.split())
    demand(found == expected and uid != 0, f"{found}\n{asked.stderr}")


def _demands_secrets(site: Site) -> None:
    for service in ("web", "worker", "migrate"):
        owner = {"DATABASE_OWNER_URL": "postgres://nobody@127.0.0.1:9/none"} if service == "migrate" else {}
        asked = site.runner.run(service, environment=owner)
        demand(asked.returncode == WRONG_CONFIGURATION, f"{service} ended with {asked.returncode}: {asked.stderr}")
        demand("Traceback" not in asked.stderr, asked.stderr)
        for name in ("SECRET_KEY", "FIELD_ENCRYPTION_KEYS", "REDIS_URL", "BASE_URL", "ALLOWED_HOSTS", "CLAMD_URL"):
            demand(name in asked.stderr, f"{service} does not name {name}: {asked.stderr}")
    without_owner = site.runner.run("migrate", environment={})
    demand(without_owner.returncode != 0 and "DATABASE_OWNER_URL" in without_owner.stderr, without_owner.stderr)


def _migrates(site: Site) -> None:
    asked = site.runner.run("migrate")
    demand(asked.returncode == 0, end_of(asked.stdout + asked.stderr))
    manifest = json.loads((site.folders["static"] / "staticfiles.json").read_text())
    demand("css/app.css" in manifest["paths"], "The style sheet was not collected.")
    missing = [name for name in manifest["paths"].values() if not (site.folders["static"] / name).is_file()]
    demand(not missing, f"Of the static files {len(missing)} are missing: {missing[:3]}")


def _serves(site: Site) -> None:
    port = valkey.free_port()
    with site.runner.started("web", BIND=f"127.0.0.1:{port}") as (name, child):
        address = f"http://127.0.0.1:{port}"
        _wait(child, lambda: _ask(f"{address}/healthz")[0] == HTTPStatus.OK)
        status, said = _ask(f"{address}/readyz")
        demand(status == HTTPStatus.OK and set(json.loads(said).values()) == {True, "ok"}, f"/readyz: {status} {said}")
        status, page = _ask(f"{address}/account/login/")
        demand(status == HTTPStatus.OK, f"/account/login/: {status}")
        [style, *_] = re.findall(r'href="(/static/[^"]+\.css)"', page) or [""]
        demand(_ask(f"{address}{style}")[0] == HTTPStatus.OK, f"The style sheet {style} is not served.")
        _program, *health = site.runner.services["web"]["healthcheck"]["test"]
        asked = site.runner.within(name, [part.replace("127.0.0.1:8000", f"127.0.0.1:{port}") for part in health])
        demand(asked.returncode == 0, f"Its health check: {asked.stderr}")
    demand(child.poll() == 0, f"web ended with {child.poll()}:\n{child.tail()}")


def _works(site: Site) -> None:
    """Each in its container; beat's own first jobs go through the queue to a worker."""
    with ExitStack() as stack:
        started = {service: stack.enter_context(site.runner.started(service)) for service in (*_WORKERS, "beat")}
        name, worker = started["worker"]
        ping = ["python", "-m", "celery", "-A", "medconsult", "inspect", "ping", "--timeout", "5"]
        _wait(worker, lambda: site.runner.within(name, ping).stdout.count("OK") == len(_WORKERS))
        _wait(started["beat"][1], lambda: "This beat sends" in started["beat"][1].tail(200))
        _wait(worker, lambda: "succeeded" in worker.tail(400))
    for service, (_, child) in started.items():
        demand(child.poll() == 0, f"{service} ended with {child.poll()}:\n{child.tail()}")


def _backs_up(site: Site) -> None:
    asked = site.runner.run("backup")
    demand(asked.returncode == 0, end_of(asked.stdout + asked.stderr))
    made = [path for path in site.folders["backups"].rglob("*") if path.is_file()]
    demand(len(made) == _PARTS, f"A backup is four files, and here are {made}.")


def _wait(child: Child, is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + _PATIENCE
    while not is_so():
        if child.poll() is not None or time.monotonic() > until:
            raise ImageError(f"{child.name} does not do it:\n{child.tail(60)}")
        time.sleep(0.3)


def _ask(url: str) -> tuple[int, str]:
    """Status and text, as by the proxy in front; 0 where nobody answers."""
    request = Request(url, headers={"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"})  # noqa: S310
    try:
        with urlopen(request, timeout=30) as answer:  # noqa: S310
            return answer.status, answer.read().decode(errors="replace")
    except HTTPError as error:
        return error.code, error.read().decode(errors="replace")
    except (URLError, OSError):
        return 0, ""
