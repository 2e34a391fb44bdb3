from __future__ import annotations

from typing import Any

from accounts.models import User
from common.permissions import grant, revoke
from records.locks import health_record_locked
from records.models import RecordShare
from records.shareable import shareable_of


def reading_settle(*, kind: str, thing: Any, reader: User) -> None:
    """Let a person read one thing for as long as a share or another reason gives, and no longer.

    Inside the transaction of a service that has changed one of the two. It holds the health record, and reads the thing
    anew behind that: what ends both at once leaves no right behind.
    """
    one = shareable_of(kind)
    health_record_locked(thing.patient)
    thing = one.rows.get(pk=thing.pk)
    standing = RecordShare.objects.filter(
        kind=kind, object_id=thing.public_id, doctor__user=reader, ended_at__isnull=True
    )
    ends = [end for end in (*standing.values_list("expires_at", flat=True), one.other_end(thing, reader)) if end]
    if ends:
        grant(reader, one.codename, thing, expires_at=max(ends))
    else:
        revoke(reader, one.codename, thing)
