"""Every text that the database holds encrypted, of all apps: for the commands that go through them."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db import connection, models
from django.db.models.functions import Cast

from common.fields import BOUND, EncryptedTextField, opened

_BATCH = 500


def encrypted_columns() -> Iterator[tuple[type[models.Model], models.Field]]:
    """Every model that has a table, with each of its encrypted fields."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            for field in model._meta.local_concrete_fields:
                if isinstance(field, EncryptedTextField):
                    yield model, field


def unbound_texts() -> int:
    """How many are bound to no row and column yet, as earlier versions wrote them; it opens none of them."""
    return sum(_unbound(model, field) for model, field in encrypted_columns())


def _unbound(model: type[models.Model], field: models.Field) -> int:
    table, column = connection.ops.quote_name(model._meta.db_table), connection.ops.quote_name(str(field.column))
    count = f"SELECT count(*) FROM {table} WHERE {column} <> '' AND NOT starts_with({column}, %s)"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(count, [BOUND])
        return int(cursor.fetchone()[0])


def unreadable_texts() -> Iterator[str]:
    """Those that cannot be read in their place: of what kind, the row's public id and the column."""
    for model, field in encrypted_columns():
        stored = model._default_manager.alias(stored=Cast(field.name, models.TextField())).filter(stored__gt="")
        for row in stored.only("pk", "public_id", field.name).order_by("pk").iterator(chunk_size=_BATCH):
            if opened(row, field.name) is None:
                yield f"{model._meta.verbose_name} {row.public_id}, {field.verbose_name}"  # type: ignore[attr-defined]
