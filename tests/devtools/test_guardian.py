from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from devtools.process import Child, Command, our_environment
from tests.devtools.conftest import Launcher, descendants, is_gone, line_of

PARENT_OF_TWO = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
time.sleep(600)
"""
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"


def launcher_code(log: Path, command: str) -> str:
    return f"""
import pathlib, sys, time
from devtools.process import Child, Command, our_environment
child = Child(Command(name="sleeper", argv=[sys.executable, "-c", {command!r}], log=pathlib.Path({str(log)!r})))
print(child.pid, flush=True)
sys.stdin.read()
child.stop()
print("stopped", flush=True)
time.sleep(600)
"""


def started(launcher: Launcher, log: Path, command: str = PARENT_OF_TWO) -> tuple[subprocess.Popen[str], set[int]]:
    """A launcher, and the processes below it once the innermost runs."""
    process = launcher(launcher_code(log, command))
    line_of(process)
    while not log.read_text().endswith("\n"):
        os.sched_yield()
    return process, descendants(process.pid)


def test_kill_of_the_launcher_ends_the_command_and_its_children(launcher: Launcher, tmp_path: Path) -> None:
    process, below = started(launcher, tmp_path / "log")
    assert len(below) == 3

    process.kill()

    assert [pid for pid in below if not is_gone(pid)] == []


def test_stop_leaves_no_process_of_the_group(launcher: Launcher, tmp_path: Path) -> None:
    process, below = started(launcher, tmp_path / "log")
    assert process.stdin is not None

    process.stdin.close()

    assert line_of(process) == "stopped"
    assert [pid for pid in below if not is_gone(pid, within=0)] == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a parent-death signal")
def test_kill_of_the_guardian_ends_the_command(launcher: Launcher, tmp_path: Path) -> None:
    process, below = started(launcher, tmp_path / "log", "import time; print('up', flush=True); time.sleep(600)")
    guardian = min(below)

    os.kill(guardian, signal.SIGKILL)

    assert [pid for pid in below if not is_gone(pid)] == []
    assert process.poll() is None


def test_command_that_does_not_listen_is_killed_after_the_grace(tmp_path: Path) -> None:
    child = Child(Command(name="deaf", argv=[sys.executable, "-c", DEAF], log=tmp_path / "log", grace=0.2))
    while "deaf" not in child.tail():
        os.sched_yield()

    child.stop()

    assert child.poll() == 128 + signal.SIGKILL


@pytest.mark.parametrize(
    ("code", "status"), [("pass", 0), ("raise SystemExit(3)", 3), ("import os; os.kill(os.getpid(), 9)", 128 + 9)]
)
def test_status_of_the_command_is_passed_on(tmp_path: Path, code: str, status: int) -> None:
    child = Child(Command(name="short", argv=[sys.executable, "-c", code], log=tmp_path / "log"))

    assert child.wait(10) == status
    child.stop()


def test_tail_shows_this_run_only(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("from before\n")

    child = Child(Command(name="talker", argv=[sys.executable, "-c", "print('a'); print('b')"], log=log))
    child.wait(10)
    child.stop()

    assert child.tail(1) == "b"
    assert child.tail() == "a\nb"


def test_command_behind_a_lock_lives_until_its_last_user_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "users.lock"
    argv = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]
    with path.open("a") as second:
        with path.open("a") as first:
            fcntl.flock(first, fcntl.LOCK_SH)
            fcntl.flock(second, fcntl.LOCK_SH)
            child = Child(Command(name="shared", argv=argv, log=tmp_path / "log", lock=path))
            while "up" not in child.tail():
                os.sched_yield()
        assert not is_gone(child.pid, within=1.2)

    assert is_gone(child.pid)
    child.stop()


def test_processes_of_ours_keep_compiled_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else each would compile Django and Wagtail for itself."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")

    assert "PYTHONDONTWRITEBYTECODE" not in our_environment()
