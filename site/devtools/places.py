"""Where things lie: the checkout, and folders that a server without privileges can use."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STATIC_CSS = ROOT / "static" / "css"

# sockaddr_un holds 104 bytes on macOS and 108 on Linux, with the closing zero.
LONGEST_SOCKET_PATH = 100

MEMORY = Path("/dev/shm")  # noqa: S108 — `_own_folder` looks at who owns what is there
ROOM_IN_MEMORY = 1 << 30


@dataclass(frozen=True)
class Account:
    """The user that a service runs as when we are root."""

    name: str
    uid: int
    gid: int

    def own(self, path: Path) -> None:
        os.chown(path, self.uid, self.gid)


def service_account() -> Account | None:
    """The user to drop to: None where we are not root and services run as ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise SystemExit("This machine has neither a user 'postgres' nor a user 'nobody' to run PostgreSQL as.")


def can_reach(account: Account | None, folder: Path) -> bool:
    """Whether `account` may walk down to `folder`, which need not exist yet."""
    if account is None:
        return True
    existing = [place for place in (folder, *folder.parents) if place.exists()]
    return all(_may_enter(account, place.stat()) for place in existing)


def _may_enter(account: Account, status: os.stat_result) -> bool:
    if status.st_uid == account.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == account.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def service_folder(wanted: Path, account: Account | None) -> Path:
    """`wanted`, or a folder for temporary files in its stead where `account` cannot reach it."""
    if can_reach(account, wanted):
        wanted.mkdir(parents=True, exist_ok=True)
        return wanted
    return temporary_folder(wanted, lasting=True)


def socket_folder(service_home: Path, account: Account | None) -> Path:
    """A private folder for unix sockets whose path is short enough for the system."""
    folder = service_home / "run"
    if len(os.fsencode(folder / ".s.PGSQL.5432")) > LONGEST_SOCKET_PATH:
        folder = temporary_folder(folder, lasting=False)
    return private_folder(folder, account)


def private_folder(folder: Path, account: Account | None) -> Path:
    """`folder` made, readable by nobody but `account` (or ourselves)."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if account:
        account.own(folder)
    return folder


def temporary_folder(stands_for: Path, *, lasting: bool) -> Path:
    """A folder among the system's temporary ones, always the same for `stands_for`.

    `lasting` asks for one that outlives a restart of the machine. A folder that somebody else has put
    there under our name is refused.
    """
    lasting_parent = Path("/var/tmp")  # noqa: S108 — its owner and kind are checked below
    parent = lasting_parent if lasting and os.access(lasting_parent, os.W_OK) else Path(tempfile.gettempdir())
    return _own_folder(parent, stands_for)


def memory_folder(stands_for: Path) -> Path | None:
    """The like in the machine's memory, gone when it restarts; None where it has no room to spare for files."""
    return _own_folder(MEMORY, stands_for) if has_room_in_memory() else None


def has_room_in_memory() -> bool:
    return os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM_IN_MEMORY


def _own_folder(parent: Path, stands_for: Path) -> Path:
    digest = hashlib.sha256(os.fsencode(stands_for)).hexdigest()[:12]
    folder = parent / f"medconsult-{os.geteuid()}-{digest}"
    folder.mkdir(mode=0o711, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in _trusted_owners():
        raise SystemExit(f"{folder} belongs to somebody else: remove it, or set DEMO_DIR to a folder of your own.")
    return folder


def _trusted_owners() -> set[int]:
    account = service_account()
    return {os.geteuid(), account.uid} if account else {os.geteuid()}
