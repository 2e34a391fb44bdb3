from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from pytest_django import Settings

from devtools import demo, installation, scanner
from devtools.code_state import migrations_state, sample_state
from devtools.installation import Installation, available_environment
from devtools.places import ROOT
from devtools.process import Child, Command, our_environment
from devtools.supervisor import ChildEndedError, Stopped, all_stopped_together, stoppable, watch
from devtools.valkey import free_port
from integrations import antivirus
from tests.devtools.conftest import descendants, is_gone, line_of

FOREVER = "import time; print('up', flush=True); time.sleep(600)"


def sleeper(name: str, folder: Path, code: str = FOREVER) -> Child:
    return Child(Command(name=name, argv=[sys.executable, "-c", code], log=folder / f"{name}.log"))


@pytest.fixture
def port() -> int:
    return free_port()


def test_second_demo_in_a_folder_is_refused_with_the_way_out(
    tmp_path: Path, port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    first = Installation(tmp_path)
    with first.taken():
        first.write_note(pid="123", BASE_URL="http://127.0.0.1:8000")

        assert demo.run(tmp_path, port) == 1

    said = capsys.readouterr().err
    assert "runs from" in said
    assert "process 123, http://127.0.0.1:8000/" in said
    assert f"make demo PORT={port + 1} DEMO_DIR=" in said


def test_port_in_use_is_refused_before_anything_starts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        assert demo.run(tmp_path, taken.getsockname()[1]) == 1

    assert "Choose another: make demo PORT=" in capsys.readouterr().err
    assert not (tmp_path / "postgres").exists()


def test_command_beside_a_running_demo_uses_its_services(tmp_path: Path) -> None:
    first = Installation(tmp_path)
    with first.taken():
        first.write_note(pid="1", BASE_URL="http://x", DATABASE_URL="postgresql://there", REDIS_URL="redis://there")
        with available_environment(tmp_path) as environment:
            assert environment["DATABASE_URL"] == "postgresql://there"
            assert environment["REDIS_URL"] == "redis://there"
    assert not first.note.exists()


def test_command_beside_one_that_is_still_starting_is_told_so(tmp_path: Path) -> None:
    with (
        Installation(tmp_path).taken(),
        pytest.raises(installation.InUseError),
        available_environment(tmp_path),
    ):
        pass


def test_child_that_ends_is_named_with_its_last_words(tmp_path: Path) -> None:
    healthy, broken = sleeper("Worker", tmp_path), sleeper("Web", tmp_path, "raise SystemExit('cannot bind')")
    with (
        all_stopped_together([healthy, broken]),
        pytest.raises(ChildEndedError, match=r"Web ended.*(?s:.*)cannot bind"),
    ):
        watch([healthy, broken])

    assert healthy.poll() is not None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_stops_once_and_later_ones_are_not_heard(number: signal.Signals) -> None:
    def ask_twice() -> None:
        try:
            signal.raise_signal(number)
        finally:
            signal.raise_signal(number)

    with pytest.raises(Stopped), stoppable():
        ask_twice()


def test_make_that_was_killed_stops_the_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAKELEVEL", "1")
    monkeypatch.setattr("os.getppid", lambda: 1)

    with pytest.raises(Stopped):
        watch([])


def start_demo(folder: Path, port: int, environment: dict[str, str]) -> subprocess.Popen[str]:
    given = {name: environment[name] for name in ("DATABASE_URL",)}
    process = subprocess.Popen(
        [sys.executable, "-m", "devtools", "demo"],
        cwd=ROOT,
        env=our_environment(PORT=str(port), DEMO_DIR=str(folder), **given),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = []
    while (line := line_of(process)) != f"Ready: http://127.0.0.1:{port}/":
        said.append(line)
        assert process.poll() is None, "\n".join(said)
    return process


@pytest.fixture
def prepared(process_environment: dict[str, str]) -> dict[str, str]:
    """The test's database, which is prepared; how a cluster of the demo's own ends is tested beside it."""
    demo._note_on_database(process_environment["DATABASE_URL"], f"{migrations_state('dev')} {sample_state()}")
    return process_environment


def test_demo_answers_and_leaves_nothing_when_it_is_killed(
    open_path: Path, port: int, prepared: dict[str, str], settings: Settings
) -> None:
    with start_demo(open_path, port, prepared) as killed:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as answer:
            assert answer.status == 200
        settings.CLAMD_URL = json.loads((open_path / "running.json").read_text())["CLAMD_URL"]
        assert antivirus.version() == scanner.VERSION
        below = descendants(killed.pid)
        killed.kill()
    assert len(below) >= 8
    assert [pid for pid in below if not is_gone(pid)] == []


@pytest.mark.skipif("RACE_ROUNDS" not in os.environ, reason="Another whole start: make test-long has the time for it.")
def test_demo_leaves_nothing_when_it_is_stopped(open_path: Path, port: int, prepared: dict[str, str]) -> None:
    with start_demo(open_path, port, prepared) as stopped:
        below = descendants(stopped.pid)
        stopped.send_signal(signal.SIGTERM)
        assert stopped.wait(20) == 0
    assert [pid for pid in below if not is_gone(pid, within=0)] == []
