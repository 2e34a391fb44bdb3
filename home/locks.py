from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from uuid import UUID

from django.db import connection

from common.locks import locked
from home.models import Enquiry

# The first four bytes of "publish" in ASCII: one number among PostgreSQL's advisory locks, for this task alone.
_PUBLISHING = 0x7075626C


@contextmanager
def sole_publisher() -> Iterator[bool]:
    """Whether nobody else publishes what was scheduled; nobody else can until the block ends.

    The lock is a transaction's, on a connection of its own beside those of what is published: behind PgBouncer each
    transaction may find another session, and a session's lock would stay with one that is somebody else's by then.
    """
    with closing(connection.copy()) as holder:
        holder.set_autocommit(False)
        with holder.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_PUBLISHING])
            (ours,) = cursor.fetchone()
        try:
            yield ours
        finally:
            holder.rollback()


def enquiry_locked(enquiry_id: UUID) -> Enquiry:
    """Held, so that one answer is noted. Raises `NotFound` and `Busy`."""
    return locked(Enquiry.objects.all(), public_id=enquiry_id)
