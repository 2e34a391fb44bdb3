"""Everything about me: what stands in the file, who can fetch it, how long, and what workers leave."""

from __future__ import annotations

import json
import logging
import re
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import OutsideIdentity, OutsideTokens, User
from accounts.tests.factories import CarerFactory, UserFactory
from audit.models import Event
from billing.tests.factories import RefundFactory
from booking.tests.factories import bookable_doctor
from booking.tests.steps import told, user_of
from common import clock
from common.errors import NotFound
from common.queues import LIMITS, TASKS
from common.templatetags.when import long_date, zoned_time
from common.uploads.storage import private_storage
from notifications.models import Contact, Message, Preference
from notifications.states import Channel
from notifications.tests.factories import MessageFactory
from records.models import RecordExport, VisitNote
from records.selectors import exports_to_build
from records.services import (
    EXPORT_PARTS,
    export_ask,
    export_build,
    export_open,
    exports_sweep,
    glass_break,
    prescription_hold,
    prescription_stop,
    record_share,
)
from records.services.exports import build
from records.states import ExportState
from records.tests.document_steps import added, bytes_of
from records.tests.prescribing import (
    ADDRESS,
    addressed,
    allergic,
    behind_its_back,
    prescriber,
    rx_draft,
    rx_sign,
    rx_signed,
)
from records.tests.steps import draft, other_byte, signed, visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def note() -> VisitNote:
    return signed(plan="canaryinanexport")


def built(user: User) -> RecordExport:
    export = export_ask(actor=user)
    assert export_build(export_id=export.public_id)
    export.refresh_from_db()
    return export


def opened(export: RecordExport) -> ZipFile:
    with private_storage().open(export.key) as file:
        return ZipFile(BytesIO(file.read()))


