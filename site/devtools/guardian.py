"""Run one command, and end it when the one who asked for it is gone.

Started by file name with `python -I -S`, so it imports the standard library only. It stands between the
launcher and each process that the launcher starts, because nothing else works after `kill -9`:

- standard input is the lifeline: its end means that the launcher has closed it or is dead;
- with `--lock FILE` the lifeline is a shared lock on FILE, held by everybody who uses the command
  (PostgreSQL for tests): when nobody holds it any more the command is ended;
- if the guardian itself is killed, Linux sends the command its stop signal (parent-death signal, asked
  for after the privileges are dropped, which would clear it).

The command runs in a session of its own, so a terminal's Ctrl-C reaches only the launcher, and whatever
is left of its process group after the grace is killed. Exits with the command's status (128 + n for a signal).
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import fcntl
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
LOOK_SECONDS = 0.5


def main() -> int:
    options = _parse()
    wake = _wake_up_pipe()
    _adopt_orphans()
    child = subprocess.Popen(  # noqa: S603
        options.command,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_die_with_guardian(options.stop_signal, os.getpid()),  # noqa: PLW1509 — one thread only
        user=options.uid,
        group=options.gid,
        extra_groups=None if options.uid is None else [],
    )
    if options.lock:
        with Path(options.lock).open("a") as lock:
            _wait_for_lock(child, wake, lock.fileno())
            return _end(child, options.stop_signal, options.grace)
    _wait_for_input(child, wake)
    return _end(child, options.stop_signal, options.grace)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--stop-signal", type=int, default=signal.SIGTERM)
    parser.add_argument("--grace", type=float, default=5.0)
    parser.add_argument("--uid", type=int)
    parser.add_argument("--gid", type=int)
    parser.add_argument("--lock")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    options.command = options.command[1:] if options.command[:1] == ["--"] else options.command
    return options


def _adopt_orphans() -> None:
    """What the command's children leave behind becomes ours to reap, also where nobody else would (a container)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)


def _die_with_guardian(stop_signal: int, guardian: int) -> Callable[[], None]:
    prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None

    def ask() -> None:
        if prctl is not None:
            prctl(PR_SET_PDEATHSIG, stop_signal)
            if os.getppid() != guardian:
                os._exit(1)

    return ask


def _wake_up_pipe() -> int:
    """A pipe that turns readable on SIGCHLD or when the guardian is asked to end."""
    wake, alarm = os.pipe()
    os.set_blocking(alarm, False)
    signal.set_wakeup_fd(alarm, warn_on_full_buffer=False)
    for number in (signal.SIGCHLD, *_ENDING):
        signal.signal(number, _noted)
    return wake


_ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_received: list[int] = []


def _noted(number: int, _frame: FrameType | None) -> None:
    if number in _ENDING:
        _received.append(number)


def _wait_for_input(child: subprocess.Popen[bytes], wake: int) -> None:
    while child.poll() is None and not _received:
        ready, _, _ = select.select([wake, 0], [], [])
        if wake in ready:
            os.read(wake, 4096)
        if 0 in ready and not os.read(0, 4096):
            return


def _wait_for_lock(child: subprocess.Popen[bytes], wake: int, lock: int) -> None:
    while child.poll() is None and not _received:
        ready, _, _ = select.select([wake], [], [], LOOK_SECONDS)
        if ready:
            os.read(wake, 4096)
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return


def _end(child: subprocess.Popen[bytes], stop_signal: int, grace: float) -> int:
    if child.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            child.send_signal(stop_signal)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=grace)
    if child.poll() is None:
        child.kill()
    status = child.wait()
    _kill_group(child.pid)
    return 128 - status if status < 0 else status


def _kill_group(group: int) -> None:
    """Whatever of the command's group is left, and wait until it is gone."""
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        try:
            os.killpg(group, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return
        time.sleep(0.01)


if __name__ == "__main__":
    sys.exit(main())
