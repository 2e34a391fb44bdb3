"""What somebody needs in order to come: asked once, encrypted, read by whoever prepares the visit and nobody else."""

from __future__ import annotations

import json
import logging
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.access_needs import OTHER_LENGTH, UNREADABLE_NEEDS, AccessNeeds, access_needs_of, needs_told
from accounts.models import Patient
from accounts.tests.factories import CarerFactory, PatientFactory, UserFactory
from audit.models import Event
from booking.models import Appointment
from booking.policies import can_read_needs
from booking.tests.factories import bookable_doctor, next_slot_start
from booking.tests.steps import at_the_desk_of, book, share, user_of
from booking.tests.views.pages import confirm_path, key_on, text_of
from common.errors import Invalid
from doctors.models import Doctor
from notifications.models import Message

pytestmark = pytest.mark.django_db

CANARY = "canary-of-a-need-4711"
NEEDS = AccessNeeds(step_free=True, interpreter="Polish", other=CANARY)
PROFILE = {
    "given_name": "Ada",
    "family_name": "Novak",
    "birth_date_day": "1",
    "birth_date_month": "2",
    "birth_date_year": "1980",
    "phone": "07700 900123",
}


@pytest.fixture
def doctor() -> Doctor:
    return bookable_doctor()


@pytest.fixture
def patient() -> Patient:
    made: Patient = PatientFactory.create()
    return made


@pytest.fixture
def client(client: Client, patient: Patient) -> Client:
    client.force_login(user_of(patient))
    return client


def send(client: Client, path: str, **typed: str) -> Any:
    return client.post(path, {"idempotency_key": key_on(client.get(path)), "needs_asked": "1", **typed})


def test_they_are_kept_for_the_next_time(doctor: Doctor, patient: Patient) -> None:
    first = book(doctor, patient=patient, access_needs=NEEDS)
    patient.refresh_from_db()
    assert patient.needs == access_needs_of(first.access_needs) == NEEDS
    assert access_needs_of(book(doctor, patient=patient, start=next_slot_start(2)).access_needs) == NEEDS
    other = AccessNeeds(hearing_loop=True)
    book(doctor, patient=patient, start=next_slot_start(3), access_needs=other)
    first.refresh_from_db()
    patient.refresh_from_db()
    assert (access_needs_of(first.access_needs), patient.needs) == (NEEDS, other)
    assert Event.objects.filter(action="patient.access_needs_changed").count() == 2
    book(doctor, patient=patient, start=next_slot_start(4), access_needs=AccessNeeds())
    patient.refresh_from_db()
    assert not patient.needs


def test_too_many_words_are_refused_beside_the_field(client: Client, doctor: Doctor, patient: Patient) -> None:
    with pytest.raises(Invalid) as refused:
        book(doctor, patient=patient, access_needs=AccessNeeds(other="x" * (OTHER_LENGTH + 1)))
    assert list(refused.value.fields) == ["other_needs"]
    answer = send(client, confirm_path(doctor), other_needs="x" * (OTHER_LENGTH + 1), reason="My words")
    assert answer.status_code == 422
    assert 'href="#id_other_needs"' in answer.content.decode()
    # Nobody has to look for what is wrong behind a closed lid.
    lid = re.search(r"<details([^>]*)>\s*<summary[^>]*><span[^>]*>Step-free access", answer.content.decode())
    assert lid is not None
    assert "open" in lid[1].split()
    assert not Appointment.objects.exists()


def test_the_form_asks_once_and_then_only_shows_them(client: Client, doctor: Doctor, patient: Patient) -> None:
    path = confirm_path(doctor)
    assert "Change what you need" not in text_of(client.get(path))
    send(client, path, step_free="on", interpreter="Polish")
    assert Appointment.objects.get().access_needs
    page = client.get(confirm_path(doctor, next_slot_start(2)))
    assert "Step-free access" in text_of(page)
    assert "Interpreter: Polish" in text_of(page)
    assert "Change what you need" in text_of(page)
    send(client, confirm_path(doctor, next_slot_start(2)), step_free="on", interpreter="Polish")
    assert Event.objects.filter(action="patient.access_needs_changed").count() == 1
    send(client, confirm_path(doctor, next_slot_start(3)))
    patient.refresh_from_db()
    assert not patient.needs


def test_a_form_that_never_asked_changes_nothing(client: Client, doctor: Doctor, patient: Patient) -> None:
    book(doctor, patient=patient, access_needs=NEEDS)
    client.post(confirm_path(doctor, next_slot_start(2)), {"reason": ""})
    patient.refresh_from_db()
    assert patient.needs == NEEDS
    assert access_needs_of(Appointment.objects.latest("pk").access_needs) == NEEDS


def test_what_cannot_be_read_is_written_over_by_nothing_but_what_is_typed_anew(
    client: Client, doctor: Doctor, patient: Patient
) -> None:
    patient.access_needs, patient.address = '{"step_free": true}', "4 Elm Row"
    patient.save()
    with connection.cursor() as cursor:
        changes = ", ".join(f"{one} = overlay({one} placing '!' from 60 for 1)" for one in ("access_needs", "address"))
        cursor.execute(f"UPDATE accounts_patient SET {changes}")
    spoilt = kept()
    path = confirm_path(doctor)
    assert "The doctor is told to ask you" in text_of(client.get(path))
    send(client, path)
    assert needs_told(Appointment.objects.get()) == AccessNeeds(other=UNREADABLE_NEEDS)
    assert client.post(reverse("accounts:profile"), PROFILE | {"needs_asked": "1", "address": ""}).status_code == 302
    assert Patient.objects.get().given_name == "Ada"
    assert kept() == spoilt
    send(client, confirm_path(doctor, next_slot_start(2)), interpreter="Welsh")
    client.post(reverse("accounts:profile"), PROFILE | {"address": "5 Elm Row"})
    assert needs_told(Appointment.objects.latest("pk")) == AccessNeeds(interpreter="Welsh")
    assert Patient.objects.get().address == "5 Elm Row"