def browser(user: User, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr("accounts.policies.proved_recently", lambda _: True)
    client = Client()
    client.force_login(user, backend="accounts.backends.AccountBackend")
    return client


def test_it_holds_what_the_patient_reads_and_nothing_else(note: VisitNote) -> None:
    draft(visit(patient=note.patient), plan="canarydraft")
    signed(
        visit(patient=note.patient), plan="canarylater", release_on=clock.clinic_day(clock.now()) + timedelta(days=3)
    )
    signed(plan="canaryofanother")
    archive = opened(built(user_of(note.patient)))
    assert set(archive.namelist()) == {f"{part.name}.json" for part in EXPORT_PARTS} | {"index.html"}
    [row] = json.loads(archive.read("Composition.json"))
    assert row["id"] == str(note.public_id)
    assert "canaryinanexport" in json.dumps(row["versions"])
    everything = "".join(archive.read(name).decode() for name in archive.namelist())
    assert "canaryinanexport" in archive.read("index.html").decode()
    for hidden in ("canarydraft", "canarylater", "canaryofanother"):
        assert hidden not in everything
    assert json.loads(archive.read("Patient.json"))[0]["name"] == note.patient.name


def test_documents_prescriptions_and_allergies_are_in_it_and_the_files_byte_for_byte(note: VisitNote) -> None:
    document, other = added(note.patient, title="canarytitle"), added(title="canaryofanother")
    prescription = rx_signed(addressed(visit(patient=note.patient)))
    allergic(note.patient, "Penicillin")
    archive = opened(built(user_of(note.patient)))
    [told_document] = json.loads(archive.read("DocumentReference.json"))
    assert told_document["title"] == "canarytitle"
    assert archive.read(told_document["file"]) == bytes_of(document)
    assert str(other.public_id) not in "".join(archive.namelist())
    [medication] = json.loads(archive.read("MedicationRequest.json"))
    assert (medication["id"], medication["intact"]) == (str(prescription.public_id), True)
    assert medication["items"]
    assert json.loads(archive.read("AllergyIntolerance.json"))[0]["substance"] == "Penicillin"


def test_it_asks_no_statement_for_each_note_or_prescription(note: VisitNote) -> None:
    user = user_of(note.patient)
    parts = [part for part in EXPORT_PARTS if part.name in {"Composition", "MedicationRequest"}]

    def statements() -> int:
        signed(visit(patient=note.patient))
        held = rx_sign(rx_draft(visit(patient=note.patient)), warnings_seen=True)
        prescription_hold(actor=prescriber(held), prescription_id=held.public_id, reason="canarywait")
        with CaptureQueriesContext(connection) as asked:
            found = [row for part in parts for row in part.rows(user, note.patient)]
        assert "canarywait" in str(found)
        return len(asked)

    # The first also asks who they are.
    assert statements() >= statements()


def test_a_prescription_that_is_not_as_it_was_signed_is_not_called_valid(note: VisitNote) -> None:
    prescription = rx_signed(addressed(visit(patient=note.patient)))
    behind_its_back(f"UPDATE records_prescriptionsignature SET payload = {other_byte('payload')}")

    def told() -> dict[str, Any]:
        [part] = [one for one in EXPORT_PARTS if one.name == "MedicationRequest"]
        [row] = part.rows(user_of(note.patient), note.patient)
        return row

    assert (told()["status"], told()["validUntil"], told()["intact"]) == ("", "", False)
    prescription_stop(actor=prescriber(prescription), prescription_id=prescription.public_id, reason="Enough")
    assert told()["status"] == "stopped"


def test_where_the_patient_lives_who_may_read_and_what_was_ended_why_are_in_it(note: VisitNote) -> None:
    prescription = rx_signed(addressed(visit(patient=note.patient)))
    prescription_stop(actor=prescriber(prescription), prescription_id=prescription.public_id, reason="canarywhy")
    doctor, carer = bookable_doctor(), CarerFactory.create(patient=note.patient)
    own = user_of(note.patient)
    record_share(actor=own, doctor_id=doctor.public_id)
    glass_break(
        actor=user_of(doctor),
        who=own.email,
        birth_date=note.patient.birth_date,
        reason="canaryemergency of the one who opened it",
    )
    identity = OutsideIdentity.objects.create(
        user=own, provider="work-login", subject="canarysubject", verified_at=clock.now()
    )
    OutsideTokens.objects.create(identity=identity, refresh_token="canarytoken", good_until=clock.now())
    archive = opened(built(own))
    rows = {part.name: json.loads(archive.read(f"{part.name}.json")) for part in EXPORT_PARTS}
    assert rows["Patient"][0]["address"] == ADDRESS
    assert rows["MedicationRequest"][0]["statusReason"] == "canarywhy"
    assert rows["RelatedPerson"][0]["email"] == carer.email
    assert rows["Permission"][0]["sharedWith"] == doctor.name
    assert rows["Flag"][0]["openedBy"] == doctor.name
    assert (rows["Person"][0]["signInBy"], rows["Person"][0]["tokenKept"]) == ("work account", True)
    told = "".join(archive.read(name).decode() for name in archive.namelist())
    assert [word for word in ("canaryemergency", "canarysubject", "canarytoken") if word in told] == []


def test_what_is_read_is_in_plain_words_and_the_clinics_time(note: VisitNote) -> None:
    visited = addressed(visit(patient=note.patient))
    prescription = rx_signed(visited)
    allergic(note.patient, "Penicillin")
    added(note.patient, title="Blood test")
    CarerFactory.create(patient=note.patient)
    helped = CarerFactory.create(user=user_of(note.patient)).patient
    record_share(actor=user_of(note.patient), doctor_id=bookable_doctor().public_id)
    RefundFactory.create(payment__appointment=visited)
    Contact.objects.create(user=user_of(note.patient), mobile="+447700900123")
    archive = opened(built(user_of(note.patient)))
    assert all(
        json.loads(archive.read(f"{part.name}.json"))
        for part in EXPORT_PARTS
        if part.name not in {"Consent", "Flag", "Person"}
    )
    page = archive.read("index.html").decode()
    for words in (
        "<strong>Date of birth</strong>",
        "<strong>Medicine 1: How often</strong>",
        "<strong>Version 1: What was agreed</strong>",
        f"{long_date(prescription.signed_at)}, {zoned_time(prescription.signed_at)}",
        f"{long_date(note.appointment.start)}, {zoned_time(note.appointment.start)}",
        f"<dd>{helped.name}</dd>",
        "<strong>Given back or promised</strong>",
        "<dd>Signed</dd>",
        "<dd>Valid</dd>",
    ):
        assert words in page
    names = set(re.findall(r"<strong>(?:\w+ \d+: )?(.*?)</strong>", page))
    assert not {name for name in names if not name[0].isupper() or "_" in name or re.search("[a-z][A-Z]", name)}
    assert not re.search(r"<dd>(True|False|0|entered-in-error)</dd>", page)
    assert not re.search(r"\d{4}-\d\d-\d\d", page)
    assert str(note.public_id) not in page
    # Programs read the codes, and instants with their zone.
    [row] = json.loads(archive.read("MedicationRequest.json"))
    assert (row["status"], datetime.fromisoformat(row["authoredOn"])) == ("active", prescription.signed_at)


def test_what_people_typed_is_escaped_in_what_is_read(note: VisitNote) -> None:
    signed(visit(patient=note.patient), plan="<script>alert(1)</script>")
    page = opened(built(user_of(note.patient))).read("index.html").decode()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_the_patient_alone_fetches_it_until_its_seventh_day(note: VisitNote, monkeypatch: pytest.MonkeyPatch) -> None:
    own = user_of(note.patient)
    export = built(own)
    carer = CarerFactory.create(patient=note.patient).user
    for person in (user_of(note.doctor), carer, UserFactory.create(is_superuser=True)):
        with pytest.raises(NotFound):
            export_open(actor=person, export_id=export.public_id)
    assert export_open(actor=own, export_id=export.public_id) == export
    assert Event.objects.get(action="export.fetched").patient_id == note.patient.public_id
    assert export.expires_at and export.ready_at  # noqa: PT018
    end = export.expires_at
    assert end - export.ready_at == timedelta(days=7)
    monkeypatch.setattr(clock, "now", lambda: end)
    with pytest.raises(NotFound):
        export_open(actor=own, export_id=export.public_id)
    assert exports_sweep(now=end) == 1
    assert not private_storage().exists(export.key)
    export.refresh_from_db()
    assert (export.state, export.key) == (ExportState.REMOVED, "")
    assert exports_sweep(now=end) == 0


def test_asking_twice_builds_once_and_tells_once(note: VisitNote) -> None:
    own = user_of(note.patient)
    first = export_ask(actor=own)
    assert export_ask(actor=own) == first
    assert export_build(export_id=first.public_id)
    assert not export_build(export_id=first.public_id)
    assert told(note.patient).count("export_ready") == 1
    assert Message.objects.get(kind="export_ready").facts == {"path": "/health-record/export/"}


def test_what_a_worker_left_is_built_by_the_next_and_given_up_in_the_end(
    note: VisitNote, monkeypatch: pytest.MonkeyPatch
) -> None:
    export, now = export_ask(actor=user_of(note.patient)), clock.now()

    def breaks(*_: Any) -> None:
        raise OSError("The disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(build, "_write", breaks)
        for attempt in range(build.MOST_ATTEMPTS):
            at = now + attempt * 2 * build.LEASE
            with pytest.raises(OSError, match="full"):
                export_build(export_id=export.public_id, now=at)
            assert not export_build(export_id=export.public_id, now=at)
            assert not exports_to_build(at)
    assert not export_build(export_id=export.public_id, now=now + timedelta(days=1))
    export.refresh_from_db()
    assert export.state == ExportState.FAILED
    again = export_ask(actor=user_of(note.patient))
    assert again != export
    assert export_build(export_id=again.public_id)


def test_whom_the_time_limit_ends_has_its_export_for_as_long() -> None:
    assert LIMITS[TASKS["records.build_export"]].hard <= build.LEASE


def test_a_worker_that_was_too_slow_throws_its_file_away(
    note: VisitNote, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    export = export_ask(actor=user_of(note.patient))
    write = build._write

    def overtaken(held: RecordExport, file: Any) -> None:
        write(held, file)
        RecordExport.objects.filter(pk=held.pk).update(lease_until=clock.now() + timedelta(hours=1))

    monkeypatch.setattr(build, "_write", overtaken)
    with django_capture_on_commit_callbacks(execute=True):
        assert not export_build(export_id=export.public_id)
    export.refresh_from_db()
    assert (export.state, export.key) == (ExportState.WAITING, "")


def test_nothing_of_it_is_in_logs_events_or_names(note: VisitNote, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        export = built(user_of(note.patient))
    assert "canaryinanexport" not in caplog.text
    assert "canaryinanexport" not in repr(list(Event.objects.values()))
    for name in (note.patient.family_name.lower(), str(note.patient.public_id)):
        assert name not in export.key


def test_its_pages(note: VisitNote, monkeypatch: pytest.MonkeyPatch) -> None:
    client = browser(user_of(note.patient), monkeypatch)
    assert "Ask for everything about me" in client.get("/health-record/export/").content.decode()
    assert f"0 of {len(EXPORT_PARTS)} parts" in client.post("/health-record/export/ask/", follow=True).content.decode()
    export = RecordExport.objects.get()
    assert client.get(f"/health-record/export/{export.public_id}/file/").status_code == 404
    export_build(export_id=export.public_id)
    assert "It is ready" in client.get("/health-record/export/").content.decode()
    answer = client.get(f"/health-record/export/{export.public_id}/file/")
    assert b"".join(answer.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "application/zip"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Disposition"] == 'attachment; filename="health-record.zip"'
    stranger = browser(user_of(signed().patient), monkeypatch)
    assert stranger.get(f"/health-record/export/{export.public_id}/file/").status_code == 404


def test_it_holds_what_one_was_told_and_wants_to_be_told_and_nothing_of_anybody_else(note: VisitNote) -> None:
    user, other = user_of(note.patient), UserFactory.create()
    own = MessageFactory(user=user, kind="record_new", facts={"path": "/health-record/"})
    theirs = MessageFactory(user=other, kind="record_new", facts={"path": "/health-record/"})
    for one, mobile in ((user, "+447700900123"), (other, "+447700900456")):
        Preference.objects.create(user=one, kind="record_new", channel=Channel.EMAIL, is_on=False)
        Contact.objects.create(user=one, mobile=mobile)
    archive = opened(built(user))
    told_to_me = json.loads(archive.read("Communication.json"))
    ids = [row["id"] for row in told_to_me]
    assert str(own.public_id) in ids
    assert str(theirs.public_id) not in ids
    assert len(ids) == len(set(ids)) == Message.objects.filter(user=user, channel=Channel.EMAIL).count() - 1
    wishes = json.loads(archive.read("Basic.json"))
    assert [(row.get("wanted"), row.get("textsTo")) for row in wishes] == [(False, None), (None, "+447700900123")]
