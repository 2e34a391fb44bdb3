"""A record at a glance: what its patient and a doctor to whom it is open see of it together."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Patient, User
from audit.models import Event
from booking.tests.factories import bookable_doctor
from booking.tests.steps import user_of
from booking.tests.views.pages import text_of
from common import clock
from records.tests.document_steps import added
from records.tests.prescribing import allergic, rx_draft, rx_signed
from records.tests.steps import draft, signed, visit

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.backends.AccountBackend")
    return client


@pytest.fixture
def patient() -> Patient:
    """With a note, a prescription, a document and an allergy, and a draft of each kind that nobody else reads."""
    seen = visit()
    signed(seen)
    rx_signed(visit(seen.doctor, seen.patient))
    added(seen.patient, title="Blood test")
    allergic(seen.patient, "Penicillin", "a rash")
    draft(visit(seen.doctor, seen.patient), plan="Secret plan")
    rx_draft(visit(seen.doctor, seen.patient), {"drug": "Secretol"})
    found: Patient = seen.patient
    return found


def test_the_patient_finds_it_all_on_one_page_the_latest_first(patient: Patient) -> None:
    page = browser(user_of(patient)).get("/health-record/")
    text = text_of(page)
    for said in ("Amoxicillin 500 mg capsules", "Penicillin", "a rash", "Blood test", "Visit note", "Prescription"):
        assert said in text
    assert "Secret" not in text
    assert [entry.kind for entry in page.context["overview"].timeline] == ["document", "prescription", "note"]


def test_what_is_not_released_yet_does_not_stand_in_it() -> None:
    tomorrow = clock.clinic_day(clock.now()) + timedelta(days=2)
    note = signed(release_on=tomorrow)
    page = browser(user_of(note.patient)).get("/health-record/")
    assert page.context["overview"].timeline == []
    assert "Nothing here yet" in text_of(page)


def test_a_doctor_who_sees_the_patient_reads_it_on_one_page_and_that_is_written_down(patient: Patient) -> None:
    colleague = bookable_doctor()
    path = f"/patients/{patient.public_id}/record/"
    assert browser(user_of(colleague)).get(path).status_code == 404
    visit(colleague, patient, start=clock.now() - timedelta(days=3))
    read = Event.objects.filter(action="record.viewed")
    for headers in ({}, HTMX):
        before = read.count()
        page = browser(user_of(colleague)).get(path, headers=headers)
        text = text_of(page)
        for said in ("Amoxicillin 500 mg capsules", "Penicillin", "Blood test", "Visit note", "Visits with you"):
            assert said in text
        assert "Secret" not in text
        assert ("<html" in page.content.decode()) is not bool(headers)
        assert read.count() == before + 1


def test_it_costs_the_same_however_much_there_is(patient: Patient) -> None:
    client = browser(user_of(patient))
    client.get("/health-record/")

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get("/health-record/")
        return len(captured)

    before = statements()
    for number in range(3):
        added(patient, title=f"Letter {number}")
        signed(visit(patient=patient, start=clock.now() - timedelta(days=number + 3)))
        allergic(patient, f"Nut {number}")
    assert statements() <= before


def test_the_record_stands_beside_a_note_only_while_it_is_open() -> None:
    note = draft()
    client = browser(user_of(note.doctor))
    path = f"/patients/{note.patient.public_id}/record/"
    assert path in client.get(f"/notes/{note.public_id}/edit/").content.decode()
    type(note.appointment).objects.filter(pk=note.appointment_id).update(
        start=clock.now() - timedelta(days=200), end=clock.now() - timedelta(days=200, minutes=-20)
    )
    assert path not in client.get(f"/notes/{note.public_id}/edit/").content.decode()
