"""Records through the API: written in a version, signed by whoever has just proved who they are, read by patients."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import ApiToken
from accounts.states import ALL_SCOPES
from accounts.tests.factories import PatientFactory
from audit.models import Event
from booking.tests.api.test_api import signed_in
from booking.tests.steps import user_of
from common import clock
from records.models import Document, VisitNote
from records.tests.document_steps import a_pdf, checked
from records.tests.prescribing import AMOXICILLIN, addressed, allergic
from records.tests.steps import author, signed, visit

pytestmark = pytest.mark.django_db


def by_old_token(user: Any) -> APIClient:
    """A token whose holder has proved long ago who they are."""
    record, token = ApiToken.objects.issue(user, scopes=list(ALL_SCOPES))
    ApiToken.objects.filter(pk=record.pk).update(proved_at=clock.now() - timedelta(hours=1))
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def test_a_note_from_the_first_word_to_the_patient() -> None:
    appointment = visit()
    doctor, patient = signed_in(author(appointment)), signed_in(user_of(appointment.patient))
    note_id = doctor.post(f"/api/v1/appointments/{appointment.public_id}/note/").json()["note"]
    where = f"/api/v1/notes/{note_id}/"
    first = doctor.get(f"{where}draft/")["ETag"]
    lost = doctor.put(f"{where}draft/", {"sections": {"plans": "Rest"}}, headers={"If-Match": first})
    assert (lost.status_code, list(lost.json()["fields"])) == (422, ["sections.plans"])
    body = {"sections": {"plan": "Rest"}, "summary": "Rest for a week."}
    saved = doctor.put(f"{where}draft/", body, headers={"If-Match": first})
    assert (saved.status_code, saved.json()["sections"]) == (200, {"plan": "Rest"})
    stale = doctor.put(f"{where}draft/", {"sections": {"plan": "Run"}}, headers={"If-Match": first})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_draft")
    assert patient.get(where).status_code == 404
    version = {"If-Match": saved["ETag"]}
    unproved = by_old_token(author(appointment)).post(f"{where}sign/", {}, headers=version)
    assert (unproved.status_code, unproved.json()["code"]) == (403, "proof_needed")
    assert doctor.post(f"{where}sign/", {}).status_code == 428
    assert doctor.post(f"{where}sign/", {}, headers=version).json()["status"] == "final"
    (row,) = patient.get("/api/v1/notes/").json()["results"]
    (read,) = patient.get(f"/api/v1/notes/{row['id']}/").json()["versions"]
    assert (read["summary"], [part["text"] for part in read["parts"]]) == ("Rest for a week.", ["Rest"])


def test_an_amendment_says_why_and_two_take_a_note_back() -> None:
    note, colleague = signed(), visit().doctor
    doctor, second = signed_in(author(note)), signed_in(user_of(colleague))
    where = f"/api/v1/notes/{note.public_id}/"
    body = {"sections": {"plan": "Come back"}}
    saved = doctor.put(f"{where}draft/", body, headers={"If-Match": doctor.get(f"{where}draft/")["ETag"]})
    wordless = doctor.post(f"{where}sign/", {}, headers={"If-Match": saved["ETag"]})
    assert (wordless.status_code, wordless.json()["code"]) == (422, "reason_needed")
    amended = doctor.post(f"{where}sign/", {"reason": "The other ear"}, headers={"If-Match": saved["ETag"]})
    assert [one["reason"] for one in amended.json()["versions"]] == ["The other ear", ""]
    asked = {"reason": "Another patient's", "colleague": user_of(colleague).email}
    assert doctor.post(f"{where}error/", asked).status_code == 200
    assert second.get(where).json()["seconds"] is True
    assert second.post(f"{where}error/answer/", {"agrees": True}).json()["status"] == "entered-in-error"
    assert VisitNote.objects.get().status == "entered-in-error"


def test_a_prescription_is_signed_with_what_was_read_beside_it() -> None:
    appointment = addressed(visit())
    allergic(appointment.patient, "penicillin")
    doctor, patient = signed_in(author(appointment)), signed_in(user_of(appointment.patient))
    begun = doctor.post(f"/api/v1/appointments/{appointment.public_id}/prescriptions/")
    where = f"/api/v1/prescriptions/{begun.json()['id']}/"
    doctor.put(f"{where}draft/", {"items": [AMOXICILLIN]}, headers={"If-Match": begun["ETag"]})
    elsewhere = allergic(visit(doctor=appointment.doctor).patient, "latex")
    assert doctor.post(f"{where}allergies/end/", {"allergy": elsewhere.public_id}).status_code == 404
    elsewhere.refresh_from_db()
    assert elsewhere.ended_at is None
    shown = doctor.get(f"{where}sign/")
    told, version = shown.json(), {"If-Match": shown["ETag"]}
    assert [warning["kind"] for warning in told["told"]] == ["allergy"]
    unread = doctor.post(f"{where}sign/", {"particulars": told["particulars"]}, headers=version)
    assert (unread.status_code, unread.json()["code"]) == (409, "warnings")
    seen = {"particulars": told["particulars"], "warnings": told["warnings"]}
    assert doctor.post(f"{where}sign/", seen, headers=version).json()["status"] == "active"
    (row,) = patient.get("/api/v1/prescriptions/").json()["results"]
    assert patient.get(f"/api/v1/prescriptions/{row['id']}/").json()["items"][0]["drug"] == "Amoxicillin"
    assert patient.get(f"{where}pdf/").content.startswith(b"%PDF")
    assert doctor.post(f"{where}hold/", {"reason": "Wait"}).json()["status"] == "on-hold"
    done = doctor.post(f"{where}complete/")
    assert (done.status_code, done.json()["code"], done.json()["current"]) == (409, "illegal_transition", "on-hold")


def test_a_file_is_added_once_a_key_and_fetched_once_it_is_clean() -> None:
    patient = PatientFactory.create()
    api = signed_in(user_of(patient))
    sent = [
        api.post(
            "/api/v1/documents/",
            {"file": a_pdf(), "category": "letter"},
            format="multipart",
            headers={"Idempotency-Key": "k"},
        )
        for _ in range(2)
    ]
    assert [(answer.status_code, answer.json()["state"]) for answer in sent] == [(201, "quarantined")] * 2
    where = f"/api/v1/documents/{sent[0].json()['id']}/"
    assert api.get(f"{where}file/").status_code == 404
    checked(Document.objects.get())
    assert b"".join(api.get(f"{where}file/")).startswith(b"%PDF")
    assert Event.objects.filter(action="document.downloaded").count() == 1
    wrong = api.post("/api/v1/documents/", {"file": a_pdf(), "category": "no-such"}, format="multipart")
    assert (wrong.status_code, list(wrong.json()["fields"])) == (422, ["category"])


def test_a_record_is_shared_and_asked_for_as_a_file_by_whoever_has_just_proved_it() -> None:
    patient, doctor = PatientFactory.create(), visit().doctor
    api, old = signed_in(user_of(patient)), by_old_token(user_of(patient))
    body = {"doctor": str(doctor.public_id)}
    for where, sent in (("health-record/shares/", body), ("health-record/export/", {})):
        assert old.post(f"/api/v1/{where}", sent).json()["code"] == "proof_needed"
    share = api.post("/api/v1/health-record/shares/", body).json()
    assert [one["id"] for one in api.get("/api/v1/health-record/access/").json()["shares"]] == [share["id"]]
    assert old.post(f"/api/v1/health-record/shares/{share['id']}/end/").status_code == 200
    assert api.post("/api/v1/health-record/export/").json()["export"]["state"] == "waiting"
    nobody = api.post("/api/v1/health-record/shares/", {"doctor": str(patient.public_id)})
    assert (nobody.status_code, list(nobody.json()["fields"])) == (422, ["doctor"])
