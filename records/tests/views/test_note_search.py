"""Searching one patient's notes: what the doctor may read there, and what is looked for stands nowhere afterwards."""

from __future__ import annotations

import logging

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from booking.tests.factories import bookable_doctor
from booking.tests.steps import user_of
from doctors.models import Doctor
from records.models import NoteVersion, VisitNote
from records.selectors import NoteSearch, notes_saying
from records.services import record_share
from records.tests.steps import amended, draft, signed, visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def note() -> VisitNote:
    return signed(plan="Two litres of Water a day")


@pytest.fixture
def doctor(note: VisitNote) -> Doctor:
    """To whom the record of `note` is open."""
    found = bookable_doctor()
    record_share(actor=user_of(note.patient), doctor_id=found.public_id)
    return found


def browser(doctor: Doctor) -> Client:
    client = Client()
    client.force_login(user_of(doctor), backend="accounts.backends.AccountBackend")
    return client


def found(doctor: Doctor, note: VisitNote, words: str) -> list[VisitNote]:
    return [one.note for one in notes_saying(user_of(doctor), note.patient, words).found]


@pytest.mark.parametrize("words", ["water", "WATER day", "litre", "drink water"])
def test_every_word_has_to_stand_there_whatever_its_capitals(doctor: Doctor, note: VisitNote, words: str) -> None:
    signed(visit(patient=note.patient), plan="Nothing of the kind", summary="Rest.")
    assert found(doctor, note, words) == [note]


@pytest.mark.parametrize("words", ["", "  ", "water whisky", "%", ".*"])
def test_what_stands_nowhere_is_not_found(doctor: Doctor, note: VisitNote, words: str) -> None:
    assert found(doctor, note, words) == []


def test_only_what_the_doctor_may_read_of_that_patient_is_searched(doctor: Doctor, note: VisitNote) -> None:
    draft(visit(patient=note.patient), plan="water in a draft")
    signed(plan="water of another patient")
    assert found(doctor, note, "water") == [note]
    assert notes_saying(user_of(bookable_doctor()), note.patient, "water") == NoteSearch()


def test_the_latest_version_counts_and_the_excerpt_is_from_it(doctor: Doctor, note: VisitNote) -> None:
    amended(note, plan="Tea is enough")
    assert found(doctor, note, "litres") == []
    [one] = notes_saying(user_of(doctor), note.patient, "tea").found
    assert "Tea is enough" in one.excerpt


def test_a_note_that_no_key_opens_is_passed_over(doctor: Doctor, note: VisitNote) -> None:
    other = signed(visit(patient=note.patient), plan="water too")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE records_noteversion SET payload = 'x' WHERE note_id = %s", [other.pk])
    assert NoteVersion.objects.count() == 2
    assert found(doctor, note, "water") == [note]


@pytest.mark.parametrize(
    "change",
    [
        "payload = (SELECT payload FROM records_noteversion ORDER BY id LIMIT 1)",
        "signed_at = signed_at + interval '1 second'",
        "signer_gmc_number = '7000000'",
    ],
)
def test_what_is_not_as_it_was_signed_is_passed_over(change: str) -> None:
    """Another patient's text above all."""
    signed(plan="water of another patient")
    one, other = signed(plan="water"), signed(plan="water")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE records_noteversion DISABLE TRIGGER records_keep_version")
        cursor.execute(f"UPDATE records_noteversion SET {change} WHERE note_id = %s", [one.pk])
        cursor.execute("ALTER TABLE records_noteversion ENABLE ALWAYS TRIGGER records_keep_version")
    assert notes_saying(user_of(one.doctor), one.patient, "water") == NoteSearch(passed_over=[one])
    assert found(other.doctor, other, "water") == [other]


def test_what_is_looked_for_stands_in_no_address_statement_log_or_event(
    doctor: Doctor, note: VisitNote, caplog: pytest.LogCaptureFixture
) -> None:
    client, path = browser(doctor), f"/patients/{note.patient.public_id}/notes/search/"
    with caplog.at_level(logging.DEBUG), CaptureQueriesContext(connection) as caught:
        answer = client.post(path, {"words": "canarysearched"})
    assert answer.status_code == 200
    assert "No note says that" in answer.content.decode()
    assert "canarysearched" not in caplog.text
    assert all("canarysearched" not in query["sql"] for query in caught.captured_queries)
    assert "canarysearched" not in repr(list(Event.objects.values()))
    assert Event.objects.get(action="note.searched").patient_id == note.patient.public_id
    assert "no-store" in answer["Cache-Control"]
    assert client.get(path).status_code == 405
    assert client.post(path, {"words": ""}).status_code == 422


def test_it_takes_the_same_statements_for_many(doctor: Doctor, note: VisitNote) -> None:
    counts = []
    # The account's roles are asked once.
    found(doctor, note, "water")
    for _ in range(2):
        signed(visit(patient=note.patient), plan="water too")
        with CaptureQueriesContext(connection) as caught:
            found(doctor, note, "water")
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_whoever_the_record_is_not_open_to_searches_nothing(note: VisitNote) -> None:
    path = f"/patients/{note.patient.public_id}/notes/search/"
    assert browser(bookable_doctor()).post(path, {"words": "water"}).status_code == 404
