"""`make compose-check`: what docs/deploy.md has one type under "With Docker", typed in a fresh clone.

On whatever engine `docker` reaches, and beside what runs there: in a project, on ports and with an image of its own.
The others are pulled as Compose pulls them; what stands under their names already is taken as it is.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import threading
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

import pyrage
import urllib3

from devtools import valkey
from devtools.image.steps import HOST, carried_out, demand, end_of, example_filled, step
from devtools.places import ROOT

COMPOSE = "docker compose -f docker/compose.yaml"
PROJECT = "medconsult-check"
_PATIENCE = 1800
# The user of the image.
_UID = 10001


def lacking() -> list[str]:
    """What this machine lacks for it, in sentences."""
    if shutil.which("docker") is None:
        return ["Docker's client is missing: docker."]
    if _run(["docker", "compose", "version"]).returncode:
        return ["Docker's client has no Compose: its plug-in docker-compose is missing."]
    asked = _run(["docker", "version", "--format", "{{.Server.Version}}"])
    if asked.returncode:
        return [f"No engine answers Docker's client: {asked.stderr.strip().splitlines()[-1]}"]
    return [] if os.geteuid() == 0 else ["Root is needed: the folder of backups belongs to the user of the image."]


def block(word: str) -> str:
    """The one of the page's blocks under "With Docker" that has this in it."""
    page = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    [section] = re.findall(r"(?ms)^## With Docker\n(.*?)^## ", page)
    [found] = [text for text in re.findall(r"(?ms)^```sh\n(.*?)^```$", section) if word in text]
    return str(found)


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """Somebody with a clone, who types."""

    clone: Path
    project: str = PROJECT
    ports: tuple[int, int] = field(default_factory=lambda: (valkey.free_port(), valkey.free_port()))

    def type(self, text: str) -> str:
        """What it said; raises `ImageError` with the end of that where a command fails."""
        plain, secure = map(str, self.ports)
        own = {"COMPOSE_PROJECT_NAME": self.project, "IMAGE": PROJECT, "HTTP_PORT": plain, "HTTPS_PORT": secure}
        done = _run(["sh", "-euc", text], cwd=self.clone, env={**os.environ, **own})
        demand(done.returncode == 0, f"{text}ended with {done.returncode}:\n{end_of(done.stdout + done.stderr)}")
        return done.stdout

    def ask(self, path: str, *, secure: bool = True) -> int:
        """The status of Nginx's answer, whose certificate is judged; 0 where there is none."""
        trusted = str(self.clone / "tls" / "fullchain.pem")
        way: urllib3.HTTPConnectionPool = (
            urllib3.HTTPSConnectionPool(
                "127.0.0.1", self.ports[1], server_hostname=HOST, assert_hostname=HOST, ca_certs=trusted
            )
            if secure
            else urllib3.HTTPConnectionPool("127.0.0.1", self.ports[0])
        )
        with way:
            try:
                answer = way.request("GET", path, headers={"Host": HOST}, timeout=10, retries=False, redirect=False)
            except urllib3.exceptions.HTTPError:
                return 0
        return answer.status


def run() -> int:
    """The exit status. What this machine lacks is said at once, with status 2."""
    return carried_out(_go, lacking())


def _go(stack: ExitStack, folder: Path) -> None:
    newcomer = Newcomer(clone=folder / "clone")
    with step("a clone of what is committed, docker/.env filled in, a key for TLS"):
        _prepare(newcomer, folder)
    stack.callback(_run, ["docker", "image", "rm", "--force", PROJECT])
    stack.enter_context(_removed(newcomer))
    for name, look in (
        ("build, up, ps", lambda: newcomer.type(block("up -d"))),
        ("Nginx answers by TLS, and sends there who comes without", lambda: _is_visited(newcomer)),
        ("files are kept in both buckets, and nothing is away", lambda: _keeps_files(newcomer)),
        ("the first administrator", lambda: _has_an_administrator(newcomer)),
        ("rolling-update.sh, and nobody who looks on meets an error", lambda: _is_replaced(newcomer)),
        ("a backup, and the same restored into another project", lambda: _comes_back(newcomer, folder)),
    ):
        with step(name):
            look()


def _prepare(newcomer: Newcomer, folder: Path) -> None:
    cloned = _run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(newcomer.clone)])
    demand(cloned.returncode == 0, cloned.stderr)
    key = pyrage.x25519.Identity.generate()
    (folder / "key.txt").write_text(str(key), encoding="utf-8")
    said: dict[str, str] = {
        f"{role}_PASSWORD": secrets.token_hex(24) for role in ("POSTGRES", "OWNER", "APP", "READONLY", "REDIS")
    }
    said |= {
        "SECRET_KEY": secrets.token_hex(40),
        "FIELD_ENCRYPTION_KEYS": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "DATABASE_URL": f"postgres://medconsult_app:{said['APP_PASSWORD']}@database/medconsult",
        "DATABASE_OWNER_URL": f"postgres://medconsult_owner:{said['OWNER_PASSWORD']}@database/medconsult",
        "REDIS_URL": f"redis://:{said['REDIS_PASSWORD']}@redis:6379/0",
        "EMAIL_URL": "smtp://127.0.0.1:9",
        "TLS_FOLDER": "../tls",
        "BACKUP_RECIPIENTS": str(key.to_public()),
        "BACKUP_FOLDER": str(folder / "backups"),
    }
    said |= _profiles(said["APP_PASSWORD"])
    (newcomer.clone / "docker" / ".env").write_text(example_filled(said), encoding="utf-8")
    newcomer.type(block("openssl req").replace("DNS:", "DNS:files.clinic.example,DNS:"))


