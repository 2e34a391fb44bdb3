"""Services of docker/compose.yaml run by runc: the image's own settings, and what Compose adds to them.

They share this machine's network, so that they reach a database on loopback; all else is as an engine would have it.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devtools.image.building import Image
from devtools.image.seccomp import default_profile
from devtools.image.steps import ImageError
from devtools.places import ROOT
from devtools.process import Child, Command

_SHM = ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]
# What an engine leaves to a container that drops nothing.
_AN_ENGINES = ("CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_SETGID", "CAP_SETUID", "CAP_NET_BIND_SERVICE")
_NAMESPACES = ("pid", "ipc", "uts", "mount")


def compose_services(env_file: Path) -> dict[str, Any]:
    """As Docker's own Compose reads docker/compose.yaml with these settings."""
    program = str(Path(sys.executable).with_name("docker-compose"))
    asked = ["--env-file", str(env_file), "-f", "docker/compose.yaml", "--profile", "*", "config", "--format", "json"]
    # Of this process's own variables none may stand in for what the file lacks.
    plain = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ}
    done = subprocess.run(  # noqa: S603
        [program, *asked], cwd=ROOT, env=plain, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    if done.returncode:
        raise ImageError(done.stderr)
    return dict(json.loads(done.stdout)["services"])


def runtime_config(image: Image, service: Mapping[str, Any], folders: Mapping[str, Path]) -> dict[str, Any]:
    """runc's configuration of a service; its volumes lie in `folders`, by name."""
    uid, gid = image.account
    said = dict(entry.split("=", 1) for entry in image.config["Env"])
    given = {name: str(value) for name, value in service["environment"].items() if value is not None}
    environment = {"HOME": image.config["WorkingDir"], **said, **given}
    command = service.get("command") or image.config["Cmd"]
    return {
        "ociVersion": "1.0.2",
        "hostname": "container",
        "process": {
            "user": {"uid": uid, "gid": gid},
            "args": [*image.config["Entrypoint"], *command],
            "env": [f"{name}={value}" for name, value in environment.items()],
            "cwd": image.config["WorkingDir"],
            "noNewPrivileges": "no-new-privileges:true" in service.get("security_opt", []),
            "capabilities": {} if service.get("cap_drop") == ["ALL"] else {"bounding": list(_AN_ENGINES)},
        },
        "root": {"path": str(image.root), "readonly": bool(service.get("read_only"))},
        "mounts": [
            {"destination": "/proc", "type": "proc", "source": "proc"},
            {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755"]},
            {"destination": "/dev/shm", "type": "tmpfs", "source": "shm", "options": _SHM},  # noqa: S108
            *(
                {"destination": place, "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "nodev", "mode=1777"]}
                for place in service.get("tmpfs", [])
            ),
            *(_volume(mount, folders) for mount in service.get("volumes", [])),
        ],
        "linux": {
            "namespaces": [{"type": kind} for kind in _NAMESPACES],
            **({"seccomp": profile} if (profile := default_profile()) else {}),
        },
    }


def _volume(mount: Mapping[str, Any], folders: Mapping[str, Path]) -> dict[str, Any]:
    source = folders[mount["source"]] if mount["type"] == "volume" else folders.get(mount["target"], mount["source"])
    may = "ro" if mount.get("read_only") else "rw"
    return {"destination": mount["target"], "type": "bind", "source": str(source), "options": ["bind", may]}


@dataclass(frozen=True)
class Runner:
    """Runs services of one image. `folder` holds what runc wants, and the logs."""

    image: Image
    folder: Path
    services: Mapping[str, Any]
    folders: Mapping[str, Path]

    def run(
        self, service: str, *, command: list[str] | None = None, environment: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """The service to its end; `command` and `environment`, where given, stand in for its own."""
        instead = {"command": command, "environment": environment}
        changed = {**self.services[service], **{name: value for name, value in instead.items() if value is not None}}
        name, argv = self._prepared(changed)
        try:
            return subprocess.run(argv, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)  # noqa: S603
        finally:
            self._remove(name)

    @contextmanager
    def started(self, service: str, **more: str) -> Iterator[tuple[str, Child]]:
        """The running service, with `more` in its environment, and the name that `within` takes.

        At the block's end it is asked to end, as Compose asks.
        """
        own = self.services[service]
        name, argv = self._prepared({**own, "environment": {**own["environment"], **more}})
        log = self.folder / f"{service}.log"
        child = Child(Command(name=service, argv=argv, log=log, folder=self.folder, grace=60))
        try:
            yield name, child
        finally:
            child.stop()
            self._remove(name)

    def within(self, name: str, argv: list[str]) -> subprocess.CompletedProcess[str]:
        """A command inside a running container, as `docker exec` runs it."""
        return self._runc("exec", name, *argv)

    def _prepared(self, service: Mapping[str, Any]) -> tuple[str, list[str]]:
        bundle = Path(tempfile.mkdtemp(dir=self.folder, prefix="bundle-"))
        config = runtime_config(self.image, service, self.folders)
        (bundle / "config.json").write_text(json.dumps(config), encoding="utf-8")
        name = f"medconsult-check-{secrets.token_hex(4)}"
        return name, [*self._program, "run", "--bundle", str(bundle), name]

    def _remove(self, name: str) -> None:
        self._runc("delete", "--force", name)

    def _runc(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        argv = [*self._program, *arguments]
        return subprocess.run(argv, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)  # noqa: S603

    @property
    def _program(self) -> list[str]:
        return ["runc", "--root", str(self.folder / "runc")]
