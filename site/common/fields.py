from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, TypeVar

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models
from django.db.models.functions import Cast

ModelT = TypeVar("ModelT", bound=models.Model)


class DecryptionError(Exception):
    """A stored value that none of FIELD_ENCRYPTION_KEYS opens; the message never carries the value."""


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def cipher() -> MultiFernet:
    """Encrypts with the first of FIELD_ENCRYPTION_KEYS and opens with any, so that keys can be rotated."""
    return _cipher(tuple(settings.FIELD_ENCRYPTION_KEYS))


class EncryptedTextField(models.TextField):
    """Text that the database holds encrypted. It cannot be searched or compared there.

    Raises `DecryptionError` on reading what no key opens, rather than handing ciphertext to a page.
    """

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return cipher().encrypt(text.encode()).decode() if text else text

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        if not value:
            return value
        try:
            return cipher().decrypt(value.encode()).decode()
        except InvalidToken as error:
            raise DecryptionError(f"No key opens a stored value of {self.model.__name__}.{self.name}") from error

    def get_lookup(self, lookup_name: str) -> Any:
        """Only emptiness can be asked of ciphertext."""
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None


def each_opened(rows: models.QuerySet[ModelT], column: str) -> Iterator[ModelT]:
    """The rows with one encrypted column of theirs, which is empty where no key opens it; one statement.

    As the field reads them, one that is spoilt would end it for all.
    """
    for row in rows.defer(column).annotate(stored_text=Cast(column, models.TextField())):
        stored = vars(row).pop("stored_text")
        try:
            setattr(row, column, cipher().decrypt(stored.encode()).decode())
        except InvalidToken:
            setattr(row, column, "")
        yield row
