"""The demo's own installation: a folder with its keys, its database and its files, used by one at a time."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from devtools.keys import installation_keys
from devtools.process import our_environment
from devtools.services import Services, running_services


class InUseError(Exception):
    """Somebody else uses the folder; `found` is what they have noted about themselves."""

    def __init__(self, found: dict[str, str]) -> None:
        super().__init__("This folder is in use.")
        self.found = found


@dataclass(frozen=True)
class Installation:
    folder: Path

    @property
    def note(self) -> Path:
        """What the one who uses the folder says about itself: its process, its addresses."""
        return self.folder / "running.json"

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Be the only one who uses the folder for the length of the block. Raises `InUseError`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "demo.lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise InUseError(self._read_note()) from None
            self.note.unlink(missing_ok=True)
            try:
                yield
            finally:
                self.note.unlink(missing_ok=True)

    def write_note(self, **facts: str) -> None:
        """Leave `facts` for whoever finds the folder taken; only we may read them."""
        self.note.touch(mode=0o600)
        self.note.write_text(json.dumps(facts))

    def _read_note(self) -> dict[str, str]:
        try:
            return dict(json.loads(self.note.read_text()))
        except (OSError, ValueError):
            return {}

    def environment(self, *, base_url: str) -> dict[str, str]:
        """The variables of a development installation here, but for its database and Valkey."""
        return our_environment(
            DJANGO_SETTINGS_MODULE="medconsult.settings.dev",
            BASE_URL=base_url,
            ALLOWED_HOSTS="127.0.0.1,localhost,[::1]",
            MEDIA_ROOT=str(self.folder / "media"),
            PRIVATE_ROOT=str(self.folder / "private"),
            **installation_keys(self.folder),
        )


@contextmanager
def available_environment(folder: Path) -> Iterator[dict[str, str]]:
    """The environment for a command on the demo's data: beside a running demo on its services, else on new ones."""
    installation = Installation(folder)
    try:
        with installation.taken(), running_services(folder) as services:
            environment = installation.environment(base_url="http://127.0.0.1:8000") | services.environment
            yield environment | {"DATABASE_OWNER_URL": services.owner_url}
    except InUseError as in_use:
        addresses = {name: value for name, value in in_use.found.items() if name.isupper()}
        if not addresses:
            raise
        yield installation.environment(base_url=addresses["BASE_URL"]) | addresses


def noted_addresses(services: Services, base_url: str) -> dict[str, str]:
    """What a running demo tells others about its services."""
    return {**services.environment, "DATABASE_OWNER_URL": services.owner_url, "BASE_URL": base_url}