def _profiles(password: str) -> dict[str, str]:
    """Buckets of our own by a certificate of our own, and PgBouncer."""
    files = "https://files.clinic.example"
    said = {
        "COMPOSE_PROFILES": "buckets,pool",
        "AUTHORITIES_FILE": "../tls/fullchain.pem",
        "FILES_HOST": "files.clinic.example",
        "MEDIA_S3_URL": f"{files}/media",
    }
    for bucket in ("media", "private"):
        keys = {f"{name}_KEY": secrets.token_hex(20) for name in ("ACCESS", "SECRET")}
        options = {"BUCKET": bucket, "ENDPOINT": files, "REGION": "us-east-1", **keys}
        said |= {f"{bucket.upper()}_S3_{name}": value for name, value in options.items()}
    for kind in ("web", "worker"):
        said[f"{kind.upper()}_POOL_URL"] = f"postgres://medconsult_app:{password}@pgbouncer:6432/medconsult_{kind}"
    return said


@contextmanager
def _removed(newcomer: Newcomer) -> Iterator[None]:
    try:
        yield
    finally:
        newcomer.type(f"{COMPOSE} --profile '*' down --volumes --timeout 10 2>&1")


def _is_visited(newcomer: Newcomer) -> None:
    demand(newcomer.ask("/account/login/") == HTTPStatus.OK, "/account/login/ does not answer by TLS.")
    demand(newcomer.ask("/", secure=False) == HTTPStatus.PERMANENT_REDIRECT, "Without TLS nobody is sent on.")
    demand(newcomer.ask("/readyz") == HTTPStatus.NOT_FOUND, "/readyz is open to everybody.")


def _keeps_files(newcomer: Newcomer) -> None:
    """In both buckets: one server, whose room the first could take from the other."""
    code = (
        "from django.core.files.base import ContentFile as C; from django.core.files.storage import storages as s;"
        "[print(s[w].save('images/try.png', C(b'kept'))) for w in ('private', 'default')]"
    )
    newcomer.type(f'{COMPOSE} exec -T web python manage.py shell -c "{code}"')
    asked = "from urllib.request import urlopen; print(urlopen('http://127.0.0.1:8000/readyz').read())"
    said = newcomer.type(f'{COMPOSE} exec -T web python -c "{asked}"')
    demand('"away"' not in said, said)


def _has_an_administrator(newcomer: Newcomer) -> None:
    """By the page's own line; the password that it asks for at a terminal comes by the environment."""
    asked = block("create_admin").replace(" exec web ", f" exec -T -e ADMIN_PASSWORD={secrets.token_urlsafe(20)} web ")
    demand("is an administrator" in newcomer.type(asked), "There is no administrator.")


def _is_replaced(newcomer: Newcomer) -> None:
    answers: Counter[int] = Counter()
    over = threading.Event()

    def look_on() -> None:
        while not over.wait(0.3):
            answers[newcomer.ask("/account/login/")] += 1

    onlooker = threading.Thread(target=look_on)
    onlooker.start()
    # Built anew from the same, an image is the same, and nobody would be replaced.
    newcomer.type("echo 'LOG_LEVEL=WARNING' >>docker/.env\n")
    try:
        newcomer.type("docker/rolling-update.sh\n")
    finally:
        over.set()
        onlooker.join()
    demand(set(answers) == {int(HTTPStatus.OK)}, f"Answers meanwhile, by status: {dict(answers)}")
    demand(not newcomer.type("git status --porcelain docker"), "The update leaves something in the next one's way.")


def _comes_back(newcomer: Newcomer, folder: Path) -> None:
    made = newcomer.type(block("run --rm backup").replace("/srv/backups", str(folder / "backups"))).splitlines()[-1]
    shutil.copy2(folder / "key.txt", folder / "backups")
    shutil.chown(folder / "backups" / "key.txt", _UID)
    other = Newcomer(clone=newcomer.clone, project=f"{PROJECT}-restored")
    with _removed(other):
        other.type(f"{COMPOSE} up -d --wait database redis")
        other.type(f"{COMPOSE} up -d --no-deps --wait s3 nginx")
        said = other.type(f"{COMPOSE} run --rm backup restore {made} --identity /srv/backups/key.txt")
        demand("All is back" in said, said)
        verified = other.type(f"{COMPOSE} run --rm --no-deps web python manage.py audit_verify")
        demand("The log is whole" in verified, verified)


def _run(argv: list[str], *, cwd: Path = ROOT, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        argv, cwd=cwd, env=env, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=_PATIENCE
    )
