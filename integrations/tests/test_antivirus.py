"""clamd's protocol, against a server that says whatever a test wants it to."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest
from pytest_django import Settings

from common.uploads.verdicts import Finding, Verdict
from devtools import scanner
from integrations import antivirus

Script = Callable[[socket.socket], None]


@contextmanager
def server(script: Script, settings: Settings) -> Iterator[None]:
    """A scanner on a port of this machine that deals with one connection as `script` says."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        settings.CLAMD_URL = f"tcp://127.0.0.1:{listening.getsockname()[1]}"

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                script(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        yield
        thread.join(10)
        assert not thread.is_alive()


def read_to_the_end(connection: socket.socket) -> bytes:
    with connection.makefile("rb") as file:
        command = b"".join(iter(lambda: file.read(1), b"\0"))
        content = command + b"|"
        while length := struct.unpack("!L", file.read(4))[0]:
            content += file.read(length)
    return content


def saying(answer: bytes) -> Script:
    def script(connection: socket.socket) -> None:
        read_to_the_end(connection)
        connection.sendall(answer)

    return script


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (b"stream: OK\0", Verdict.clean()),
        (b"stream: Eicar-Test-Signature FOUND\0", Verdict.infected("Eicar-Test-Signature")),
        (b"stream: Win.Test OK FOUND\0", Verdict.infected("Win.Test OK")),
    ],
)
def test_plain_answers_are_understood(answer: bytes, verdict: Verdict, settings: Settings) -> None:
    with server(saying(answer), settings):
        assert antivirus.scan(BytesIO(b"content")) == verdict


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"stream: OK",
        b"OK\0",
        b"stream: ok\0",
        b"stream: OK\0stream: Eicar FOUND\0",
        b"stream: Eicar FOUND\0stream: OK\0",
        b"stream: Can't allocate memory ERROR\0",
        b"stream: OK ERROR\0",
        b"INSTREAM size limit exceeded. ERROR\0",
        b"UNKNOWN COMMAND\0",
        b"HTTP/1.1 200 OK\r\n\r\n\0",
        b"\xff\xfe\0",
        b"x" * 10_000 + b"\0",
    ],
)
def test_whatever_is_no_plain_answer_counts_as_away(answer: bytes, settings: Settings) -> None:
    with server(saying(answer), settings):
        verdict = antivirus.scan(BytesIO(b"content"))
    assert verdict.finding is Finding.AWAY
    assert verdict.detail


def test_file_is_sent_whole_in_chunks_and_its_end_is_said(settings: Settings) -> None:
    content = bytes(range(256)) * 1000
    heard: list[bytes] = []

    def script(connection: socket.socket) -> None:
        heard.append(read_to_the_end(connection))
        connection.sendall(b"stream: OK\0")

    with server(script, settings):
        antivirus.scan(BytesIO(content))
    assert heard == [b"zINSTREAM|" + content]


def test_answer_may_come_in_pieces(settings: Settings) -> None:
    def script(connection: socket.socket) -> None:
        read_to_the_end(connection)
        for piece in (b"stream", b": O", b"K", b"\0"):
            connection.sendall(piece)

    with server(script, settings):
        assert antivirus.scan(BytesIO(b"content")) == Verdict.clean()


def test_scanner_that_hangs_up_in_the_middle_says_why_if_it_can(settings: Settings) -> None:
    """clamd answers and closes as soon as the stream is longer than it takes."""

    def script(connection: socket.socket) -> None:
        connection.recv(10)
        connection.sendall(b"INSTREAM size limit exceeded. ERROR\0")

    with server(script, settings):
        verdict = antivirus.scan(BytesIO(b"\0" * 20_000_000))
    assert verdict.finding is Finding.AWAY


def test_scanner_that_says_nothing_is_waited_for_no_longer_than_allowed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(antivirus, "ANSWER_SECONDS", 0.05)
    finished = threading.Event()

    def script(connection: socket.socket) -> None:
        finished.wait(10)

    with server(script, settings):
        verdict = antivirus.scan(BytesIO(b"content"))
        finished.set()
    assert verdict == Verdict.away("TimeoutError")


@pytest.mark.parametrize("url", ["tcp://127.0.0.1:9", "unix:///nowhere/clamd.sock"])
def test_scanner_that_is_not_there_is_away(url: str, settings: Settings) -> None:
    settings.CLAMD_URL = url
    assert antivirus.scan(BytesIO(b"content")).finding is Finding.AWAY
    assert not antivirus.ping()
    with pytest.raises(OSError, match=r"refused|No such file"):
        antivirus.version()


def test_the_demos_scanner_knows_one_virus(virus_scanner: None) -> None:
    assert antivirus.ping()
    assert antivirus.version() == scanner.VERSION
    assert antivirus.scan(BytesIO(b"harmless")) == Verdict.clean()
    assert antivirus.scan(BytesIO(b"before" + scanner.EICAR + b"after")) == Verdict.infected(scanner.SIGNATURE)
    # Across the border of two chunks.
    split = b" " * (antivirus.CHUNK_BYTES - 10) + scanner.EICAR
    assert antivirus.scan(BytesIO(split)) == Verdict.infected(scanner.SIGNATURE)


def test_the_demos_scanner_refuses_what_is_too_long(virus_scanner: None) -> None:
    verdict = antivirus.scan(BytesIO(b"\0" * (scanner.STREAM_MAX_BYTES + 1)))
    assert verdict.finding is Finding.AWAY


def test_address_of_a_socket_may_hold_any_letter(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "a #b?%20.sock"
    child = scanner.start(path, tmp_path / "scanner.log")
    settings.CLAMD_URL = scanner.address(path)
    try:
        assert antivirus.ping()
    finally:
        child.stop()
