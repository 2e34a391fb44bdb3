"""Where Stripe is, and how its keys look. Imports nothing, so that settings and tools may read it."""

from __future__ import annotations

import re

API_BASE = "https://api.stripe.com"
CHECKOUT_ORIGIN = "https://checkout.stripe.com"
# Where our own site takes Stripe's deliveries.
WEBHOOK_PATH = "/billing/stripe/webhook/"
# As the SDK knows it: a newer SDK is a change to be looked at (a test compares them).
API_VERSION = "2026-10-28.endive"

# How the simulator's keys begin; those of Stripe's never do.
SIMULATOR_KEY = "sk_simulator_"

_KEY = re.compile(r"(?:(?:sk|rk)_(?:live|test)|sk_simulator)_\w{8,}")
_SECRET = re.compile(r"whsec_\S{8,}")
_LOOPBACK = re.compile(r"http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?")


def is_key(key: str) -> bool:
    """Whether it has the shape of a secret key, or of a restricted one."""
    return bool(_KEY.fullmatch(key))


def is_live(key: str) -> bool:
    """Whether money moves with it."""
    return key.split("_")[1:2] == ["live"]


def is_simulators(key: str) -> bool:
    return key.startswith(SIMULATOR_KEY)


def is_webhook_secret(secret: str) -> bool:
    return bool(_SECRET.fullmatch(secret))


def is_simulator_base(base: str) -> bool:
    """Whether it is an address of this machine alone: a simulator is nowhere else."""
    return bool(_LOOPBACK.fullmatch(base))
