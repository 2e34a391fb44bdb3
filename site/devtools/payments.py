"""Stripe's simulator beside the demo, so that a newcomer pays without an account. STRIPE_SECRET_KEY keeps it off."""

from __future__ import annotations

import json
import os
import secrets
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from devtools.process import Child, Command, our_environment
from devtools.valkey import free_port
from integrations.stripe.addresses import SIMULATOR_KEY, WEBHOOK_PATH


@dataclass(frozen=True)
class Payments:
    """How the demo takes them. Empty where the environment names an account."""

    children: tuple[Child, ...] = ()
    address: str | None = None
    environment: dict[str, str] = field(default_factory=dict)
    """The variables under which our programs take payments by the simulator."""


@contextmanager
def simulator(folder: Path, base_url: str) -> Iterator[Payments]:
    """Have a simulator up that remembers yesterday's payments and tells the site at `base_url` of what happens.

    It is not waited for: nobody asks it before the site is up.
    """
    if os.environ.get("STRIPE_SECRET_KEY"):
        yield Payments()
        return
    home = folder / "stripe-simulator"
    known = _known(home)
    own = {"STRIPE_SECRET_KEY": str(known["key"]), "STRIPE_WEBHOOK_SECRETS": str(known["secret"])}
    argv = [sys.executable, "-m", "integrations.stripe.simulator", "--port", str(known["port"])]
    argv += ["--data", str(home / "objects.sqlite3"), "--webhook-url", f"{base_url}{WEBHOOK_PATH}"]
    log = folder / "logs" / "stripe-simulator.log"
    child = Child(Command(name="Stripe's simulator", argv=argv, log=log, env=our_environment(**own)))
    address = f"http://127.0.0.1:{known['port']}"
    try:
        yield Payments((child,), address, {**own, "STRIPE_API_BASE": address})
    finally:
        child.stop()


def _known(home: Path) -> dict[str, str | int]:
    """Its secrets and its port: the same every day, so that the page of an open session is found again."""
    path = home / "simulator.json"
    known: dict[str, str | int] = json.loads(path.read_text()) if path.exists() else {}
    if known and _is_free(int(known["port"])):
        return known
    fresh = {"key": SIMULATOR_KEY + secrets.token_hex(12), "secret": f"whsec_{secrets.token_hex(16)}"}
    known = {**fresh, **known, "port": free_port()}
    _write(path, known)
    return known


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _write(path: Path, known: dict[str, str | int]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps(known))
    unfinished.rename(path)
