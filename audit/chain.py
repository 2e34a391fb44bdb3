"""What a seal digests. Pure: nothing here asks the database.

The form of a row must never change, or every seal before the change would break: a new column of `Event` gets a
second form beside this one, chosen by the seal.
"""

from __future__ import annotations

import json
from datetime import UTC
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.models import Event, Seal

NOTHING_BEFORE = "0" * 64
ID_LENGTH = 8
LEAF_LENGTH = ID_LENGTH + sha256().digest_size


def canonical(event: Event) -> bytes:
    """An event's columns as one JSON array, in this order, times in UTC to the microsecond."""
    columns = [
        event.pk,
        event.epoch,
        event.transaction_id,
        event.occurred_at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.action,
        event.actor_id and str(event.actor_id),
        event.on_behalf_of_id and str(event.on_behalf_of_id),
        event.object_type,
        event.object_id,
        event.request_id,
        event.address,
        event.data,
    ]
    return json.dumps(columns, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def leaf(event: Event) -> bytes:
    """The event's id and the digest of its columns."""
    return event.pk.to_bytes(ID_LENGTH, "big") + sha256(canonical(event)).digest()


def leaves_by_id(leaves: bytes | memoryview) -> dict[int, bytes]:
    """A seal's leaves by the id of their event."""
    return {int.from_bytes(one[:ID_LENGTH], "big"): one for one in _split(bytes(leaves))}


def _split(leaves: bytes) -> Iterator[bytes]:
    return (leaves[start : start + LEAF_LENGTH] for start in range(0, len(leaves), LEAF_LENGTH))


def digest_of(seal: Seal) -> str:
    """The digest over everything that a seal says and the seal before it."""
    head = [
        seal.previous_digest,
        seal.sequence,
        seal.epoch,
        seal.transaction_start,
        seal.transaction_limit,
        seal.count,
        seal.sealed_at.astimezone(UTC).isoformat(timespec="microseconds"),
    ]
    return sha256(json.dumps(head, separators=(",", ":")).encode() + b"\n" + bytes(seal.leaves)).hexdigest()
