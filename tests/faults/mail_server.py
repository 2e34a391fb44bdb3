"""A real mail server of the tests, which speaks SMTP: it takes mail, refuses, hangs, or is a black hole."""

from __future__ import annotations

import asyncio
import email
import socket
from collections import defaultdict
from contextlib import ExitStack
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

SETTINGS = {
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "EMAIL_HOST": "127.0.0.1",
    "EMAIL_HOST_USER": "",
    "EMAIL_HOST_PASSWORD": "",
    "EMAIL_USE_TLS": False,
    "EMAIL_USE_SSL": False,
    # The product waits longer; the tests have no time for that.
    "EMAIL_TIMEOUT": 1,
}
WAITING_ROOM = 4


class Mailbox:
    def __init__(self, arrived: defaultdict[str, list[str]]) -> None:
        self._arrived = arrived
        self.reading = 0
        self.seconds = 0.0

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        message_id = email.message_from_bytes(content)["Message-ID"]
        self.reading += 1
        await asyncio.sleep(self.seconds)
        self._arrived[envelope.rcpt_tos[0]].append(message_id)
        return "250 OK"


class MailServer:
    """One address at a time, at which a server of ours is or is not what it should be."""

    def __init__(self) -> None:
        self.arrived: defaultdict[str, list[str]] = defaultdict(list)
        """By the address of the person, the Message-ID of each mail that the server said it has taken."""
        self.mailbox = Mailbox(self.arrived)
        """How many mails it has begun to read (`reading`), and how many `seconds` it thinks before it says yes."""
        self._running = ExitStack()
        self._port = _free_port()

    @property
    def settings(self) -> dict[str, Any]:
        return {**SETTINGS, "EMAIL_PORT": self._port}

    def take(self) -> None:
        """Take mail."""
        self.stop()
        controller = Controller(self.mailbox, hostname="127.0.0.1", port=self._port)
        controller.start()
        self._running.callback(controller.stop)

    def stop(self) -> None:
        """Nobody listens: the connection is refused."""
        self._running.close()

    def hang(self) -> None:
        """Take the connection, and say nothing for ever."""
        self.stop()
        self._listen(WAITING_ROOM * 10)

    def black_hole(self) -> None:
        """Answer not even the wish for a connection, as a firewall that drops packets."""
        self.stop()
        self._listen(0)
        for _ in range(WAITING_ROOM):
            waiting = self._running.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", self._port))

    def _listen(self, backlog: int) -> None:
        listener = self._running.enter_context(socket.socket())
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self._port))
        listener.listen(backlog)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port
