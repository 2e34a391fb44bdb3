from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cryptography.fernet import InvalidToken
from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, models

from common.fields import EncryptedTextField, cipher

_BATCH = 500


class Command(BaseCommand):
    """Encrypts every stored text anew under the first of FIELD_ENCRYPTION_KEYS; afterwards the old keys can go.

    It may run beside the site and be run again: a text that somebody changes meanwhile is theirs, and is under the
    first key by then. It says how many of which column, and of what no key opens, which it leaves, the rows; it fails
    where there are any.
    """

    help = "Encrypt all stored texts anew with the first of FIELD_ENCRYPTION_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        unopened = 0
        for model, field in _columns():
            done, left = _rotate(model, field)
            unopened += len(left)
            self.stdout.write(f"{model._meta.label}.{field.name}: {done}")
            for key in left:
                self.stderr.write(f"No key opens {model._meta.label}.{field.name} of row {key}.")
        if unopened:
            raise CommandError(f"{unopened} texts were left as they are. Keep all keys.")


def _columns() -> Iterator[tuple[type[models.Model], models.Field]]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            for field in model._meta.local_concrete_fields:
                if isinstance(field, EncryptedTextField):
                    yield model, field


def _rotate(model: type[models.Model], field: models.Field) -> tuple[int, list[int]]:
    quote = connection.ops.quote_name
    table, column, key = quote(model._meta.db_table), quote(field.column), quote(model._meta.pk.column)
    page = f"SELECT {key}, {column} FROM {table} WHERE {key} > %s AND {column} <> '' ORDER BY {key} LIMIT {_BATCH}"  # noqa: S608
    write = f"UPDATE {table} SET {column} = %s WHERE {key} = %s AND {column} = %s"  # noqa: S608
    done, left, last = 0, [], 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(page, [last])
            rows = cursor.fetchall()
            if not rows:
                return done, left
            for last, stored in rows:
                try:
                    anew = cipher().rotate(stored.encode()).decode()
                except InvalidToken:
                    left.append(last)
                    continue
                # Only where nobody has written meanwhile.
                cursor.execute(write, [anew, last, stored])
                done += cursor.rowcount
