"""What docs/deploy.md tells a newcomer to type: run as it stands there, or held against what it speaks of."""

from __future__ import annotations

import re
import secrets
import shutil
import subprocess
import sys
import time as stopwatch
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import psycopg
import pytest
import requests
import yaml
from django.core.management import get_commands

from devtools.places import ROOT, service_account
from devtools.postgres import Cluster
from devtools.process import Child, Command, our_environment
from devtools.valkey import free_port
from medconsult.backups.backup import PREFIX
from tests.deployment.pair import nginx_running, prepared
from tests.faults.steps import is_long

PAGE = ROOT / "docs" / "deploy.md"
PAPERS = [PAGE, ROOT / "README.md", *sorted((ROOT / "docs" / "runbooks").glob("*.md"))]
COMPOSE = "docker compose -f docker/compose.yaml "
PATIENCE = 600
# What a machine that is thrown away has in place of the page's first lines.
INSTALLED = "python3 -m venv venv\nvenv/bin/pip install --require-hashes -r requirements/prod.txt\n"


def section(title: str) -> str:
    [text] = re.findall(rf"(?ms)^## {title}\n(.*?)(?=^## |\Z)", PAGE.read_text(encoding="utf-8"))
    return str(text)


def blocks(text: str) -> list[str]:
    return re.findall(r"(?ms)^```sh\n(.*?)^```$", text)


def compose_lines() -> Iterator[str]:
    for paper in PAPERS:
        yield from re.findall(rf"{re.escape(COMPOSE)}([^`\n#]+)", paper.read_text(encoding="utf-8"))


def test_what_is_asked_of_compose_is_there_to_be_asked() -> None:
    services = yaml.safe_load((ROOT / "docker" / "compose.yaml").read_text(encoding="utf-8"))["services"]
    commands, asked = get_commands(), set()
    for line in compose_lines():
        verb, *words = line.split()
        named = [word for word in words if re.fullmatch(r"[a-z][a-z-]*", word)]
        asked.add(verb)
        if verb in {"exec", "run"}:
            assert named[0] in services, line
        if verb in {"up", "logs"}:
            assert not set(named) - set(services), line
        for command in re.findall(r"python manage\.py (\w+)", line):
            assert command in commands, line
    assert asked == {"build", "up", "ps", "exec", "run", "logs"}


def test_every_command_of_manage_and_every_paper_that_is_named_exists() -> None:
    for paper in PAPERS:
        text = paper.read_text(encoding="utf-8")
        named = set(re.findall(r"manage\.py (\w+)", text))
        assert named <= set(get_commands()), paper.name
        for link in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (paper.parent / link).exists(), f"{paper.name}: {link}"


@pytest.mark.skipif(not is_long(), reason="Only with RACE_ROUNDS=100, as make test-long asks")
def test_a_newcomer_without_docker_types_it_and_has_a_running_site(
    nginx_here: None, valkey_url: str, tmp_path: Path
) -> None:
    checkout, port = fresh_checkout(tmp_path / "checkout"), free_port()
    cluster = Cluster.near(tmp_path / "database", service_account())
    database = cluster.start(safe=False)
    try:
        password = secrets.token_urlsafe(24)
        write_settings(checkout, cluster, valkey_url)
        environment = newcomers_environment(cluster, password)
        script = checkout / "page.sh"
        script.write_text(as_typed(tmp_path, port), encoding="utf-8")
        typing = Child(Command(name="page", argv=["bash", str(script)], log=tmp_path / "page.log", env=environment))
        try:
            wait_until((checkout / "done").exists, typing)
            visit(tmp_path, environment, port)
            with psycopg.connect(cluster.server.url("medconsult_app", "medconsult")) as application:
                assert application.execute("SHOW jit").fetchone() == ("off",)
            assert [path.name for path in (tmp_path / "srv" / "backups").iterdir() if path.name.startswith(PREFIX)]
        finally:
            typing.stop()
    finally:
        database.stop()


def fresh_checkout(folder: Path) -> Path:
    """As a clone has it, with this run's environment in place of one that pip would fetch."""
    folder.mkdir()
    listing = ["git", "ls-files", "-z", "-co", "--exclude-standard"]
    listed = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    (folder / "venv").symlink_to(Path(sys.prefix))
    return folder


