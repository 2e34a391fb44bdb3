"""A list says of what was changed behind the application what its own page says, and never that it is valid."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import CarerFactory
from booking.models import Appointment
from booking.tests.steps import user_of
from booking.tests.views.pages import text_of
from common import clock
from records.services import prescription_hold
from records.tests.prescribing import behind_its_back, prescriber, rx_draft, rx_sign, rx_signed
from records.tests.steps import amended, draft, other_byte, sign, signed, visit

pytestmark = pytest.mark.django_db
WORDS, ONE_OTHER = "Not as it was signed", f"payload = {other_byte('payload')}"


KEPT = {"records_prescriptionsignature": "records_keep_signature", "records_noteversion": "records_keep_version"}


def spoil() -> None:
    """One byte of each signed text, as somebody who owns the database."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table, trigger in KEPT.items():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
            cursor.execute(f"UPDATE {table} SET {ONE_OTHER}")
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}")


def page(user: User, path: str) -> str:
    client = Client()
    client.force_login(user, backend="accounts.backends.AccountBackend")
    return text_of(client.get(path))


@pytest.fixture
def seen() -> Appointment:
    """A visit with a note and a prescription, both signed."""
    made = visit()
    sign(draft(made))
    rx_signed(made)
    return made


def lists_of(seen: Appointment) -> list[tuple[User, str, int]]:
    """Who reads which list, and how many of the two stand in it."""
    patient = seen.patient
    carer = CarerFactory.create(
        patient=patient, can_read=True, can_read_prescriptions=True, expires_at=clock.now() + timedelta(days=30)
    ).user
    own, doctor = user_of(patient), user_of(seen.doctor)
    return [
        (own, "/home/", 2),
        (own, reverse("records:record"), 2),
        (own, reverse("records:prescriptions"), 1),
        (own, reverse("records:notes"), 1),
        (own, f"/appointments/{seen.public_id}/", 2),
        (doctor, reverse("records:prescriptions_written"), 1),
        (doctor, reverse("records:visit_prescriptions", args=[seen.public_id]), 2),
        (doctor, reverse("records:patient_record", args=[patient.public_id]), 2),
        (carer, reverse("records:cared_record", args=[patient.public_id]), 2),
    ]


def test_one_changed_byte_is_told_in_every_list(seen: Appointment) -> None:
    lists = lists_of(seen)
    for reader, path, _ in lists:
        assert WORDS not in page(reader, path), path
    spoil()
    for reader, path, count in lists:
        told = page(reader, path)
        assert told.count(WORDS) == count, path
        assert "Valid" not in told, path


def test_what_became_of_it_is_told_besides(seen: Appointment) -> None:
    prescription = seen.prescriptions.get()
    prescription_hold(actor=prescriber(prescription), prescription_id=prescription.public_id, reason="A reason")
    behind_its_back("UPDATE records_prescription SET valid_until = valid_until + 1")
    told = page(user_of(seen.patient), reverse("records:prescriptions"))
    assert WORDS in told
    assert "On hold" in told
    assert "valid until" not in told


@pytest.mark.parametrize("is_spoilt", [False, True])
@pytest.mark.parametrize("name", ["prescriptions", "notes", "prescriptions_written"])
def test_a_list_costs_the_same_however_long_it_is(seen: Appointment, name: str, *, is_spoilt: bool) -> None:
    client, doctor = Client(), seen.doctor
    client.force_login(user_of(doctor if name == "prescriptions_written" else seen.patient))
    path = reverse(f"records:{name}")

    def statements() -> int:
        if is_spoilt:
            spoil()
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        return len(captured)

    client.get(path)
    before = statements()
    for number in range(2):
        again = visit(doctor, seen.patient, start=clock.now() - timedelta(days=number + 1))
        amended(signed(again))
        rx_sign(rx_draft(again), warnings_seen=True)
    rx_draft(visit(doctor, seen.patient, start=clock.now() - timedelta(days=5)))
    assert statements() == before


def test_an_expired_one_does_not_say_until_when_it_could_be_dispensed(seen: Appointment) -> None:
    prescription = seen.prescriptions.get()
    type(prescription).objects.filter(pk=prescription.pk).update(
        valid_until=clock.clinic_day(clock.now()) - timedelta(1)
    )
    told = page(user_of(seen.patient), reverse("records:prescription", args=[prescription.public_id]))
    assert "This prescription has expired" in told
    assert "not as it was signed" in told
    assert "could be dispensed" not in told
