"""docker/Dockerfile built without a Docker engine: by buildah, on a base that stands in for the published one."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from devtools.image.steps import ImageError
from devtools.places import ROOT, temporary_folder

DOCKERFILE = ROOT / "docker" / "Dockerfile"
# What it takes, by the package that has it in Debian.
PROGRAMS = {"buildah": "buildah", "debootstrap": "debootstrap", "runc": "runc"}
# Whose own Python is of the version that the Dockerfile starts from.
SUITES = {"3.11": "bookworm", "3.13": "trixie"}
_PYTHON = "ca-certificates,python3,python3-venv,python-is-python3"
_AUTHORITIES = "/etc/ssl/certs"
_TAIL = 40


@dataclass(frozen=True)
class Image:
    """`root` is its file system, `config` what it says about running it, by the names of the OCI's specification."""

    root: Path
    config: dict[str, Any]

    @property
    def account(self) -> tuple[int, int]:
        """Uid and gid that the image runs as; raises `ImageError` where it names none by number."""
        user = str(self.config.get("User", ""))
        for line in (self.root / "etc" / "passwd").read_text().splitlines():
            _, _, uid, gid, *_ = line.split(":")
            if uid == user:
                return int(uid), int(gid)
        raise ImageError(f"The image's USER is {user or 'nobody'}, which is no number of its /etc/passwd.")


def lacking(*, root: bool | None = None) -> list[str]:
    """What this machine lacks for building and running an image, in sentences."""
    found = []
    if os.geteuid() != 0 if root is None else not root:
        found.append("Root is needed: containers are put together from file systems of other users.")
    absent = [package for program, package in PROGRAMS.items() if shutil.which(program) is None]
    if absent:
        found.append(f"Programs are missing: {', '.join(absent)} (Debian: apt-get install {' '.join(absent)}).")
    if _suite() is None:
        found.append(f"No Debian is known here whose Python is that of {base_name()}: see SUITES in {__name__}.")
    return found


def base_name() -> str:
    """The image that docker/Dockerfile starts from."""
    names = re.findall(r"(?m)^FROM (\S+)", DOCKERFILE.read_text(encoding="utf-8"))
    if len(set(names)) != 1:
        raise ImageError(f"docker/Dockerfile starts from more than one image: {', '.join(names)}.")
    return str(names[0])


def _suite() -> str | None:
    version = re.match(r"python:(\d+\.\d+)\b", base_name())
    return SUITES.get(version[1]) if version else None


@dataclass(frozen=True)
class Buildah:
    """buildah with a store of its own, which the next run finds the base in."""

    folder: Path = field(default_factory=lambda: temporary_folder(ROOT / "image", lasting=True))

    def say(self, *arguments: str) -> str:
        """What it printed, without the line's end; raises `ImageError` with the end of all that it said."""
        store = ["--storage-driver", "vfs", "--root", f"{self.folder}/store", "--runroot", f"{self.folder}/run"]
        return _run("buildah", *store, *arguments)

    def has(self, image: str) -> bool:
        return image in self.say("images", "--format", "{{.Name}}:{{.Tag}}").splitlines()

    @contextmanager
    def container(self, image: str) -> Iterator[tuple[str, Path]]:
        """A working container of the image, and where its file system lies until the block ends."""
        name = self.say("from", "--pull-never", image) if image != "scratch" else self.say("from", image)
        try:
            yield name, Path(self.say("mount", name))
        finally:
            self.say("rm", name)


def make_base(tool: Buildah) -> str:
    """Debian with its own Python under the name that the Dockerfile asks for, once; what it is made of, in words."""
    name, suite = f"docker.io/library/{base_name()}", _suite()
    if suite is None:
        raise ImageError("\n".join(lacking()))
    if not tool.has(name):
        with tool.container("scratch") as (container, root):
            _run("debootstrap", "--variant=minbase", f"--include={_PYTHON}", suite, str(root))
            shutil.rmtree(root / "var" / "cache" / "apt", ignore_errors=True)
            tool.say("commit", "--quiet", container, name)
    return f"Debian {suite} stands in for {base_name()}"


@contextmanager
def built(tool: Buildah) -> Iterator[Image]:
    """The image, removed when the block ends. Packages come from the network, by the authorities of this machine."""
    name = "localhost/medconsult-check"
    trusted = ["--volume", f"{_AUTHORITIES}:{_AUTHORITIES}:ro"] if Path(_AUTHORITIES).is_dir() else []
    tool.say(
        *("build-using-dockerfile", "--isolation", "chroot", "--pull-never", "--no-cache", *trusted),
        *("--file", str(DOCKERFILE), "--tag", name, str(ROOT)),
    )
    try:
        config = json.loads(tool.say("inspect", "--type", "image", name))["OCIv1"]["config"]
        with tool.container(name) as (_, root):
            yield Image(root, config)
    finally:
        tool.say("rmi", "--force", name)
        tool.say("rmi", "--prune")


def _run(*argv: str) -> str:
    done = subprocess.run(argv, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)  # noqa: S603
    if done.returncode:
        end = "\n".join(f"{done.stdout}{done.stderr}".splitlines()[-_TAIL:])
        raise ImageError(f"{' '.join(argv)} ended with {done.returncode}:\n{end}")
    return done.stdout.strip()
