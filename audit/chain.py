"""What a seal digests. Pure: nothing here asks the database.

A form must never change, or every seal made in it would break: a new column of `Event` makes a new form, and a seal
says which one is its own. Form 1 knew no patient; form 2 names them, and itself in the seal.
"""

from __future__ import annotations

import json
from datetime import UTC
from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.models import Event, Seal

NOTHING_BEFORE = "0" * 64
WITHOUT_PATIENT, CURRENT_FORM = 1, 2
ID_LENGTH = 8
LEAF_LENGTH = ID_LENGTH + sha256().digest_size


def canonical(event: Event, form: int = CURRENT_FORM) -> bytes:
    """An event's columns as one JSON array, in this order, times in UTC to the microsecond."""
    columns: list[Any] = [
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
    # Sealed before there was the column, an event has nothing in it: whatever stands there has been added since.
    if form != WITHOUT_PATIENT or event.patient_id is not None:
        columns.append(event.patient_id and str(event.patient_id))
    return json.dumps(columns, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def leaf(event: Event, form: int = CURRENT_FORM) -> bytes:
    """The event's id and the digest of its columns."""
    return event.pk.to_bytes(ID_LENGTH, "big") + sha256(canonical(event, form)).digest()


def leaves_by_id(leaves: bytes | memoryview) -> dict[int, bytes]:
    """A seal's leaves by the id of their event."""
    return {int.from_bytes(one[:ID_LENGTH], "big"): one for one in _split(bytes(leaves))}


def _split(leaves: bytes) -> Iterator[bytes]:
    return (leaves[start : start + LEAF_LENGTH] for start in range(0, len(leaves), LEAF_LENGTH))


def digest_of(seal: Seal) -> str:
    """The digest over everything that a seal says and the seal before it."""
    head: list[Any] = [
        seal.previous_digest,
        seal.sequence,
        seal.epoch,
        seal.transaction_start,
        seal.transaction_limit,
        seal.count,
        seal.sealed_at.astimezone(UTC).isoformat(timespec="microseconds"),
    ]
    if seal.form != WITHOUT_PATIENT:
        head.append(seal.form)
    return sha256(json.dumps(head, separators=(",", ":")).encode() + b"\n" + bytes(seal.leaves)).hexdigest()
