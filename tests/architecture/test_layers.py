"""The import contracts hold, and they would notice: a copy of the house with one wrong import fails."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import APPS, ROOT

_LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def lint(house: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _LINT, "--no-cache"],
        cwd=house,
        env={**os.environ, "PYTHONPATH": "site:."},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("house")
    only_code = shutil.ignore_patterns("__pycache__", "*.jpg", "*.png", "*.webp", "migrations")
    for folder in (*APPS, "site/common", "site/medconsult", "tests/architecture"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=only_code)
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


def test_the_house_keeps_its_contracts(house: Path) -> None:
    result = lint(house)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("where", "line", "named"),
    [
        ("site/common/clock.py", "import booking.models", "common.clock"),
        ("doctors/selectors", "from booking import services", "doctors.selectors"),
        ("integrations/calendars.py", "from accounts.models import User", "integrations.calendars"),
        ("home/paths.py", "from booking.views import day", "booking.views"),
        ("verification/services.py", "import doctors.querysets", "doctors.querysets"),
    ],
)
def test_a_wrong_import_is_found(house: Path, where: str, line: str, named: str) -> None:
    path = house / where
    if path.suffix != ".py":
        path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    if not path.exists():
        path = (house / where).with_suffix("") / "__init__.py"
    before = path.read_text()
    path.write_text(f"{before}\n{line}\n")
    try:
        result = lint(house)
    finally:
        path.write_text(before)
    assert result.returncode == 1
    assert named in result.stdout
