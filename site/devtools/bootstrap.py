"""Make `.venv` what `requirements/` says, or leave at once where it already is.

Run by file name with any Python from 3.11 on, before anything is installed: standard library only.
The first run fetches packages; from then on nothing asks the network until the requirements change.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "requirements.sha256"
BOOTSTRAP = ROOT / "requirements" / "bootstrap.txt"
WANTED = ROOT / "requirements" / "dev.txt"
OLDEST = (3, 11)


def main() -> int:
    if STAMP.exists() and STAMP.read_text() == _digest() and _runs(PYTHON):
        return 0
    started = time.monotonic()
    print("Setting up .venv (once; later starts need no network)", flush=True)
    try:
        if not _runs(PYTHON):
            venv.create(VENV, clear=True, symlinks=True, with_pip=True)
        _install()
    except (subprocess.CalledProcessError, OSError) as error:
        print(f"Setting up .venv failed: {error}\nRun the same command again when the cause is gone.", file=sys.stderr)
        return 1
    STAMP.write_text(_digest())
    print(f"  .venv is ready ({time.monotonic() - started:.1f} s)", flush=True)
    return 0


def _digest() -> str:
    return hashlib.sha256(BOOTSTRAP.read_bytes() + b"\0" + WANTED.read_bytes()).hexdigest()


def _runs(python: Path) -> bool:
    """Whether `python` starts, is new enough and has pip: found by running it, as a link to it proves nothing."""
    check = f"import sys, pip; sys.exit(sys.version_info < {OLDEST})"
    try:
        return subprocess.run([python, "-c", check], capture_output=True, check=False).returncode == 0  # noqa: S603
    except OSError:
        return False


def _install() -> None:
    _pip("--requirement", str(BOOTSTRAP))
    if _uv_runs():
        # `sync` also takes away what the requirements no longer name.
        _run("uv", "pip", "sync", "--quiet", "--require-hashes", str(BOOTSTRAP), str(WANTED))
    else:
        _pip("--requirement", str(WANTED))


def _pip(*arguments: str) -> None:
    _run("pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", *arguments)


def _uv_runs() -> bool:
    result = subprocess.run([PYTHON, "-m", "uv", "--version"], capture_output=True, check=False)  # noqa: S603
    return result.returncode == 0


def _run(module: str, *arguments: str) -> None:
    # By module, as the first line of a script in .venv/bin breaks where the path holds a space.
    subprocess.run([PYTHON, "-m", module, *arguments], check=True, cwd=ROOT, env=_environment())  # noqa: S603


def _environment() -> dict[str, str]:
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "VIRTUAL_ENV": str(VENV)}
    environment.pop("PYTHONPATH", None)
    home = Path(os.environ.get("HOME") or "/nonexistent")
    if not os.access(home, os.W_OK):
        environment.setdefault("UV_CACHE_DIR", str(Path(tempfile.gettempdir()) / f"medconsult-packages-{os.geteuid()}"))
    return environment


if __name__ == "__main__":
    sys.exit(main())