def kept() -> list[str]:
    """What is stored of the one patient."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_needs, address FROM accounts_patient")
        return list(cursor.fetchone())


def test_whoever_books_for_several_leaves_them_as_they_are_without_seeing_them(doctor: Doctor, client: Client) -> None:
    cared = CarerFactory.create()
    cared.patient.access_needs = '{"step_free": true}'
    cared.patient.save(update_fields=["access_needs"])
    PatientFactory.create(user=cared.user)
    client.force_login(cared.user)
    assert "Change what you need" not in text_of(client.get(confirm_path(doctor)))
    send(client, confirm_path(doctor), patient=str(cared.patient.public_id))
    assert access_needs_of(Appointment.objects.get().access_needs) == AccessNeeds(step_free=True)
    path = confirm_path(doctor, next_slot_start(2))
    send(client, path, patient=str(cared.patient.public_id), hearing_loop="on")
    assert access_needs_of(Appointment.objects.latest("pk").access_needs) == AccessNeeds(hearing_loop=True)


def test_the_profile_shows_and_changes_them(client: Client, patient: Patient) -> None:
    path = reverse("accounts:profile")
    client.post(path, PROFILE | {"needs_asked": "1", "interpreter": "Welsh"})
    patient.refresh_from_db()
    assert patient.needs == AccessNeeds(interpreter="Welsh")
    assert 'value="Welsh"' in client.get(path).content.decode()
    client.post(path, PROFILE)
    patient.refresh_from_db()
    assert patient.needs == AccessNeeds(interpreter="Welsh")


def test_who_prepares_the_visit_reads_them_and_nobody_by_a_grant(doctor: Doctor, patient: Patient) -> None:
    appointment = book(doctor, patient=patient, access_needs=NEEDS, reason="A secret reason")
    desk = at_the_desk_of(appointment.location)
    books = CarerFactory.create(patient=patient).user
    sees, helper = CarerFactory.create(patient=patient, can_book=False).user, UserFactory.create()
    share(appointment, helper)
    path = reverse("booking:appointment_detail", args=[appointment.public_id])
    for person, reads in ((user_of(patient), True), (user_of(doctor), True), (desk, True), (books, True)):
        assert can_read_needs(person, appointment) is reads
    browser = Client()
    for person, reads_needs, reads_reason in (
        (user_of(doctor), True, True),
        (desk, True, False),
        (books, True, False),
        (sees, False, False),
        (helper, False, False),
    ):
        browser.force_login(person)
        page = browser.get(path).content.decode()
        assert (CANARY in page, "A secret reason" in page) == (reads_needs, reads_reason), person


def test_they_are_in_no_list_mail_log_or_record_and_encrypted_at_rest(
    client: Client, doctor: Doctor, patient: Patient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        send(client, confirm_path(doctor), other_needs=CANARY)
        appointment = Appointment.objects.get()
        desk, doctors = Client(), Client()
        desk.force_login(at_the_desk_of(appointment.location))
        doctors.force_login(user_of(doctor))
        day = {"date": appointment.start.date().isoformat()}
        pages = [
            client.get("/appointments/"),
            client.get("/api/v1/appointments/"),
            client.get(reverse("booking:calendar_file", args=[appointment.public_id])),
            doctors.get("/my-day/", day),
            desk.get(reverse("booking:clinic_day", args=[appointment.location.slug]), day),
        ]
    assert all(page.status_code == 200 and CANARY not in page.content.decode() for page in pages)
    assert CANARY not in caplog.text
    assert CANARY not in json.dumps([message.facts for message in Message.objects.all()])
    for rows in (Event.objects.values(), Appointment.history.values(), Patient.history.values()):
        assert rows
        assert CANARY not in repr(list(rows))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT access_needs FROM booking_appointment UNION ALL SELECT access_needs FROM accounts_patient"
        )
        kept = cursor.fetchall()
    assert len(kept) == 2
    assert all(text and CANARY not in text for (text,) in kept)


def test_the_api_tells_them_of_one_appointment_to_whoever_may_know(doctor: Doctor, patient: Patient) -> None:
    needs = {"step_free": True, "hearing_loop": False, "interpreter": "", "other": CANARY}
    own = Client()
    own.force_login(user_of(patient))
    order = {
        "visit_type": str(doctor.visit_types.get().public_id),
        "location": doctor.locations.get().slug,
        "start": next_slot_start().isoformat(),
        "access_needs": needs,
    }
    answer = own.post("/api/v1/appointments/", order, content_type="application/json")
    assert (answer.status_code, answer.json()["access_needs"]) == (201, needs)
    appointment, friend = Appointment.objects.get(), UserFactory.create()
    share(appointment, friend)
    readers = {user_of(doctor): needs, at_the_desk_of(appointment.location): needs, friend: None}
    for reader, told_needs in readers.items():
        browser = Client()
        browser.force_login(reader)
        assert browser.get(f"/api/v1/appointments/{appointment.public_id}/").json()["access_needs"] == told_needs
