"""A small virus scanner for the demo and the tests: clamd's protocol, and one virus, the EICAR sample.

It is no protection: a real installation names a real clamd in CLAMD_URL. Started by file name as a process of its own:
`python scanner.py SOCKET`. Like clamd it takes `zPING`, `zVERSION` and `zINSTREAM` with chunks of at most
STREAM_MAX_BYTES altogether.
"""

from __future__ import annotations

import contextlib
import socket
import socketserver
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from devtools.process import Child

STREAM_MAX_BYTES = 25 * 1024 * 1024
START_SECONDS = 10
LONGEST_COMMAND = 64
VERSION = "MedConsult demo scanner, which knows the EICAR sample only"
SIGNATURE = "Eicar-Test-Signature"
# In two parts: whole it would make a scanner on this machine take this file for the virus.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class ScannerError(Exception):
    """The scanner does not start; the text says why, for a person to read."""


class TooLongError(Exception):
    """The stream is longer than STREAM_MAX_BYTES."""


class Conversation(socketserver.StreamRequestHandler):
    """One connection, one command, one answer; both end with a zero byte."""

    timeout = 60

    def handle(self) -> None:
        with contextlib.suppress(OSError):
            self.wfile.write(self._answer(self._command()).encode() + b"\0")

    def _command(self) -> str:
        command = b""
        while len(command) < LONGEST_COMMAND and (byte := self.rfile.read(1)) not in {b"", b"\0"}:
            command += byte
        return command.decode(errors="replace")

    def _answer(self, command: str) -> str:
        answers: dict[str, Callable[[], str]] = {
            "zPING": lambda: "PONG",
            "zVERSION": lambda: VERSION,
            "zINSTREAM": self._scanned,
        }
        return answers.get(command, lambda: "UNKNOWN COMMAND")()

    def _scanned(self) -> str:
        try:
            infected = EICAR in self._stream()
        except TooLongError:
            return "INSTREAM size limit exceeded. ERROR"
        return f"stream: {SIGNATURE} FOUND" if infected else "stream: OK"

    def _stream(self) -> bytearray:
        stream = bytearray()
        while length := struct.unpack("!L", self._exactly(4))[0]:
            if len(stream) + length > STREAM_MAX_BYTES:
                raise TooLongError
            stream += self._exactly(length)
        return stream

    def _exactly(self, length: int) -> bytes:
        content = self.rfile.read(length)
        if len(content) < length:
            raise ConnectionAbortedError
        return content


class Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


def address(path: Path) -> str:
    """The socket as `CLAMD_URL` takes it."""
    return f"unix://{quote(str(path))}"


def start(path: Path, log: Path) -> Child:
    """Start a scanner that listens on the socket `path`, and wait until it does. Raises `ScannerError`."""
    from devtools.process import Child, Command

    path.unlink(missing_ok=True)
    child = Child(Command(name="Virus scanner", argv=[sys.executable, "-I", "-S", __file__, str(path)], log=log))
    deadline = time.monotonic() + START_SECONDS
    while child.poll() is None and time.monotonic() < deadline:
        if _listens(path):
            return child
        time.sleep(0.01)
    child.stop()
    raise ScannerError(f"The demo's virus scanner does not start. The end of its log:\n{child.tail()}")


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        return probe.connect_ex(str(path)) == 0


if __name__ == "__main__":
    with Server(sys.argv[1], Conversation) as server:
        server.serve_forever()
