"""Scripts that others wrote are the files that their versions name, and pages load nothing else of theirs."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENDOR = ROOT / "static" / "vendor"
VERSIONS = json.loads((VENDOR / "versions.json").read_text())


def test_every_vendored_script_is_named_with_its_checksum() -> None:
    found = {
        str(file.relative_to(VENDOR)): hashlib.sha256(file.read_bytes()).hexdigest() for file in VENDOR.rglob("*.js")
    }
    assert found == {name: entry["sha256"] for name, entry in VERSIONS.items()}


def test_the_page_loads_the_vendored_version() -> None:
    base = (ROOT / "templates" / "ui" / "base.html").read_text()
    assert all(f"vendor/{name}" in base for name in VERSIONS)
