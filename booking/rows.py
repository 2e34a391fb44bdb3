"""Model instances from SQL of ours, for what booking a time reads and locks.

That path has to stay within two and a half times a bare insert (quality.md), and there composing the queries took
Django several times as long as PostgreSQL took to answer them. Everything else goes through querysets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

ModelT = TypeVar("ModelT", bound=Model)


@lru_cache
def columns(model: type[Model], table: str) -> str:
    """All columns of a model in the order of its fields, of the table that the query calls `table`."""
    return ", ".join(f'{table}."{field.column}"' for field in model._meta.concrete_fields)


def fetch(sql: str, parameters: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


@lru_cache
def _names(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


@lru_cache
def _readings(model: type[Model]) -> list[tuple[int, Callable[..., Any]]]:
    """How the columns are read that Django would not hand over as they are, such as encrypted ones."""
    fields = enumerate(model._meta.concrete_fields)
    return [(at, field.from_db_value) for at, field in fields if hasattr(field, "from_db_value")]


class Reader:
    """Takes a row apart from left to right, into instances and plain values."""

    def __init__(self, row: Sequence[Any]) -> None:
        self._row = row
        self._at = 0

    def value(self) -> Any:
        self._at += 1
        return self._row[self._at - 1]

    def instance(self, model: type[ModelT]) -> ModelT | None:
        """The next columns as `columns` named them; None where an outer join found nothing."""
        names = _names(model)
        values = list(self._row[self._at : self._at + len(names)])
        self._at += len(names)
        if values[0] is None:
            return None
        for at, read in _readings(model):
            values[at] = read(values[at], None, connection)
        return model.from_db(connection.alias, names, values)
