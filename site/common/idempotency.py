"""Answering a repeated POST with what the first one came to."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from common.errors import Invalid
from common.models import IdempotencyRecord, PublicIdModel

MAX_KEY_LENGTH = 100

_CLAIM = """
    INSERT INTO common_idempotencyrecord (user_id, key, fingerprint, target, status, created_at)
    VALUES (%s, %s, %s, '', 0, now())
    ON CONFLICT (user_id, key) DO NOTHING
"""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a POST came to. `target` is `model:public id`; `repeated` says that an earlier POST did it."""

    target: str
    public_id: uuid.UUID
    status: HTTPStatus
    repeated: bool


def new_key() -> str:
    """A key for the hidden field `idempotency_key` of a form."""
    return uuid.uuid4().hex


def once(
    *,
    user: AbstractBaseUser,
    key: str | None,
    fingerprint: Mapping[str, object],
    run: Callable[[], PublicIdModel],
    status: HTTPStatus = HTTPStatus.CREATED,
) -> Outcome:
    """Do `run` at most once for this user's key, in one transaction with the record of it.

    `fingerprint` names the operation and everything that the request asked for. The same key with the same
    fingerprint gives the first outcome again; a concurrent twin waits for it. With another fingerprint it raises
    `Invalid` (`idempotency_key_reused`). Whatever `run` raises undoes the record too, so the key can be used again.
    Without a key it only runs.
    """
    if not key:
        return _outcome(_target(run()), status, repeated=False)
    if len(key) > MAX_KEY_LENGTH or "\x00" in key:
        raise Invalid("idempotency_key_invalid", f"An idempotency key has at most {MAX_KEY_LENGTH} characters.")
    # Keyed: what was asked for may hold a patient's own words, and a bare digest of those could be guessed.
    digest = salted_hmac(
        "idempotency", json.dumps(fingerprint, sort_keys=True, default=str), algorithm="sha256"
    ).hexdigest()
    with transaction.atomic():
        if not _claimed(user, key, digest):
            return _answered_before(user, key, digest)
        target = _target(run())
        IdempotencyRecord.objects.filter(user_id=user.pk, key=key).update(target=target, status=status)
    return _outcome(target, status, repeated=False)


def _claimed(user: AbstractBaseUser, key: str, digest: str) -> bool:
    """Whether the key is ours now. A twin's uncommitted row makes the database wait for how that ends."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [user.pk, key, digest])
        return cursor.rowcount == 1


def _answered_before(user: AbstractBaseUser, key: str, digest: str) -> Outcome:
    record = IdempotencyRecord.objects.get(user_id=user.pk, key=key)
    if record.fingerprint != digest:
        raise Invalid("idempotency_key_reused", "This key was used for another request. Send a new one.")
    return _outcome(record.target, HTTPStatus(record.status), repeated=True)


def _target(instance: PublicIdModel) -> str:
    return f"{instance._meta.label_lower}:{instance.public_id}"


def _outcome(target: str, status: HTTPStatus, *, repeated: bool) -> Outcome:
    public_id = uuid.UUID(target.rpartition(":")[2])
    return Outcome(target=target, public_id=public_id, status=status, repeated=repeated)