def write_settings(checkout: Path, cluster: Cluster, valkey_url: str) -> None:
    """docker/.env as the page says: the example, filled in with what openssl gives and where things run."""
    given = {
        "SECRET_KEY": secrets.token_hex(40),
        "FIELD_ENCRYPTION_KEYS": _said("openssl rand -base64 32 | tr '+/' '-_'"),
        "DATABASE_URL": cluster.server.url("medconsult_app", "medconsult"),
        "DATABASE_OWNER_URL": cluster.server.url("medconsult_owner", "medconsult"),
        "REDIS_URL": valkey_url,
        "CLAMD_URL": "tcp://127.0.0.1:9",
        "BASE_URL": "https://localhost",
        "ALLOWED_HOSTS": "localhost",
        "EMAIL_URL": "smtp://127.0.0.1:9",
        "BACKUP_RECIPIENTS": _new_recipient(),
        **{f"{role}_PASSWORD": secrets.token_hex(24) for role in ("POSTGRES", "OWNER", "APP", "READONLY", "REDIS")},
    }
    example = (checkout / "docker" / "env.example").read_text(encoding="utf-8")

    def fill(line: re.Match[str]) -> str:
        return f"{line[1]}={given.pop(line[1])}" if line[1] in given else line[0]

    filled = re.sub(r"(?m)^([A-Z0-9_]+)=.*$", fill, example)
    assert not given, f"docker/env.example does not name {given}"
    (checkout / "docker" / ".env").write_text(filled, encoding="utf-8")


def _said(command: str) -> str:
    return subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout.strip()


def _new_recipient() -> str:
    import pyrage

    return str(pyrage.x25519.Identity.generate().to_public())


def newcomers_environment(cluster: Cluster, password: str) -> dict[str, str]:
    """Nothing of ours in it but where PostgreSQL's superuser is found, and what a prompt would ask for."""
    plain = our_environment()
    keep: dict[str, str] = {name: plain[name] for name in ("HOME", "LANG", "TMPDIR") if name in plain}
    path = f"{cluster.prepare().folder}:{plain['PATH']}"
    return {**keep, "PATH": path, "PGHOST": str(cluster.sockets), "ADMIN_PASSWORD": password}


def as_typed(folder: Path, port: int) -> str:
    """The page's blocks one after the other, on this machine's folders and port; Nginx's own is run by `visit`."""
    typed = blocks(section("Without Docker"))
    assert typed[0] == INSTALLED
    rest = [block for block in typed[1:] if "nginx" not in block]
    assert len(rest) == len(typed) - 2
    text = "\n".join(rest).replace("/srv/", f"{folder}/srv/").replace("127.0.0.1:8000", f"127.0.0.1:{port}")
    ends = "trap 'kill $(jobs -p); wait' EXIT"
    return f"set -eu\n{ends}\ncd {folder}/checkout\n{text}\ntouch done\nwhile :; do sleep 0.2; done\n"


def wait_until(is_so: object, child: Child) -> None:
    until = stopwatch.monotonic() + PATIENCE
    while not is_so():  # type: ignore[operator]
        assert child.poll() is None, child.tail(40)
        assert stopwatch.monotonic() < until, child.tail(40)
        stopwatch.sleep(0.2)


def visit(folder: Path, environment: dict[str, str], port: int) -> None:
    places = ("MEDIA_ROOT", "PRIVATE_ROOT", "STATIC_ROOT")
    there = {name: str(folder / "srv" / name.partition("_")[0].lower()) for name in places}
    (folder / "pair").mkdir()
    pair = prepared(folder / "pair", {**environment, **there})
    pair.ports = dict.fromkeys(pair.ports, port)
    pair.write()
    with nginx_running(pair):
        page = pair.ask("/account/login/")
        assert page.status_code == HTTPStatus.OK
        style = re.search(r'href="(/static/[^"]+\.css)"', page.text)
        assert style
        assert pair.ask(style[1]).status_code == HTTPStatus.OK
        ready = requests.get(f"http://127.0.0.1:{port}/readyz", timeout=30).json()
        assert ready == dict.fromkeys(("ready",), True) | dict.fromkeys(
            ("database", "migrations", "storage", "cache", "broker"), "ok"
        )
