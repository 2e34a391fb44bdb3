"""A real clamd with definitions of our own: the one line that knows the EICAR sample by its hash."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from common.uploads.states import UploadState
from common.uploads.tests import samples
from common.uploads.verdicts import Finding, Verdict
from devtools.process import Child, Command
from devtools.scanner import EICAR, address
from integrations import antivirus
from tests.uploads.conftest import Receive, check

START_SECONDS = 60
STREAM_MAX_MEGABYTES = 2
CONFIGURATION = """
Foreground yes
LocalSocket {folder}/clamd.sock
DatabaseDirectory {folder}/definitions
TemporaryDirectory {folder}
StreamMaxLength {megabytes}M
"""


def program() -> str:
    found = shutil.which("clamd")
    if found is None and "CI" in os.environ:
        pytest.fail("There is no clamd here, and CI must have one: see .ci/run.")
    if found is None:
        pytest.skip("There is no clamd here: install Debian's clamav-daemon, or the like.")
    return found


@pytest.fixture(scope="module")
def clamd() -> Iterator[Callable[[], Child]]:
    """`clamd()` starts the daemon; the address is the same each time."""
    argv = [program(), "--config-file"]
    with tempfile.TemporaryDirectory(prefix="medconsult-clamd-") as name:
        folder = Path(name)
        (folder / "definitions").mkdir()
        line = f"{hashlib.md5(EICAR).hexdigest()}:{len(EICAR)}:Eicar-Test-Signature\n"  # noqa: S324
        (folder / "definitions" / "eicar.hdb").write_text(line)
        configuration = folder / "clamd.conf"
        configuration.write_text(CONFIGURATION.format(folder=folder, megabytes=STREAM_MAX_MEGABYTES))
        running: list[Child] = []

        def start() -> Child:
            child = Child(Command(name="clamd", argv=[*argv, str(configuration)], log=folder / "clamd.log"))
            running.append(child)
            return child

        yield start
        for child in running:
            child.stop()


@pytest.fixture
def daemon(clamd: Callable[[], Child], settings: Settings) -> Child:
    child = clamd()
    settings.CLAMD_URL = address(child.command.log.with_name("clamd.sock"))
    deadline = time.monotonic() + START_SECONDS
    while not antivirus.ping():
        assert child.poll() is None, child.tail()
        assert time.monotonic() < deadline, child.tail()
        time.sleep(0.05)
    return child


def test_clamd_is_understood_as_it_really_answers(
    daemon: Child, receive: Receive, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    assert antivirus.version().startswith("ClamAV ")
    assert antivirus.scan(BytesIO(b"harmless")) == Verdict.clean()
    assert antivirus.scan(BytesIO(b"")) == Verdict.clean()
    plain = antivirus.scan(BytesIO(EICAR))
    assert (plain.finding, plain.detail.partition("(")[0]) == (Finding.INFECTED, "Eicar-Test-Signature.UNOFFICIAL")
    packed = samples.archive("eicar.com", EICAR)
    assert antivirus.scan(BytesIO(packed)).finding is Finding.INFECTED

    in_pdf = receive("cv.pdf", samples.pdf(samples.stream(zlib.compress(EICAR), b"/Filter /FlateDecode")))
    harmless = receive("me.jpg", samples.jpeg())
    with django_capture_on_commit_callbacks(execute=True):
        assert check(in_pdf.public_id, antivirus.scan) is UploadState.INFECTED
        assert check(harmless.public_id, antivirus.scan) is UploadState.CURRENT

    too_long = BytesIO(b"\0" * (STREAM_MAX_MEGABYTES * 1024 * 1024 + 1))
    assert antivirus.scan(too_long).finding is Finding.AWAY

    waiting = receive("later.pdf", samples.pdf())
    daemon.stop()
    assert check(waiting.public_id, antivirus.scan) is UploadState.QUARANTINED
