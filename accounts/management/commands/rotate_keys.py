from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, models
from django.db.models import QuerySet

from common.fields import DecryptionError, cipher, place_named, stored_for, text_in
from common.stored_texts import encrypted_columns

_BATCH = 500
# Where allauth keeps what `TwoStepAdapter` encrypts.
_SECRETS, _CODES = ("secret", "seed"), "migrated_codes"
_TWO_STEP = "mfa.Authenticator.data"


class Command(BaseCommand):
    """Encrypts every stored text and every secret of two-step sign-in anew under the first of FIELD_ENCRYPTION_KEYS;
    afterwards the old keys can go. It also binds every text of before that opens anywhere to its row and column, after
    which FIELD_ENCRYPTION_BOUND_ONLY may be set.

    It may run beside the site and be run again: what somebody changes meanwhile it leaves to them. It says how many of
    which column it wrote. Then it opens everything with the first key alone, names the rows where that fails, and fails
    where there are any: no key opens them, or a process that still runs with the former list of keys has written them
    meanwhile. Restart every process with the new list first. Drafts of bookings in sessions last for an hour: wait for
    that before an old key goes.
    """

    help = "Encrypt all stored texts anew with the first of FIELD_ENCRYPTION_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        columns = list(encrypted_columns())
        for model, field in columns:
            self.stdout.write(f"{_name(model, field)}: {_rotate(model, field)}")
        self.stdout.write(f"{_TWO_STEP}: {_rotate_two_step()}")
        first = Fernet(settings.FIELD_ENCRYPTION_KEYS[0])
        left = [(_name(model, field), row) for model, field in columns for row in _left(model, field, first)]
        left += [(_TWO_STEP, row) for row in _left_of_two_step(first)]
        for name, row in left:
            self.stderr.write(f"The first key does not open {name} of row {row}.")
        if left:
            message = "were left as they are: no key opens them, or they were changed meanwhile. Keep all keys."
            raise CommandError(f"{len(left)} rows {message} Run it again.")


def _name(model: type[models.Model], field: models.Field) -> str:
    return f"{model._meta.label}.{field.name}"


def _names(model: type[models.Model], field: models.Field) -> list[str]:
    names = (model._meta.db_table, field.column, model._meta.pk.column, "public_id")
    return [connection.ops.quote_name(str(name)) for name in names]


def _stored(model: type[models.Model], field: models.Field) -> Iterator[tuple[int, str, str]]:
    """Every row that has a value: its key, where the value belongs, and the value as it is stored."""
    table, column, key, public = _names(model, field)
    page = (
        f"SELECT {key}, {public}, {column} FROM {table} WHERE {key} > %s AND {column} <> '' "  # noqa: S608
        f"ORDER BY {key} LIMIT {_BATCH}"
    )
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(page, [last])
            rows = cursor.fetchall()
        for row, public_id, stored in rows:
            yield row, place_named(model._meta.db_table, str(field.column), public_id), stored
        if not rows:
            return
        last = rows[-1][0]


def _rotate(model: type[models.Model], field: models.Field) -> int:
    table, column, key, _ = _names(model, field)
    write = f"UPDATE {table} SET {column} = %s WHERE {key} = %s AND {column} = %s"  # noqa: S608
    done = 0
    for row, place, stored in _stored(model, field):
        with suppress(DecryptionError), connection.cursor() as cursor:
            # Only where nobody has written meanwhile.
            cursor.execute(write, [_bound_anew(place, stored), row, stored])
            done += cursor.rowcount
    return done


def _bound_anew(place: str, stored: str) -> str:
    return stored_for(place, text_in(place, stored))


def _left(model: type[models.Model], field: models.Field, first: Fernet) -> list[int]:
    return [row for row, place, stored in _stored(model, field) if not _reads(place, stored, first)]


def _reads(place: str, stored: str, key: Fernet) -> bool:
    try:
        text_in(place, stored, key)
    except DecryptionError:
        return False
    return True


def _opens(key: Fernet, stored: str) -> bool:
    try:
        key.decrypt(stored.encode())
    except InvalidToken:
        return False
    return True


def _anew(stored: str) -> str:
    return cipher().rotate(stored.encode()).decode()


def _stored_two_step() -> QuerySet[Authenticator, tuple[int, Any]]:
    return Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).values_list("pk", "data")


def _rotate_two_step() -> int:
    done = 0
    for row, data in _stored_two_step():
        anew = dict(data)
        with suppress(InvalidToken):
            anew |= {name: _anew(data[name]) for name in _SECRETS if data.get(name)}
            if data.get(_CODES):
                anew[_CODES] = [_anew(code) for code in data[_CODES]]
            done += Authenticator.objects.filter(pk=row, data=data).update(data=anew)
    return done


def _left_of_two_step(first: Fernet) -> list[int]:
    left = []
    for row, data in _stored_two_step():
        secrets = [*(data.get(name) for name in _SECRETS), *(data.get(_CODES) or ())]
        if not all(_opens(first, secret) for secret in secrets if secret):
            left.append(row)
    return left
