"""`make lock`: the requirements from pyproject.toml, every file hashed and naming no host."""

from __future__ import annotations

import subprocess
import sys

from devtools.places import ROOT

_OPTIONS = (
    *("--universal", "--python-version", "3.11", "--generate-hashes"),
    *("--no-emit-index-url", "--no-emit-find-links", "--no-header", "--quiet"),
)
_TARGETS: dict[str, tuple[str, ...]] = {
    "prod.txt": ("pyproject.toml",),
    "dev.txt": ("pyproject.toml", "--extra", "dev"),
}


def write_requirements() -> int:
    """Resolve anew, keeping the versions that still fit; the exit status."""
    for name, source in _TARGETS.items():
        if status := _compile([*source, "--output-file", f"requirements/{name}"]):
            return status
    # uv itself, which pip installs before anything else.
    return _compile(["-", "--no-annotate", "--output-file", "requirements/bootstrap.txt"], stdin="uv\n")


def _compile(arguments: list[str], stdin: str = "") -> int:
    argv = [sys.executable, "-m", "uv", "pip", "compile", *arguments, *_OPTIONS]
    return subprocess.run(argv, cwd=ROOT, input=stdin, text=True, check=False).returncode  # noqa: S603
