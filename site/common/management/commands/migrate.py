from __future__ import annotations

from typing import Any

from django.core.management.commands.migrate import Command as Migrate
from django.db import connections

# Of our own choosing, and of one database: whoever else locks by numbers has other ones.
_LOCK = 0x6D656463_6D696772


class Command(Migrate):
    """Django's own, by one at a time: two containers that start together would make the same tables."""

    def handle(self, *args: Any, **options: Any) -> None:
        with connections[options["database"]].cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
            if not cursor.fetchone()[0]:
                self.stdout.write("Somebody else is migrating this database: waiting for them to end.")
                cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
            try:
                super().handle(*args, **options)
            finally:
                connections[options["database"]].ensure_connection()
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
