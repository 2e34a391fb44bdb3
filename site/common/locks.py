"""How every row lock is taken. Each app's own locks.py says which rows it locks, and in what order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import OperationalError, connection
from django.db.models import Model, QuerySet
from psycopg import errors

from common.errors import Busy, NotFound

LOCK_TIMEOUT = "3s"

ModelT = TypeVar("ModelT", bound=Model)


def for_update(rows: QuerySet[ModelT], *, skip_locked: bool = False) -> QuerySet[ModelT]:
    """The rows, each held from when it is fetched to the transaction's end; rows that point at them can be written.

    The rows alone, not those that they are selected with. It waits as long as the transaction lets it: a first lock
    taken by `locked` or `locked_first` limits that for all that follow.
    """
    return rows.select_for_update(of=("self",), no_key=True, skip_locked=skip_locked)


def locked_first(rows: QuerySet[ModelT]) -> ModelT | None:
    """The first of the rows, held to the transaction's end; None where there is none.

    Raises `Busy` where somebody else holds it for longer than 3 s.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
    with busy_if_locked():
        return for_update(rows).first()


def locked(rows: QuerySet[ModelT], **key: object) -> ModelT:
    """The row of this key, held to the transaction's end. Raises `NotFound`, and `Busy` as `locked_first` does."""
    row = locked_first(rows.filter(**key))
    if row is None:
        raise NotFound
    return row


@contextmanager
def busy_if_locked() -> Iterator[None]:
    """A lock that was not free in time, or a deadlock that the database ended, is `Busy`.

    Around `transaction.atomic` it also answers for what else the transaction waits for.
    """
    try:
        yield
    except OperationalError as error:
        if isinstance(error.__cause__, errors.LockNotAvailable | errors.DeadlockDetected):
            raise Busy from error
        raise
