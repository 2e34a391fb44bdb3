from __future__ import annotations

from django.db import connection

_CHAIN = 0x61756469  # "audi": one number for the one chain of this database


def chain_locked() -> bool:
    """Whether the end of the chain is ours until the transaction ends; False while another sealer has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_CHAIN])
        return bool(cursor.fetchone()[0])
