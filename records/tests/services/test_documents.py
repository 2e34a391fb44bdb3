"""Documents: added, checked, opened."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from pytest_django import Settings

from accounts.roles import Role
from accounts.tests.factories import PatientFactory, UserFactory
from audit.models import Event
from audit.selectors import events_about_patient
from booking.models import Appointment
from booking.tests.factories import bookable_doctor
from booking.tests.steps import user_of
from common import clock
from common.errors import Invalid, NotFound
from common.uploads.states import UploadState
from notifications.models import Message
from records.models import Document, DocumentUserGrant, RecordsSettings
from records.services import (
    Filing,
    document_add,
    document_check,
    document_open,
    glass_break,
    record_share,
)
from records.states import DocumentStatus
from records.tasks import check_document, sweep_documents
from records.tests.document_steps import (
    a_pdf,
    a_picture,
    added,
    added_by_doctor,
    away,
    checked,
    clean,
    infected,
    sent,
)
from records.tests.steps import visit

pytestmark = pytest.mark.django_db
CANARY = "canarytitle"


@pytest.fixture(autouse=True)
def private_root(settings: Settings, tmp_path: Path) -> Path:
    settings.PRIVATE_ROOT = str(tmp_path / "private")
    return tmp_path / "private"


def actions(document: Document) -> list[str]:
    events = Event.objects.filter(object_type="records.document", object_id=str(document.public_id))
    return list(events.order_by("pk").values_list("action", flat=True))


def told(document: Document) -> list[str]:
    return list(Message.objects.filter(user=document.patient.user).values_list("kind", flat=True))


def opened(actor: object, document: Document) -> Document:
    return document_open(actor=actor, document_id=document.public_id, serve=lambda found: found)  # type: ignore[arg-type]


def test_a_patients_file_waits_and_a_worker_is_woken_with_its_id_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[tuple[object, ...]] = []
    monkeypatch.setattr("records.services.documents.add.wake", lambda *args: woken.append(args))
    document = sent(title=CANARY, file=a_pdf(f"{CANARY}.pdf"))
    assert (document.state, document.status) == (UploadState.QUARANTINED, DocumentStatus.CURRENT)
    assert woken == [("records.check_document", str(document.public_id))]
    assert actions(document) == ["document.uploaded"]
    assert CANARY not in json.dumps(list(Event.objects.values_list("data", flat=True)))
    with pytest.raises(NotFound):
        opened(user_of(document.patient), document)


def test_without_a_title_the_name_stands() -> None:
    assert sent(file=a_pdf("../Blood  test.PDF")).title == "Blood test"
    assert sent(file=a_pdf(".pdf"), title="  ").title == "pdf"


def test_a_doctors_document_is_told_once_it_is_clean_and_a_patients_own_is_not() -> None:
    own, doctors = added(), added_by_doctor()
    assert told(own) == []
    assert told(doctors) == ["record_new"]
    assert "record_new" not in told(sent(by=user_of(visit(patient=own.patient).doctor), patient=own.patient))


@pytest.mark.parametrize(("scan", "action"), [(infected, "document.infected"), (clean, "document.checked")])
def test_the_check_settles_a_document_once(scan: object, action: str) -> None:
    document = sent()
    for _ in range(2):
        document_check(document_id=document.public_id, scan=scan)  # type: ignore[arg-type]
    told = ["document.added"] if scan is clean else []
    assert actions(document) == ["document.uploaded", action, *told]


def test_the_patient_reads_of_a_document_once_it_is_clean_and_of_a_refused_one_nothing() -> None:
    seen = visit()
    waiting = sent(seen.patient, by=user_of(seen.doctor))

    def told_of() -> list[str]:
        about = events_about_patient(seen.patient.public_id)
        return [event.action for event in about if event.object_type == "records.document"]

    assert told_of() == []
    checked(waiting)
    assert told_of() == ["document.added"]
    checked(sent(seen.patient, by=user_of(seen.doctor)), infected)
    assert told_of() == ["document.added"]
    assert Event.objects.get(action="document.added").actor_id == user_of(seen.doctor).public_id


def test_of_an_infected_file_its_uploader_is_told_and_nobody_else_knows() -> None:
    seen = visit()
    document = checked(sent(seen.patient, by=user_of(seen.doctor), title=CANARY), infected)
    message = Message.objects.get(kind="document_refused")
    assert message.user == user_of(seen.doctor)
    assert CANARY not in json.dumps(message.facts)
    assert told(document) == []
    with pytest.raises(NotFound):
        opened(user_of(seen.doctor), document)


def test_with_the_scanner_away_it_waits_and_the_sweep_checks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    document = checked(sent(), away)
    assert document.state == UploadState.QUARANTINED
    Document.objects.update(uploaded_at=clock.now() - timedelta(minutes=3))
    monkeypatch.setattr("integrations.antivirus.scan", clean)
    assert sweep_documents() == 0
    monkeypatch.setattr("integrations.antivirus.ping", lambda: True)
    assert sweep_documents() == 1
    assert check_document(str(document.public_id)) == UploadState.CURRENT


def test_each_look_and_each_download_is_an_event_the_patients_too() -> None:
    document = added_by_doctor()
    opened(user_of(document.patient), document)
    document_open(
        actor=document.uploaded_by, document_id=document.public_id, serve=lambda found: found, as_preview=True
    )
    looks = Event.objects.filter(action__in=["document.viewed", "document.downloaded"]).order_by("pk")
    assert [(event.action, event.data["capacity"]) for event in looks] == [
        ("document.downloaded", "patient"),
        ("document.viewed", "doctor"),
    ]
    assert {event.patient_id for event in looks} == {document.patient.public_id}


def test_what_could_not_be_served_was_not_looked_at() -> None:
    document = added()

    def gone(_document: Document) -> None:
        raise NotFound

    with pytest.raises(NotFound):
        document_open(actor=user_of(document.patient), document_id=document.public_id, serve=gone)
    assert "document.downloaded" not in actions(document)


@pytest.mark.parametrize(
    ("filing", "field"),
    [({"category": "poem"}, "category"), ({"title": "x" * 121}, "title"), ({"appointment_id": "visit"}, "visit")],
)
def test_what_is_filed_badly_is_refused_beside_its_field(filing: dict[str, Any], field: str) -> None:
    if "appointment_id" in filing:
        filing = {"appointment_id": visit().public_id}
    with pytest.raises(Invalid) as refused:
        sent(**filing)
    assert list(refused.value.fields) == [field]
    assert not Document.objects.exists()


def test_a_doctor_adds_no_proof_of_identity() -> None:
    seen = visit()
    with pytest.raises(Invalid):
        sent(seen.patient, by=user_of(seen.doctor), category="identity")


def test_strangers_add_nothing_to_a_record() -> None:
    patient = PatientFactory.create()
    for stranger in (user_of(bookable_doctor()), user_of(PatientFactory.create())):
        with pytest.raises(NotFound):
            sent(patient, by=stranger)
    barred = visit(patient=patient).doctor
    barred.is_barred = True
    barred.save()
    with pytest.raises(NotFound):
        sent(patient, by=user_of(barred))


def test_what_a_patient_adds_to_a_visit_is_for_its_doctor_as_long_as_the_visit_stands_and_is_about_now() -> None:
    seen = visit()
    doctor = user_of(seen.doctor)
    document = added(seen.patient, category="identity", appointment_id=seen.public_id)
    assert opened(doctor, document) == document
    assert not doctor.has_perm("records.change_document", document)
    assert not DocumentUserGrant.objects.exists()
    for changes in ({"status": "noshow"}, {"start": seen.start - timedelta(days=91)}):
        kept = {name: getattr(seen, name) for name in changes}
        Appointment.objects.filter(pk=seen.pk).update(**changes)
        with pytest.raises(NotFound):
            opened(doctor, document)
        Appointment.objects.filter(pk=seen.pk).update(**kept)
    assert opened(doctor, document) == document


def test_a_share_reads_and_adds_nothing() -> None:
    document = added()
    colleague = bookable_doctor()
    record_share(actor=user_of(document.patient), doctor_id=colleague.public_id)
    assert opened(user_of(colleague), document) == document
    with pytest.raises(NotFound):
        sent(document.patient, by=user_of(colleague))


def test_in_an_emergency_an_office_reads_by_its_own_name() -> None:
    document = added()
    office = UserFactory.create(roles=[Role.ADMINISTRATOR])
    patient = document.patient
    reason = "Unconscious in the waiting room"
    glass_break(actor=office, who=user_of(patient).email, birth_date=patient.birth_date, reason=reason)
    assert opened(office, document) == document
    assert Event.objects.get(action="document.downloaded").data["capacity"] == ""


def test_sent_twice_with_one_key_it_is_one_document_with_one_file(private_root: Path) -> None:
    patient = PatientFactory.create()
    facts: dict[str, Any] = {"actor": user_of(patient), "patient_id": patient.public_id, "key": "once"}
    filing = Filing(category="result", title="One")
    with transaction.atomic():
        first = document_add(**facts, file=a_pdf(), filing=filing)
    assert document_add(**facts, file=a_pdf(), filing=filing) == first
    for other in ({"filing": Filing(category="letter", title="One")}, {"file": a_picture("blood-test.pdf")}):
        with pytest.raises(Invalid) as refused:
            document_add(**{**facts, "file": a_pdf(), "filing": filing, **other})
        assert refused.value.code == "idempotency_key_reused"
    assert Document.objects.count() == 1


def test_a_record_takes_so_many_files_and_so_much() -> None:
    patient = PatientFactory.create()
    RecordsSettings.objects.update_or_create(pk=1, defaults={"documents_per_patient": 2})
    added(patient)
    checked(sent(patient), infected)
    added(patient)
    with pytest.raises(Invalid) as refused:
        sent(patient)
    assert (refused.value.code, list(refused.value.fields)) == ("quota", ["file"])
    RecordsSettings.objects.update(documents_per_patient=200, megabytes_per_patient=1)
    Document.objects.filter(patient=patient, state=UploadState.CURRENT).update(size=524_250)
    with pytest.raises(Invalid):
        sent(patient)
    added(PatientFactory.create())


def test_one_person_sends_so_many_files_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("records.services.documents.add.FILES_A_DAY", 1)
    first = sent()
    with pytest.raises(Invalid) as refused:
        sent(first.patient)
    assert refused.value.code == "too_many_files"
