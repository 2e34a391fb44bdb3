"""A child process that does not outlive us (see `guardian.py`)."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from devtools.places import ROOT, Account

GUARDIAN = Path(__file__).with_name("guardian.py")
GRACE_SECONDS = 5.0


@dataclass(frozen=True, kw_only=True)
class Command:
    """What to run and how it wants to be ended. `lock`: see `guardian.py`."""

    name: str
    argv: Sequence[str]
    log: Path
    env: Mapping[str, str] | None = None
    folder: Path = ROOT
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = GRACE_SECONDS
    lock: Path | None = None


class Child:
    """A running `Command`: its guardian's process, seen from the launcher."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self._log_start = command.log.stat().st_size if command.log.exists() else 0
        command.log.parent.mkdir(parents=True, exist_ok=True)
        with command.log.open("ab") as log:
            self._guardian = subprocess.Popen(  # noqa: S603
                [sys.executable, "-I", "-S", str(GUARDIAN), *_guardian_options(command), "--", *command.argv],
                stdin=subprocess.DEVNULL if command.lock else subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=command.env,
                cwd=command.folder,
                start_new_session=True,
            )

    @property
    def name(self) -> str:
        return self.command.name

    @property
    def pid(self) -> int:
        """Of the guardian; the command is its child."""
        return self._guardian.pid

    def poll(self) -> int | None:
        """The exit status (128 + n for a signal), None while it runs."""
        return self._guardian.poll()

    def wait(self, timeout: float | None = None) -> int:
        return self._guardian.wait(timeout)

    def stop(self) -> None:
        """Ask it to end and wait until it has; what is left after the grace is killed."""
        self.ask_to_stop()
        try:
            self._guardian.wait(self.command.grace + 5)
        except subprocess.TimeoutExpired:
            self._guardian.kill()
            self._guardian.wait()

    def ask_to_stop(self) -> None:
        if self._guardian.stdin:
            self._guardian.stdin.close()
        if self.command.lock:
            with contextlib.suppress(ProcessLookupError):
                self._guardian.terminate()

    def tail(self, lines: int = 20) -> str:
        """The last lines that this run has written to its log."""
        with self.command.log.open("rb") as log:
            log.seek(self._log_start)
            return "\n".join(log.read().decode(errors="replace").splitlines()[-lines:])


def _guardian_options(command: Command) -> list[str]:
    options = [f"--stop-signal={int(command.stop_signal)}", f"--grace={command.grace}"]
    if command.account:
        options += [f"--uid={command.account.uid}", f"--gid={command.account.gid}"]
    if command.lock:
        options.append(f"--lock={command.lock}")
    return options


def our_environment(**more: str) -> dict[str, str]:
    """This process's environment with the source roots on the module path, and `more`.

    Compiled modules are kept, whatever images set for their size: without them each process of ours compiles Django and
    Wagtail for itself, which takes longer than all else that it does until it is ready.
    """
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**inherited, "PYTHONPATH": f"{ROOT / 'site'}{os.pathsep}{ROOT}", **more}
