"""The page of one item: words, a day, files; and whose they are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.tests.factories import UserFactory
from audit.models import Event
from common import clock
from common.uploads.states import UploadState
from integrations import antivirus
from verification.models import Evidence
from verification.selectors import today
from verification.services import evidence_check
from verification.states import ItemKind, ItemStatus
from verification.tests.own.scenes import applicant, item_of, pdf, png, signed_in, virus

pytestmark = pytest.mark.django_db

IDENTITY, INDEMNITY, STATEMENT = "/verification/identity/", "/verification/indemnity/", "/verification/statement/"
HTMX = {"HX-Request": "true"}


def checked(evidence: Evidence) -> None:
    evidence_check(evidence_id=evidence.public_id, scan=antivirus.scan)


def day(ahead: int = 200) -> dict[str, Any]:
    last = today() + timedelta(days=ahead)
    return {f"stated_expires_on_{part}": getattr(last, part) for part in ("day", "month", "year")}


def page(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_statement_is_saved_by_itself() -> None:
    user = applicant()
    client = signed_in(user)
    assert client.post(STATEMENT, {"answer": "I look after hearts."})["Location"] == "/verification/"
    assert item_of(user, ItemKind.STATEMENT).status == ItemStatus.PROVIDED
    assert "I look after hearts." in page(client, STATEMENT)
    answer = client.post(STATEMENT, {"answer": ""})
    assert answer.status_code == 422
    assert "Write a few sentences." in answer.content.decode()


def test_file_and_day_together_make_the_indemnity_ready(virus_scanner: None) -> None:
    user = applicant()
    client = signed_in(user)
    answer = client.post(INDEMNITY, {**day(), "file": pdf(), "idempotency_key": "a"})
    assert answer["Location"] == INDEMNITY
    assert "Waiting for the virus check" in page(client, INDEMNITY)
    checked(Evidence.objects.get())
    assert "Ready" in page(client, INDEMNITY)
    assert item_of(user, ItemKind.INDEMNITY).status == ItemStatus.PROVIDED


def test_file_is_kept_also_where_the_day_beside_it_is_wrong() -> None:
    user = applicant()
    client = signed_in(user)
    wrong = {"stated_expires_on_day": "31", "stated_expires_on_month": "2", "stated_expires_on_year": "2031"}
    answer = client.post(INDEMNITY, {**wrong, "file": pdf(), "idempotency_key": "a"})
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "Enter a real day, such as 27 3 2027." in shown
    assert 'value="31"' in shown
    assert "indemnity.pdf" in shown
    assert item_of(user, ItemKind.INDEMNITY).status == ItemStatus.EMPTY


def test_day_that_has_passed_is_refused_by_the_service() -> None:
    answer = signed_in(applicant()).post(INDEMNITY, day(-1))
    assert answer.status_code == 422
    assert "This day has passed." in answer.content.decode()


def test_file_of_another_kind_is_refused_in_plain_words() -> None:
    client = signed_in(applicant())
    answer = client.post(IDENTITY, {"file": pdf("letter.docx")})
    assert answer.status_code == 422
    assert "which we cannot take" in answer.content.decode()
    assert client.post(IDENTITY, {}).status_code == 422
    assert not Evidence.objects.exists()


def test_pressing_twice_gives_one_file() -> None:
    client = signed_in(applicant())
    for _ in range(2):
        client.post(IDENTITY, {"file": png(), "idempotency_key": "same"})
    assert Evidence.objects.count() == 1


def test_virus_is_refused_and_the_item_asks_for_another(virus_scanner: None) -> None:
    user = applicant()
    client = signed_in(user)
    client.post(IDENTITY, {"file": virus("passport.pdf"), "idempotency_key": "a"})
    checked(Evidence.objects.get())
    shown = page(client, IDENTITY)
    assert "Refused: a virus was found" in shown
    assert "choose another file" in shown
    assert item_of(user, ItemKind.IDENTITY).status == ItemStatus.EMPTY
    assert "A file was refused." in page(client, "/verification/")
    assert client.get(f"/verification/evidence/{Evidence.objects.get().public_id}/").status_code == 404


def test_list_of_files_asks_again_only_while_one_waits(virus_scanner: None) -> None:
    client = signed_in(applicant())
    path = f"{IDENTITY}files/"
    answer = client.post(path, {"file": png()}, headers=HTMX)
    assert answer.status_code == 200
    shown = answer.content.decode()
    assert 'hx-trigger="every 2s"' in shown
    assert "<html" not in shown
    file = Evidence.objects.get()
    waits = {"waiting": str(file.public_id)}
    assert client.get(path, waits, headers=HTMX).status_code == 204
    checked(file)
    settled = client.get(path, waits, headers=HTMX).content.decode()
    assert 'data-announce="passport.png: Ready."' in settled
    assert "hx-trigger" not in settled


def test_scanner_that_is_away_is_told_and_asked_less_often() -> None:
    client = signed_in(applicant())
    client.post(IDENTITY, {"file": png(), "idempotency_key": "a"})
    file = Evidence.objects.get()
    checked(file)
    Evidence.objects.update(uploaded_at=clock.now() - timedelta(minutes=2))
    answer = client.get(f"{IDENTITY}files/", {"waiting": str(file.public_id)}, headers=HTMX)
    shown = answer.content.decode()
    assert "We keep your file and check it as soon as it does." in shown
    assert 'hx-trigger="every 15s"' in shown


def test_refused_file_is_told_to_the_script_that_sent_it() -> None:
    client = signed_in(applicant())
    answer = client.post(f"{IDENTITY}files/", {"file": pdf("letter.docx")}, headers=HTMX)
    assert answer.status_code == 422
    assert "<li>The name of this file ends in" in answer.content.decode()
    assert client.post(f"{IDENTITY}files/", {}, headers=HTMX).status_code == 422


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_file_can_be_taken_back(headers: dict[str, str]) -> None:
    user = applicant()
    client = signed_in(user)
    client.post(IDENTITY, {"file": png(), "idempotency_key": "a"})
    path = f"/verification/evidence/{Evidence.objects.get().public_id}/take-back/"
    assert client.get(path).status_code == 405
    answer = client.post(path, headers=headers)
    assert answer.status_code == (200 if headers else 302)
    assert item_of(user, ItemKind.IDENTITY).status == ItemStatus.EMPTY
    assert 'class="font-semibold break-words">passport.png' not in page(client, IDENTITY)


def test_own_file_is_an_attachment_and_each_look_is_recorded(virus_scanner: None) -> None:
    client = signed_in(applicant())
    client.post(IDENTITY, {"file": png(), "idempotency_key": "a"})
    file = Evidence.objects.get()
    checked(file)
    answer = client.get(f"/verification/evidence/{file.public_id}/")
    assert answer["Content-Disposition"] == 'attachment; filename="passport.png"'
    assert answer["Cache-Control"] == "private, no-store"
    assert b"".join(answer).startswith(b"\x89PNG")
    assert Event.objects.filter(action="evidence.viewed").count() == 1


def test_somebody_elses_file_is_not_found_like_one_that_does_not_exist(virus_scanner: None) -> None:
    owner = applicant()
    signed_in(owner).post(IDENTITY, {"file": png(), "idempotency_key": "a"})
    file = Evidence.objects.get()
    checked(file)
    stranger = UserFactory.create()
    other = signed_in(stranger)
    other.post(
        "/verification/start/", {"title": "Dr", "given_name": "Huw", "family_name": "Parry", "gmc_number": "7000002"}
    )
    for path in ("/verification/evidence/{}/", "/verification/evidence/{}/take-back/"):
        ask = other.post if path.endswith("take-back/") else other.get
        foreign, absent = ask(path.format(file.public_id)), ask(path.format(uuid4()))
        assert (foreign.status_code, absent.status_code) == (404, 404)
    file.refresh_from_db()
    assert file.withdrawn_at is None
    assert file.state == UploadState.CURRENT
    assert "passport.png" not in page(other, IDENTITY)


def test_unknown_items_are_not_found() -> None:
    client = signed_in(applicant())
    assert client.get("/verification/no-such-thing/").status_code == 404
    assert client.get("/verification/no-such-thing/files/").status_code == 404
    assert client.get(f"{STATEMENT}files/").status_code == 404
    assert client.get("/verification/gmc-register/")["Location"] == "/verification/particulars/"
    assert client.get(f"{IDENTITY}files/")["Location"] == IDENTITY


def test_what_is_checked_is_closed_and_what_was_typed_is_kept() -> None:
    user = applicant()
    item = item_of(user, ItemKind.STATEMENT)
    item.answer = "As it was."
    item.save()
    item.case.items.update(status=ItemStatus.PROVIDED)
    item.case.status, item.case.submitted_at = "rejected", clock.now()
    item.case.decided_at, item.case.decided_by = clock.now(), user
    item.case.reason_code, item.case.reason = "evidence", "Blurred."
    item.case.save()
    client = signed_in(user)
    shown = page(client, STATEMENT)
    assert "As it was." in shown
    assert "<textarea" not in shown
    answer = client.post(STATEMENT, {"answer": "Otherwise."})
    assert answer.status_code == 409
    assert "Otherwise." in answer.content.decode()
