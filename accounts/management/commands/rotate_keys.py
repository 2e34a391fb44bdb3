from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, models

from common.fields import EncryptedTextField, cipher

_BATCH = 500
# Where allauth keeps what `TwoStepAdapter` encrypts.
_SECRETS, _CODES = ("secret", "seed"), "migrated_codes"


class Command(BaseCommand):
    """Encrypts every stored text and every secret of two-step sign-in anew under the first of FIELD_ENCRYPTION_KEYS;
    afterwards the old keys can go.

    It may run beside the site and be run again: what somebody changes meanwhile is under the first key by then. It
    says how many of which column it wrote, and the rows of what no key opens, which it leaves; it fails where there
    are any. Drafts of bookings in sessions last for an hour: wait for that before an old key goes.
    """

    help = "Encrypt all stored texts anew with the first of FIELD_ENCRYPTION_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        unopened = 0
        results = [(f"{model._meta.label}.{field.name}", *_rotate(model, field)) for model, field in _columns()]
        for name, done, left in [*results, ("mfa.Authenticator.data", *_rotate_two_step())]:
            unopened += len(left)
            self.stdout.write(f"{name}: {done}")
            for key in left:
                self.stderr.write(f"No key opens {name} of row {key}.")
        if unopened:
            raise CommandError(f"{unopened} rows were left as they are. Keep all keys.")


def _columns() -> Iterator[tuple[type[models.Model], models.Field]]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            for field in model._meta.local_concrete_fields:
                if isinstance(field, EncryptedTextField):
                    yield model, field


def _rotate(model: type[models.Model], field: models.Field) -> tuple[int, list[int]]:
    names = (model._meta.db_table, field.column, model._meta.pk.column)
    table, column, key = (connection.ops.quote_name(str(name)) for name in names)
    page = f"SELECT {key}, {column} FROM {table} WHERE {key} > %s AND {column} <> '' ORDER BY {key} LIMIT {_BATCH}"  # noqa: S608
    write = f"UPDATE {table} SET {column} = %s WHERE {key} = %s AND {column} = %s"  # noqa: S608
    left: list[int] = []
    done = last = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(page, [last])
            rows = cursor.fetchall()
            for row, stored in rows:
                try:
                    # Only where nobody has written meanwhile.
                    cursor.execute(write, [_anew(stored), row, stored])
                    done += cursor.rowcount
                except InvalidToken:
                    left.append(row)
            if not rows:
                return done, left
            last = rows[-1][0]


def _anew(stored: str) -> str:
    return cipher().rotate(stored.encode()).decode()


def _rotate_two_step() -> tuple[int, list[int]]:
    left: list[int] = []
    done = 0
    for row, data in Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).values_list("pk", "data"):
        anew = dict(data)
        try:
            anew |= {name: _anew(data[name]) for name in _SECRETS if data.get(name)}
            if data.get(_CODES):
                anew[_CODES] = [_anew(code) for code in data[_CODES]]
        except InvalidToken:
            left.append(row)
            continue
        done += Authenticator.objects.filter(pk=row, data=data).update(data=anew)
    return done, left
