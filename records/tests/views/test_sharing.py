"""Sharing by its pages: a doctor is found, what is typed wrong is said beside its field, ending it is one press."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from booking.tests.factories import bookable_doctor
from booking.tests.steps import user_of
from common import clock
from doctors.models import Doctor
from records.models import RecordShare, VisitNote
from records.services import prescription_enter_in_error, record_share
from records.tests.document_steps import added
from records.tests.prescribing import prescriber, rx_signed
from records.tests.steps import author, signed, visit

pytestmark = pytest.mark.django_db
WHOLE = "/health-record/share/"


@pytest.fixture(autouse=True)
def _proved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.policies.proved_recently", lambda _: True)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.backends.AccountBackend")
    return client


def doctor_named(given: str, family: str, **fields: Any) -> Doctor:
    return bookable_doctor(doctor={"given_name": given, "family_name": family, **fields})


def part(note: VisitNote) -> str:
    return f"{WHOLE}note/{note.public_id}/"


def in_days(days: int) -> str:
    return (clock.clinic_day(clock.now()) + timedelta(days=days)).isoformat()


@pytest.mark.parametrize("words", ["Bram", "dr brambleby", "Ivo Bramb", "7654321"])
def test_the_doctor_is_found_by_name_or_number(words: str) -> None:
    doctor_named("Ivo", "Brambleby", gmc_number="7654321")
    doctor_named("Ada", "Other")
    page = browser(user_of(signed().patient)).get(WHOLE, {"q": words}).content.decode()
    assert "Ivo Brambleby" in page
    assert "Ada Other" not in page


@pytest.mark.parametrize("words", ["", "Dr", "nobody", "765432", "%", "\x00", "' OR 1"])
def test_whoever_is_not_called_so_is_not_found(words: str) -> None:
    doctor_named("Ivo", "Brambleby", gmc_number="7654321")
    answer = browser(user_of(signed().patient)).get(WHOLE, {"q": words})
    assert answer.status_code == 200
    assert "Brambleby" not in answer.content.decode()


def test_a_doctor_who_is_not_listed_is_not_found() -> None:
    hidden = doctor_named("Ivo", "Brambleby")
    Doctor.objects.filter(pk=hidden.pk).update(is_active=False)
    client = browser(user_of(signed().patient))
    for query in ({"q": "Brambleby"}, {"doctor": hidden.slug}):
        assert "Brambleby" not in client.get(WHOLE, query).content.decode().replace('value="Brambleby"', "")


def test_it_is_shared_and_ended_and_the_doctor_reads_in_between() -> None:
    note, doctor = signed(), doctor_named("Ivo", "Brambleby")
    own, theirs = browser(user_of(note.patient)), browser(user_of(doctor))
    record = f"/patients/{note.patient.public_id}/record/"
    assert theirs.get(record).status_code == 404
    sent = own.post(WHOLE, {"doctor": str(doctor.public_id), "until": in_days(9)}, follow=True)
    assert "Ivo Brambleby can read it until" in sent.content.decode()
    assert str(note.public_id) in theirs.get(record).content.decode()
    assert note.patient.name in theirs.get("/my-day/records/").content.decode()
    assert theirs.get(f"/notes/{note.public_id}/").status_code == 200
    share = RecordShare.objects.get()
    assert "Ivo Brambleby" in own.get("/health-record/access/").content.decode()
    ended = own.post(f"/health-record/shares/{share.public_id}/end/", follow=True)
    assert "can no longer read it" in ended.content.decode()
    for path in (record, f"/notes/{note.public_id}/"):
        assert theirs.get(path).status_code == 404
    assert "You share it with nobody" in own.get("/health-record/access/").content.decode()


def test_what_is_wrong_stands_beside_its_field_and_the_rest_is_kept() -> None:
    note, doctor = signed(), doctor_named("Ivo", "Brambleby")
    answer = browser(author(note)).post(
        part(note), {"doctor": str(doctor.public_id), "until": "2020-01-01", "reason": "A second opinion"}
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Choose a day from today on" in page
    assert "A second opinion" in page
    assert "Ivo Brambleby" in page
    missing = browser(author(note)).post(part(note), {"doctor": "no id", "until": "x"})
    assert missing.status_code == 422


def test_who_can_see_names_doctors_of_visits_and_what_a_colleague_shared_with_the_reason() -> None:
    note, doctor = signed(), doctor_named("Ivo", "Brambleby")
    treating = visit(doctor_named("Ada", "Treating"), note.patient).doctor
    record_share(
        actor=author(note),
        doctor_id=doctor.public_id,
        kind="note",
        object_id=note.public_id,
        reason="A second opinion",
    )
    page = browser(user_of(note.patient)).get("/health-record/access/").content.decode()
    for words in (treating.name, "Ivo Brambleby", "A second opinion", "The visit note of"):
        assert words in page
    Doctor.objects.filter(pk__in=[treating.pk, doctor.pk]).update(is_barred=True)
    suspended = browser(user_of(note.patient)).get("/health-record/access/").content.decode()
    assert treating.name not in suspended
    assert "They cannot read it at the moment" in suspended


def test_an_unknown_kind_and_anothers_note_are_not_found() -> None:
    note, stranger = signed(), user_of(signed().patient)
    assert browser(user_of(note.patient)).get(f"{WHOLE}page/{note.public_id}/").status_code == 404
    assert browser(stranger).get(part(note)).status_code == 404


def test_the_author_sees_what_they_share_and_ends_it() -> None:
    note, doctor = signed(), doctor_named("Ivo", "Brambleby")
    desk = browser(author(note))
    sent = {"doctor": str(doctor.public_id), "until": in_days(9), "reason": "A second opinion"}
    assert "What you share" in desk.post(part(note), sent, follow=True).content.decode()
    desk.post(f"/health-record/shares/{RecordShare.objects.get().public_id}/end/")
    assert browser(user_of(doctor)).get(f"/notes/{note.public_id}/").status_code == 404


@pytest.mark.parametrize("slug", ["\x00", "no such", "%00", "x" * 500])
def test_an_address_that_names_no_doctor_asks_for_one(slug: str) -> None:
    answer = browser(user_of(signed().patient)).get(WHOLE, {"doctor": slug})
    assert answer.status_code == 200
    assert answer.context["doctor"] is None


def test_a_prescription_and_a_document_are_shared_from_their_pages_and_found_by_the_doctor() -> None:
    doctor, prescription = doctor_named("Ivo", "Brambleby"), rx_signed()
    patient = user_of(prescription.patient)
    document = added(prescription.patient)
    sent = {"doctor": str(doctor.public_id), "until": in_days(9)}
    for kind, path, thing in (
        ("prescription", f"/prescriptions/{prescription.public_id}/", prescription),
        ("document", f"/records/documents/{document.public_id}/", document),
    ):
        address = f"{WHOLE}{kind}/{thing.public_id}/"
        assert address in browser(patient).get(path).content.decode()
        assert f'href="{path}"' in browser(patient).get(address).content.decode()
        assert browser(patient).post(address, sent).status_code == 302
        assert f'href="{path}"' in browser(user_of(doctor)).get("/my-day/records/").content.decode()
        assert browser(user_of(doctor)).get(path).status_code == 200


def test_what_was_entered_in_error_is_said_to_be_that() -> None:
    prescription, reader = rx_signed(), doctor_named("Ivo", "Brambleby")
    record_share(
        actor=user_of(prescription.patient),
        doctor_id=reader.public_id,
        kind="prescription",
        object_id=prescription.public_id,
    )
    prescription_enter_in_error(actor=prescriber(prescription), prescription_id=prescription.public_id, reason="Wrong")
    desk = browser(prescriber(prescription))
    address = f"{WHOLE}prescription/{prescription.public_id}/"
    refused = desk.get(address)
    assert refused.status_code == 409
    assert "entered in error" in refused.content.decode()
    assert address not in desk.get(f"/prescriptions/{prescription.public_id}/").content.decode()
    for page in (
        browser(user_of(prescription.patient)).get("/health-record/access/"),
        browser(user_of(reader)).get("/my-day/records/"),
    ):
        assert "Something that was entered in error" in page.content.decode()
