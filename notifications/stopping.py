"""The signed last part of the address that ends emails of one kind (RFC 8058): who, and what, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core import signing

from notifications.kinds import Kind

_SALT = "notifications.stop"


@dataclass(frozen=True)
class Stop:
    """`person` is an account's public id."""

    person: UUID
    kind: Kind


def make_stop_token(user: Any, kind: Kind) -> str:
    """It holds for as long as our secret does: an old email may still be unsubscribed from."""
    return signing.dumps([user.public_id.hex, kind.value], salt=_SALT)


def read_stop_token(token: str) -> Stop | None:
    """What we once signed; None for anything else."""
    try:
        person, kind = signing.loads(token, salt=_SALT)
        return Stop(UUID(person), Kind(kind))
    except (signing.BadSignature, ValueError, TypeError):
        return None
