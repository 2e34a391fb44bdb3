from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from devtools import bootstrap
from devtools.places import ROOT

FIND_PYTHON = ROOT / "site" / "devtools" / "find-python.sh"
SHIM_WITH_NOTHING_BEHIND_IT = "#!/bin/sh\necho 'version not installed' >&2\nexit 127\n"


def program(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o755)
    return path


def find_python(path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", str(FIND_PYTHON)],
        env={"PATH": str(path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_interpreter_is_chosen_by_running_it(tmp_path: Path) -> None:
    program(tmp_path / "python3", SHIM_WITH_NOTHING_BEHIND_IT)
    real = program(tmp_path / "python3.11", f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')

    assert find_python(tmp_path).stdout.strip() == str(real)


def test_named_interpreter_comes_first(tmp_path: Path) -> None:
    program(tmp_path / "python3", f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')

    assert find_python(tmp_path, PYTHON=sys.executable).stdout.strip() == sys.executable


@pytest.fixture
def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A `.venv` that is as the requirements say, and a list of what would be installed."""
    installed: list[str] = []
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / "stamp")
    monkeypatch.setattr(bootstrap, "WANTED", tmp_path / "dev.txt")
    monkeypatch.setattr(bootstrap, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(bootstrap, "_run", lambda *arguments: installed.append(" ".join(arguments)))
    bootstrap.WANTED.write_text("one==1\n")
    assert bootstrap.main() == 0
    assert installed
    installed.clear()
    return installed


def test_nothing_is_done_while_the_requirements_stand(prepared: list[str]) -> None:
    assert bootstrap.main() == 0
    assert prepared == []


def test_changed_requirements_are_installed_by_hash(prepared: list[str]) -> None:
    bootstrap.WANTED.write_text("one==2\n")

    assert bootstrap.main() == 0

    assert len(prepared) == 2
    assert all("--require-hashes" in call for call in prepared)
    assert prepared[1].startswith("uv pip sync")


def test_pip_steps_in_where_uv_does_not_run(prepared: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    bootstrap.WANTED.write_text("one==2\n")
    monkeypatch.setattr(bootstrap, "_uv_runs", lambda: False)

    assert bootstrap.main() == 0

    assert [call.split()[0] for call in prepared] == ["pip", "pip"]


def test_failed_installation_is_said_and_tried_again(prepared: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: str) -> None:
        raise subprocess.CalledProcessError(1, "pip")

    bootstrap.WANTED.write_text("one==2\n")
    with monkeypatch.context() as broken:
        broken.setattr(bootstrap, "_run", fail)
        assert bootstrap.main() == 1

    assert bootstrap.main() == 0
    assert prepared


@pytest.mark.parametrize("name", ["bootstrap.txt", "prod.txt", "dev.txt"])
def test_requirements_are_hashed_and_name_no_host(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text()
    pinned = [line for line in text.splitlines() if "==" in line and not line.startswith(" ")]

    assert pinned
    assert all(line.endswith("\\") for line in pinned)
    assert "://" not in text
    assert "--index-url" not in text


def test_makefile_runs_modules_not_scripts() -> None:
    """The first line of a script in .venv/bin holds its path, and breaks where that holds a space."""
    lines = (ROOT / "Makefile").read_text().splitlines()

    assert not [line for line in lines if ".venv/bin/" in line and ".venv/bin/python" not in line]
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
