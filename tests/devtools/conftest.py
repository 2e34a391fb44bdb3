"""Real processes, watched by their process descriptors, so that nothing has to be waited for by the clock."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from devtools.places import MEMORY, has_room_in_memory, service_account
from devtools.postgres import Cluster
from devtools.process import our_environment

# The grace that each process gets, and room for a machine that is busy with other tests.
SECONDS_TO_VANISH = 15


def is_gone(pid: int, within: float = SECONDS_TO_VANISH) -> bool:
    """Whether the process ends in time (a zombie has ended)."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], within)[0])
    finally:
        os.close(descriptor)


def descendants(pid: int) -> set[int]:
    """Every process below `pid`, as /proc has it now."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    found: set[int] = set()
    layer = {pid}
    while layer:
        layer = {child for child, parent in parents.items() if parent in layer} - found
        found |= layer
    return found


Launcher = Callable[[str], "subprocess.Popen[str]"]


@pytest.fixture
def launcher() -> Iterator[Launcher]:
    """`launcher(code)`: a Python process that runs `code` with devtools importable and answers on its output."""
    running: list[subprocess.Popen[str]] = []

    def start(code: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=our_environment(),
        )
        running.append(process)
        return process

    yield start
    for process in running:
        with process:
            process.kill()


def line_of(process: subprocess.Popen[str]) -> str:
    """The next line that the process prints; blocks until it comes."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


@contextmanager
def reachable_folder(name: str) -> Iterator[Path]:
    """A folder that a user without privileges can reach, as pytest's own temporary ones are private.

    In memory where there is room: a cluster is a thousand files.
    """
    parent = MEMORY if has_room_in_memory() else Path("/var/tmp")  # noqa: S108
    folder = parent / f"medconsult {name} {os.getpid()}"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def made_cluster() -> Iterator[Path]:
    """A folder with an initialised cluster that nobody starts: copy it."""
    with reachable_folder("cluster") as folder:
        cluster = Cluster.near(folder, service_account())
        cluster.prepare()
        yield cluster.data


@pytest.fixture
def open_path() -> Iterator[Path]:
    """A folder with a space in its name that the services' user can reach."""
    with reachable_folder("test") as folder:
        yield folder


@pytest.fixture
def copied(made_cluster: Path) -> Callable[[Cluster], Cluster]:
    """Give a cluster the files of `made_cluster`, so that a test does not wait for initdb."""

    def copy(cluster: Cluster) -> Cluster:
        subprocess.run(["cp", "-a", str(made_cluster.parent), str(cluster.home)], check=True)
        return cluster

    return copy
