"""The virus scanner: anything that speaks clamd's protocol at CLAMD_URL."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from django.conf import settings

from common.uploads.verdicts import Finding, Verdict

__all__ = ["Finding", "Verdict", "ping", "scan", "version"]

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 120.0
CHUNK_BYTES = 64 * 1024
LONGEST_ANSWER = 4096
DEFAULT_PORT = 3310
_END_OF_STREAM = struct.pack("!L", 0)


class ScannerError(Exception):
    """The scanner is away, or says what we do not understand."""


def scan(file: BinaryIO) -> Verdict:
    """What the scanner says of the rest of `file`. Never raises: whatever is not a plain answer is `away`.

    It takes as long as the scanner does, two minutes at most: never call it inside a database transaction.
    """
    try:
        with _connection() as connection:
            # It answers and hangs up in the middle where the stream is longer than its StreamMaxLength.
            with suppress(BrokenPipeError, ConnectionResetError):
                _send(connection, file)
            answer = _answer(connection)
    except ScannerError as error:
        return Verdict.away(str(error))
    except OSError as error:
        return Verdict.away(type(error).__name__)
    return _verdict(answer)


def ping() -> bool:
    """Whether the scanner answers."""
    try:
        return _asked(b"PING") == "PONG"
    except (ScannerError, OSError):
        return False


def version() -> str:
    """The engine, the number of its definitions and their day, in clamd's words. Raises `ScannerError` or `OSError`."""
    return _asked(b"VERSION")


def _asked(command: bytes) -> str:
    with _connection() as connection:
        connection.sendall(b"z" + command + b"\0")
        return _answer(connection)


def _verdict(answer: str) -> Verdict:
    if answer == "stream: OK":
        return Verdict.clean()
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return Verdict.infected(answer.removeprefix("stream: ").removesuffix(" FOUND"))
    if "size limit exceeded" in answer:
        return Verdict.away("the file is longer than the scanner's StreamMaxLength")
    return Verdict.away("an answer that is not clamd's")


@contextmanager
def _connection() -> Iterator[socket.socket]:
    address = urlsplit(settings.CLAMD_URL)
    if address.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with connection:
            connection.settimeout(CONNECT_SECONDS)
            connection.connect(unquote(address.path))
            yield connection
        return
    with socket.create_connection((address.hostname, address.port or DEFAULT_PORT), CONNECT_SECONDS) as connection:
        yield connection


def _send(connection: socket.socket, file: BinaryIO) -> None:
    connection.settimeout(ANSWER_SECONDS)
    connection.sendall(b"zINSTREAM\0")
    while chunk := file.read(CHUNK_BYTES):
        connection.sendall(struct.pack("!L", len(chunk)) + chunk)
    connection.sendall(_END_OF_STREAM)


def _answer(connection: socket.socket) -> str:
    """What comes up to the closing zero; an answer without it may have been cut off, so it counts for nothing."""
    deadline = time.monotonic() + ANSWER_SECONDS
    answer = b""
    while not answer.endswith(b"\0"):
        connection.settimeout(max(deadline - time.monotonic(), 0.001))
        part = connection.recv(LONGEST_ANSWER)
        if not part or len(answer) > LONGEST_ANSWER:
            raise ScannerError("an answer that does not end")
        answer += part
    if b"\0" in answer[:-1]:
        raise ScannerError("more than one answer")
    return answer[:-1].decode(errors="replace").strip()
