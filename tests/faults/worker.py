"""A worker in a process of its own that dies by kill -9 at the step that a test names.

`python -m tests.faults.worker` reads a line of JSON a piece of work, does each in a child, and prints how that ended:
0, or -9. Django is started once, and before any connection is open.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

# Where a worker may die: the function behind which it does, as its caller knows it.
STEPS = {
    "session made": ("billing.services.start", "_asked"),
    "leased": ("billing.services.sync", "_lease_taken"),
    "fetched": ("billing.services.sync", "_fetched"),
    "applied": ("billing.services.sync", "_take_over"),
    "committed": ("billing.services.sync", "_apply"),
    "refund claimed": ("billing.services.refund_send", "_claimed"),
    "refund made": ("billing.services.refund_send", "_asked"),
    "refund applied": ("billing.services.refund_send", "refund_take_over"),
    "refund committed": ("billing.services.refund_send", "_sent"),
    "message claimed": ("notifications.services.deliver", "message_claim"),
    # What smtplib calls between the server's "go ahead" and the first letter of the mail.
    "message in DATA": ("smtplib", "_quote_periods"),
    "message taken": ("integrations.mail", "send"),
    "message marked": ("notifications.services.deliver", "_mark"),
}


class Worker:
    """The test's end of it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.settings: dict[str, Any] = {}
        """Over those of its environment."""

    def share(self, settings: Any) -> None:
        """Let it use the simulator of the test whose settings these are."""
        names = ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRETS", "STRIPE_API_BASE", "PAYMENT_PROVIDER")
        self.settings = {name: getattr(settings, name) for name in names}

    def do(self, name: str, *, dies: str = "", **arguments: Any) -> int:
        """Call a function by its full name; 0, or -9 where the worker came to the step at which it `dies`."""
        assert self._process.stdin
        assert self._process.stdout
        order = {"settings": self.settings, "name": name, "dies": dies, "arguments": arguments}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@contextmanager
def working(environment: Mapping[str, str]) -> Iterator[Worker]:
    """A worker for the length of the block."""
    argv = [sys.executable, "-m", "tests.faults.worker"]
    pipe = subprocess.PIPE
    with subprocess.Popen(argv, env=dict(environment), stdin=pipe, stdout=pipe, text=True) as process:
        try:
            yield Worker(process)
        finally:
            assert process.stdin
            process.stdin.close()


def _wound(step: str) -> None:
    module, name = STEPS[step]
    owner = importlib.import_module(module)
    original: Callable[..., Any] = getattr(owner, name)

    def deadly(*args: Any, **more: Any) -> None:
        original(*args, **more)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, name, deadly)


def _do(order: Mapping[str, Any]) -> None:
    from django.conf import settings

    for name, value in order["settings"].items():
        setattr(settings, name, value)
    if order["dies"]:
        _wound(order["dies"])
    module, _, name = order["name"].rpartition(".")
    getattr(importlib.import_module(module), name)(**order["arguments"])


def begin(appointment_id: int) -> None:
    """Begin to pay for an appointment, as its patient."""
    from billing.services import payment_start
    from booking.models import Appointment

    appointment = Appointment.objects.select_related("booked_by").get(pk=appointment_id)
    payment_start(actor=appointment.booked_by, appointment_id=appointment.public_id)


def tell(email: str) -> None:
    """Queue a message to an address."""
    from common import clock
    from notifications.services import Outgoing, messages_queue
    from notifications.tests.factories import FACTS

    told = Outgoing(kind="appointment_booked", email=email, facts=FACTS, dedupe_key=f"told:{email}")
    messages_queue(messages=[told], now=clock.now())


def deliver(payload: str, signature: str) -> None:
    """Take in one delivery of Stripe's."""
    from billing.services import event_receive
    from common import clock
    from integrations.stripe.webhooks import event_from

    event_receive(event=event_from(payload.encode(), signature, now=clock.now()))


def main() -> None:
    import django

    django.setup()
    # What each child would else load by itself.
    for name in ("billing.tasks", "medconsult.urls", "celery.app.amqp", "kombu.transport.redis", "billing.tests.steps"):
        importlib.import_module(name)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            status = 1
            try:
                _do(json.loads(line))
                status = 0
            except Exception:  # noqa: BLE001 - the test is told by the status, whoever reads its output by this
                traceback.print_exc()
            finally:
                os._exit(status)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
