from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError, ValidationError
from django.core.validators import MaxLengthValidator
from django.db import connection, models
from django.test.utils import isolate_apps
from pytest_django import Settings

from common.fields import DecryptionError, EncryptedTextField

SECRET = "The patient's own words: £5, naïve"


@pytest.fixture
def note_model(db: None) -> Iterator[Any]:
    with isolate_apps("common"):

        class Note(models.Model):
            text = EncryptedTextField(blank=True, null=True, validators=[MaxLengthValidator(40)])

            class Meta:
                app_label = "common"

        with connection.schema_editor() as editor:
            editor.create_model(Note)
        yield Note


def stored(pk: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM common_note WHERE id = %s", [pk])
        return str(cursor.fetchone()[0])


def test_the_database_holds_ciphertext_and_we_read_the_words(note_model: Any) -> None:
    note = note_model.objects.create(text=SECRET)
    assert SECRET not in stored(note.pk)
    assert Fernet(_keys()[0]).decrypt(stored(note.pk)).decode() == SECRET
    assert note_model.objects.get().text == SECRET
    assert note_model.objects.values_list("text", flat=True).get() == SECRET


def test_the_same_words_never_look_the_same(note_model: Any) -> None:
    one, other = note_model.objects.create(text=SECRET), note_model.objects.create(text=SECRET)
    assert stored(one.pk) != stored(other.pk)


def test_an_update_and_a_bulk_insert_encrypt_too(note_model: Any) -> None:
    note = note_model.objects.bulk_create([note_model(text="first")])[0]
    assert "first" not in stored(note.pk)
    note_model.objects.update(text="second")
    assert "second" not in stored(note.pk)
    assert note_model.objects.get().text == "second"


@pytest.mark.parametrize("empty", ["", None])
def test_nothing_stays_nothing(note_model: Any, empty: str | None) -> None:
    note_model.objects.create(text=empty)
    assert note_model.objects.get().text == empty
    assert note_model.objects.filter(text__isnull=empty is None).exists()


def test_after_a_rotation_old_rows_open_and_new_ones_use_the_new_key(note_model: Any, settings: Settings) -> None:
    old = note_model.objects.create(text="old")
    new_key = Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [new_key, *_keys()]
    new = note_model.objects.create(text="new")
    assert note_model.objects.get(pk=old.pk).text == "old"
    assert Fernet(new_key).decrypt(stored(new.pk)) == b"new"


def test_a_wrong_key_raises_and_shows_nothing(note_model: Any, settings: Settings) -> None:
    note = note_model.objects.create(text=SECRET)
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(DecryptionError) as raised:
        note_model.objects.get()
    assert stored(note.pk) not in str(raised.value)


def test_a_failed_validation_poisons_nothing(note_model: Any) -> None:
    note_model.objects.create(text=SECRET)
    bad = note_model(text="x" * 41)
    with pytest.raises(ValidationError):
        bad.full_clean()
    assert bad.text == "x" * 41
    assert note_model.objects.get().text == SECRET


def test_ciphertext_cannot_be_compared(note_model: Any) -> None:
    for lookup in ("text", "text__contains", "text__in"):
        with pytest.raises(FieldError):
            note_model.objects.filter(**{lookup: "x"}).exists()


def _keys() -> list[str]:
    from django.conf import settings

    return list(settings.FIELD_ENCRYPTION_KEYS)
