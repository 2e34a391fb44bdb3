"""What Stripe sends to us, once it is certain that Stripe has sent it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from hmac import new as keyed_hash
from typing import Any

from django.conf import settings

from integrations.stripe import addresses, reading
from integrations.stripe.errors import SignatureInvalid
from integrations.stripe.objects import Event

TOLERANCE = timedelta(minutes=5)
MAX_BYTES = 512 * 1024
MAX_HEADER = 4096


def event_from(payload: bytes, signature: str, *, now: datetime) -> Event:
    """The event of a delivery. `payload` is the raw body, `signature` the header Stripe-Signature.

    Raises `SignatureInvalid` for whatever is not signed with one of STRIPE_WEBHOOK_SECRETS within five minutes of
    `now`, before or after, is too large, is no event, or comes from the other mode (test or live) than our key.
    """
    if len(payload) > MAX_BYTES or len(signature) > MAX_HEADER:
        raise SignatureInvalid("too large")
    sent_at, signatures = _parts(signature)
    expected = [_signature(secret, sent_at, payload) for secret in settings.STRIPE_WEBHOOK_SECRETS]
    if not any(compare_digest(ours, theirs) for ours in expected for theirs in signatures):
        raise SignatureInvalid("wrong signature")
    if abs(now.timestamp() - int(sent_at)) > TOLERANCE.total_seconds():
        raise SignatureInvalid("too old, or from the future")
    event = _event(payload)
    if event.livemode != addresses.is_live(settings.STRIPE_SECRET_KEY):
        raise SignatureInvalid("from the other mode")
    return event


def _parts(header: str) -> tuple[str, list[bytes]]:
    """The time, as it is signed, and the signatures of the scheme that counts; v0 is for tests of Stripe's own."""
    pairs = [part.strip().partition("=") for part in header.split(",")]
    times = [value for name, _, value in pairs if name == "t"]
    signatures = [value.encode() for name, _, value in pairs if name == "v1"]
    if len(times) != 1 or not signatures or not (times[0].isascii() and times[0].isdigit() and len(times[0]) < 12):  # noqa: PLR2004
        raise SignatureInvalid("no signature")
    return times[0], signatures


def _signature(secret: str, sent_at: str, payload: bytes) -> bytes:
    return keyed_hash(secret.encode(), f"{sent_at}.".encode() + payload, sha256).hexdigest().encode()


def _event(payload: bytes) -> Event:
    try:
        found: Any = json.loads(payload)
        if found["object"] != "event":
            raise SignatureInvalid("no event")
        return reading.event(found)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, OverflowError, OSError):
        raise SignatureInvalid("no event") from None
