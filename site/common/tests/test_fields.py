from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError, ValidationError
from django.core.serializers import serialize
from django.core.validators import MaxLengthValidator
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext, isolate_apps
from pytest_django import Settings

from common.fields import UNREADABLE, DecryptionError, EncryptedTextField, opened, opened_or_words, sealed

SECRET = "The patient's own words: £5, naïve"


@pytest.fixture
def note_model(db: None) -> Iterator[Any]:
    with isolate_apps("common"):

        class Note(models.Model):
            public_id = models.UUIDField(default=uuid.uuid4)
            text = EncryptedTextField(blank=True, null=True, validators=[MaxLengthValidator(40)])
            other = EncryptedTextField(blank=True, default="")

            class Meta:
                app_label = "common"

        with connection.schema_editor() as editor:
            editor.create_model(Note)
        yield Note


def stored(pk: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM common_note WHERE id = %s", [pk])
        return str(cursor.fetchone()[0])


def put(pk: int, value: str, *of: Any) -> None:
    """Behind the house's back: a value, or what a statement finds."""
    what = f"({value})" if of else "%s"
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE common_note SET text = {what} WHERE id = %s", [*(of or [value]), pk])


def test_the_database_holds_ciphertext_and_we_read_the_words(note_model: Any) -> None:
    note = note_model.objects.create(text=SECRET)
    assert SECRET not in stored(note.pk)
    place = f"common_note.text:{note.public_id}"
    assert Fernet(_keys()[0]).decrypt(stored(note.pk).removeprefix("1:")).decode() == f"{place}\0{SECRET}"
    assert note_model.objects.get().text == SECRET
    # Without its row nothing is opened, and nothing shown.
    assert str(note_model.objects.values_list("text", flat=True).get()) == "Sealed()"


def test_the_same_words_never_look_the_same(note_model: Any) -> None:
    one, other = note_model.objects.create(text=SECRET), note_model.objects.create(text=SECRET)
    assert stored(one.pk) != stored(other.pk)


def test_an_update_and_a_bulk_insert_encrypt_too(note_model: Any) -> None:
    note = note_model.objects.bulk_create([note_model(text="first")])[0]
    assert "first" not in stored(note.pk)
    with pytest.raises(TypeError), transaction.atomic():
        note_model.objects.update(text="second")
    note_model.objects.update(text=sealed(note, "text", "second"))
    assert "second" not in stored(note.pk)
    assert note_model.objects.get().text == "second"


def test_a_text_that_is_read_later_costs_one_statement_and_is_not_opened_before(note_model: Any) -> None:
    note_model.objects.create(text=SECRET)
    note = note_model.objects.defer("text").get()
    with CaptureQueriesContext(connection) as asked:
        assert note.text == SECRET
        assert note.text == SECRET
    assert len(asked) == 1


def test_a_text_opens_in_its_row_and_column_alone(note_model: Any) -> None:
    note, other = note_model.objects.create(text=SECRET), note_model.objects.create(text="theirs", other="beside it")
    put(note.pk, stored(other.pk))
    assert opened(note_model.objects.get(pk=note.pk), "text") is None
    put(other.pk, "SELECT other FROM common_note WHERE id = %s", other.pk)
    assert opened(note_model.objects.get(pk=other.pk), "text") is None
    # Nor where the mark is taken off, by which it would be one of before.
    put(note.pk, stored(other.pk).removeprefix("1:"))
    assert opened(note_model.objects.get(pk=note.pk), "text") is None


def test_what_was_written_before_opens_until_only_what_is_bound_does(note_model: Any, settings: Settings) -> None:
    note = note_model.objects.create()
    put(note.pk, Fernet(_keys()[0]).encrypt(SECRET.encode()).decode())
    settings.FIELD_ENCRYPTION_BOUND_ONLY = False
    assert note_model.objects.get(pk=note.pk).text == SECRET
    settings.FIELD_ENCRYPTION_BOUND_ONLY = True
    assert opened(note_model.objects.get(pk=note.pk), "text") is None


def test_what_cannot_be_read_stays_as_it_is_when_its_row_is_saved(note_model: Any) -> None:
    note = note_model.objects.create(text=SECRET)
    put(note.pk, spoilt := f"{stored(note.pk)[:-8]}AAAAAAAA")
    note = note_model.objects.get(pk=note.pk)
    assert opened_or_words(note, "text") == UNREADABLE
    note.other = "saved"
    note.save()
    assert stored(note.pk) == spoilt
    assert note_model.objects.get(pk=note.pk).other == "saved"
    note.text = "anew"
    note.save()
    assert note_model.objects.get(pk=note.pk).text == "anew"


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
    assert Fernet(new_key).decrypt(stored(new.pk).removeprefix("1:")).endswith(b"\0new")


def test_a_wrong_key_raises_and_shows_nothing(
    note_model: Any, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    note = note_model.objects.create(text=SECRET)
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    note = note_model.objects.get()
    assert opened(note, "text") is None
    assert not caplog.messages, "who has asked shows it"
    with pytest.raises(DecryptionError) as raised:
        str(note.text)
    assert stored(note.pk) not in str(raised.value)
    assert caplog.messages == [str(raised.value)]


def test_no_file_of_fixtures_is_written_of_a_text_nor_one_from_it(note_model: Any) -> None:
    empty = note_model.objects.create()
    assert json.loads(serialize("json", [empty]))[0]["fields"]["other"] == ""
    with pytest.raises(TypeError, match="pg_dump"):
        serialize("json", [note_model.objects.create(text=SECRET)])
    with pytest.raises(TypeError, match="loaddata"):
        note_model(text=SECRET).save_base(raw=True)


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
