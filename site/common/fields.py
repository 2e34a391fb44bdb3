from __future__ import annotations

import logging
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus
from typing import Any, cast

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from common.errors import DomainError

logger = logging.getLogger(__name__)

# A stored value that is bound to its place begins so; one of before begins as every Fernet token does ("gAAAA").
BOUND = "1:"
_PLACE_ENDS = "\0"
# What a page says in place of a text that `opened` finds to be none.
UNREADABLE = "This cannot be read any more. Tell whoever runs this site."


class DecryptionError(DomainError):
    """A stored value that none of FIELD_ENCRYPTION_KEYS opens, or that belongs elsewhere; it never carries the value.

    Who shows a text asks `opened` for it; where nobody has, the page says this instead of failing without a word, and
    the log has a line of it, whoever answers it.
    """

    status = HTTPStatus.CONFLICT

    def __init__(self, where: str) -> None:
        message = "Something that belongs here cannot be read any more. Tell whoever runs this site."
        super().__init__("unreadable", message)
        self.where = where

    def __str__(self) -> str:
        return f"Nothing opens a stored value of {self.where} in its place"


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def cipher() -> MultiFernet:
    """Encrypts with the first of FIELD_ENCRYPTION_KEYS and opens with any, so that keys can be rotated."""
    return _cipher(tuple(settings.FIELD_ENCRYPTION_KEYS))


@dataclass(frozen=True, slots=True)
class Sealed:
    """A text as the database holds it; which row it opens in is known where the row is."""

    stored: str = field(repr=False)


def sealed(row: models.Model, column: str, text: str) -> Sealed:
    """A text for one encrypted column of one row, for `update()`, which does not know the row by itself."""
    return Sealed(stored_for(place_of(row, column), text))


def place_of(row: models.Model, column: str) -> str:
    """Where alone a text may be read: table, column and the row's public id."""
    field = cast("models.Field[Any, Any]", row._meta.get_field(column))
    return place_named(row._meta.db_table, str(field.column), row.public_id)  # type: ignore[attr-defined]


def place_named(table: str, column: str, public_id: object) -> str:
    """As `place_of`, by the names that the database has for them."""
    return f"{table}.{column}:{public_id}"


def stored_for(place: str, text: str) -> str:
    """What the database is to hold of a text; nothing stays nothing."""
    return BOUND + cipher().encrypt(f"{place}{_PLACE_ENDS}{text}".encode()).decode() if text else text


def text_in(place: str, stored: str, key: Fernet | MultiFernet | None = None) -> str:
    """What a stored value says in its place, opened with `key` alone where one is given.

    A value of before places were written beside the text opens anywhere, unless FIELD_ENCRYPTION_BOUND_ONLY. Raises
    `DecryptionError`.
    """
    is_bound = stored.startswith(BOUND)
    try:
        written = (key or cipher()).decrypt(stored.removeprefix(BOUND).encode()).decode()
    except (InvalidToken, UnicodeError) as error:
        raise DecryptionError(place) from error
    where, ends, text = written.partition(_PLACE_ENDS)
    if is_bound and ends and where == place:
        return text
    # Nobody can type the character that ends a place, so without its mark a bound value is not taken for an old one.
    if is_bound or ends or settings.FIELD_ENCRYPTION_BOUND_ONLY:
        raise DecryptionError(place)
    return written


def opened(row: models.Model, column: str) -> str | None:
    """What one encrypted column of a row says, or None where it cannot be read: the one piece that asks so.

    A value that no key opens, that was changed, or that belongs to another row or column.
    """
    try:
        return str(_text_of(row, column) or "")
    except DecryptionError:
        return None


def opened_or_words(row: models.Model, column: str) -> str:
    """As `opened`, for whoever reads it: in place of what cannot be read it says that, and whom to tell."""
    text = opened(row, column)
    return UNREADABLE if text is None else text


def _text_of(row: models.Model, name: str) -> Any:
    values = vars(row)
    if name not in values:
        kept = type(row)._base_manager.filter(pk=row.pk)  # noqa: SLF001 - as Django reads a deferred field
        values[name] = kept.values_list(name, flat=True).get()
    if isinstance(values[name], Sealed):
        values[name] = text_in(place_of(row, name), values[name].stored)
    return values[name]


class _Opening(DeferredAttribute):
    """The text of a row, opened when it is asked for: one that is spoilt ends nothing but what shows it."""

    def __get__(self, instance: models.Model | None, cls: Any = None) -> Any:
        if instance is None:
            return self
        try:
            return _text_of(instance, self.field.attname)
        except DecryptionError as error:
            logger.error("%s", error)  # noqa: TRY400 - where it was asked for says nothing
            raise

    def __set__(self, instance: models.Model, value: Any) -> None:
        vars(instance)[self.field.attname] = value


class EncryptedTextField(models.TextField):
    """Text that the database holds encrypted, for a model with a public id. It cannot be searched or compared there.

    What is written is bound to its row and column (decision 0038): copied elsewhere it does not open. Raises
    `DecryptionError` where the text of a row is asked for and cannot be read, rather than handing ciphertext to a page.
    `values()` give what is `Sealed`.
    """

    descriptor_class = _Opening

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001 - Django calls it so
        """What cannot be read stays as it is stored, whatever else of its row is saved."""
        value = vars(model_instance).get(self.attname)
        if isinstance(value, Sealed) and (not add and opened(model_instance, self.attname) is None):
            return value
        text = getattr(model_instance, self.attname)
        return sealed(model_instance, self.name, self.to_python(text)) if text else text

    def get_prep_value(self, value: Any) -> Any:
        """A bare text has no place: raises `TypeError` for what is neither empty nor `sealed`."""
        if isinstance(value, Sealed):
            return value.stored
        if isinstance(value, str) and value:
            does = "save the row, or use common.fields.sealed(); loaddata cannot write it, pg_restore can"
            raise TypeError(f"{self.name} is bound to its row: {does}")
        return super().get_prep_value(value)

    def value_to_string(self, obj: models.Model) -> str:
        """For `dumpdata`, whose file would have the text in clear: raises `TypeError` where there is one."""
        if self.value_from_object(obj):
            raise TypeError(f"{self.name} is kept encrypted, and is written to no file: use pg_dump")
        return ""

    def from_db_value(self, value: str | None, *_: Any) -> Sealed | str | None:
        return Sealed(value) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        """Only emptiness can be asked of ciphertext."""
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None
