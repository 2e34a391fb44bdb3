"""The pages of documents, as a browser without scripts and as htmx ask for them."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import UserFactory
from audit.models import Event
from booking.tests.steps import user_of
from common.idempotency import new_key
from common.models import IdempotencyRecord
from notifications.models import Message
from notifications.services import messages_deliver
from records.models import Document
from records.services import document_error, glass_break
from records.tests.document_steps import a_pdf, a_picture, added, added_by_doctor, checked, infected, sent
from records.tests.steps import visit

pytestmark = pytest.mark.django_db
LIST, ADD, SENT = "/health-record/documents/", "/health-record/documents/add/", "/health-record/documents/sent/"
HTMX = {"HX-Request": "true"}
CANARY = "canaryinadocument"


@pytest.fixture(autouse=True)
def private_root(settings: Settings, tmp_path: Path) -> None:
    settings.PRIVATE_ROOT = str(tmp_path / "private")


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.backends.AccountBackend")
    return client


def own(document: Document) -> Client:
    return browser(user_of(document.patient))


def body(**more: Any) -> dict[str, Any]:
    return {"category": "result", "file": [a_pdf()], "idempotency_key": new_key(), **more}


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_several_files_are_sent_at_once_with_a_plain_form() -> None:
    seen = visit()
    client = browser(user_of(seen.patient))
    answer = client.post(ADD, body(file=[a_pdf(), a_picture()], visit=str(seen.public_id), title="Blood test"))
    assert (answer.status_code, answer["Location"]) == (302, ADD)
    assert {(one.title, one.appointment) for one in Document.objects.all()} == {("Blood test", seen)}
    page = text_of(client.get(ADD))
    assert "Your 2 files are with us" in page
    assert page.count("Waiting for the virus check") == 2
    assert f"{SENT}?waiting=" in page


def test_files_under_one_title_are_told_apart_by_their_names() -> None:
    seen = visit()
    client = browser(user_of(seen.patient))
    sent = body(title="From the clinic", file=[a_pdf("one.pdf"), a_pdf("two.pdf")])
    page = text_of(client.post("/health-record/documents/add/", sent, follow=True))
    for document in Document.objects.all():
        checked(document)
    for shown in (page, text_of(client.get("/health-record/documents/"))):
        assert "Result, one.pdf, PDF" in shown
        assert "Result, two.pdf, PDF" in shown


def test_of_several_files_the_good_ones_are_kept_and_the_bad_one_is_named() -> None:
    document = added()
    bad = SimpleUploadedFile("virus.pdf", b"MZ not a PDF")
    answer = own(document).post(ADD, body(file=[a_pdf(), bad], title="Typed already"))
    assert answer.status_code == 422
    assert "virus.pdf: We cannot take this kind of file" in text_of(answer)
    assert "Typed already" in text_of(answer)
    assert Document.objects.count() == 2


@pytest.mark.parametrize("more", [{"category": ""}, {"category": "poem"}, {"file": []}, {"visit": "no-visit"}])
def test_what_is_missing_or_wrong_is_said_beside_its_field(more: dict[str, Any]) -> None:
    seen = visit()
    answer = browser(user_of(seen.patient)).post(ADD, body(**more))
    assert answer.status_code == 422
    assert "There is a problem" in text_of(answer)
    # Of what came with it no browser keeps the file.
    assert ("Choose the file once more" in text_of(answer)) is ("file" not in more)
    assert not Document.objects.exists()


def test_sent_twice_with_one_key_it_is_one_document() -> None:
    client, key = own(added()), new_key()
    for _ in range(2):
        assert client.post(ADD, body(idempotency_key=key)).status_code == 302
    assert Document.objects.count() == 2
    other = body(idempotency_key=key, file=[a_picture()])
    assert client.post(ADD, other).status_code == 422


def test_htmx_sends_one_more_and_gets_the_list() -> None:
    client = own(added())
    answer = client.post(SENT, body(title="One more"), headers=HTMX)
    assert answer.status_code == 200
    assert "One more" in text_of(answer)
    assert "<html" not in text_of(answer)
    refused = client.post(SENT, body(category=""), headers=HTMX)
    assert (refused.status_code, "Choose what kind" in text_of(refused)) == (422, True)


def test_the_list_of_what_was_sent_asks_until_all_is_settled() -> None:
    document = sent()
    client, waiting = own(document), str(document.public_id)
    assert client.get(SENT, {"waiting": waiting}, headers=HTMX).status_code == 204
    checked(document)
    answer = client.get(SENT, {"waiting": waiting}, headers=HTMX)
    assert "blood-test.pdf: Ready." in text_of(answer)
    assert "hx-get" not in text_of(answer)
    assert client.get(SENT).status_code == 302


def test_a_document_is_shown_in_a_frame_and_kept_as_an_attachment() -> None:
    document = added_by_doctor(title="Blood test")
    client = own(document)
    path = f"/records/documents/{document.public_id}/"
    page = text_of(client.get(path))
    assert f'src="{path}preview/"' in page
    assert "Blood test" in text_of(client.get(LIST))
    kept, shown = client.get(f"{path}file/"), client.get(f"{path}preview/")
    assert kept["Content-Disposition"].startswith("attachment; ")
    assert shown["Content-Disposition"].startswith("inline; ")
    for answer in (kept, shown):
        assert b"".join(answer).startswith(b"%PDF")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "Downloaded a document" in text_of(client.get("/account/record-access/?show=all"))


def test_nothing_is_opened_before_it_is_clean() -> None:
    for document in (sent(), checked(sent(), infected)):
        path = f"/records/documents/{document.public_id}/"
        client = own(document)
        assert client.get(path).status_code == 200
        assert f"{path}preview/" not in text_of(client.get(path))
        assert [client.get(f"{path}{way}/").status_code for way in ("file", "preview")] == [404, 404]


def test_a_doctor_comes_from_the_visit_and_adds_a_document() -> None:
    seen = visit()
    client = browser(user_of(seen.doctor))
    shelf = f"/patients/{seen.patient.public_id}/documents/"
    assert f'href="{shelf}"' in text_of(client.get(f"/appointments/{seen.public_id}/"))
    assert client.post(f"{shelf}add/", body()).status_code == 302
    assert Document.objects.get().doctor == seen.doctor
    assert 'value="identity"' not in text_of(client.get(f"{shelf}add/"))
    assert browser(user_of(visit().doctor)).get(shelf).status_code == 404


def test_a_mistake_is_told_to_its_patient_without_what_it_says() -> None:
    document = added_by_doctor(title=CANARY)
    document_error(actor=document.uploaded_by, document_id=document.public_id, reason=f"{CANARY} of another")
    client = own(document)
    page = text_of(client.get(f"/records/documents/{document.public_id}/"))
    assert "entered in error" in page
    assert CANARY not in page
    assert CANARY not in text_of(client.get(LIST))


def test_a_doctor_moves_a_document_to_the_right_patient() -> None:
    document = added_by_doctor()
    right = visit(document.doctor)
    client = browser(document.uploaded_by)
    path = f"/records/documents/{document.public_id}/error/"
    assert client.post(path, {"reason": ""}).status_code == 422
    answer = client.post(path, {"reason": "Two of one name", "visit": str(right.public_id)})
    assert answer.status_code == 302
    assert Document.objects.filter(patient=right.patient, moved_from=document).exists()


def test_a_newer_version_is_sent_with_a_plain_form() -> None:
    document = added()
    client, path = own(document), f"/records/documents/{document.public_id}/replace/"
    assert client.post(path, {"file": ""}).status_code == 422
    assert client.post(path, {"file": a_pdf(), "idempotency_key": new_key()}).status_code == 302
    answer = client.post(path, {"file": a_pdf(), "idempotency_key": new_key()})
    assert (answer.status_code, "A newer version is here already" in text_of(answer)) == (409, True)


def test_titles_and_names_are_in_no_mail_address_log_event_or_argument(
    caplog: pytest.LogCaptureFixture, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[object] = []
    monkeypatch.setattr("common.tasks._send", lambda *args: woken.append(args))
    seen = visit()
    client = browser(user_of(seen.doctor))
    path = f"/patients/{seen.patient.public_id}/documents/add/"
    with caplog.at_level(logging.DEBUG):
        answers = [
            client.post(path, body(title=CANARY, file=[a_pdf(f"{CANARY}.pdf")])),
            client.post(path, body(title=CANARY, file=[SimpleUploadedFile(f"{CANARY}.exe", b"MZ")])),
        ]
        checked(Document.objects.get())
        infectious = sent(seen.patient, by=user_of(seen.doctor), title=CANARY, file=a_pdf(f"{CANARY}.pdf"))
        checked(infectious, infected)
        messages_deliver()
        own_pages = [browser(user_of(seen.patient)).get(one) for one in ("/home/", "/account/record-access/?show=all")]
    assert [answer.status_code for answer in answers] == [302, 422]
    assert CANARY not in answers[0]["Location"]
    assert all(CANARY not in text_of(page) for page in own_pages)
    assert CANARY not in caplog.text
    assert len(mailoutbox) == 2
    assert all(CANARY not in f"{mail.subject}{mail.body}{mail.alternatives}" for mail in mailoutbox)
    facts = [message.facts for message in Message.objects.all()]
    kept = [facts, list(Event.objects.values()), list(IdempotencyRecord.objects.values()), woken]
    assert CANARY not in json.dumps(kept, default=str)


def test_in_an_emergency_an_office_comes_to_the_list_and_adds_nothing() -> None:
    document = added(title="Blood test")
    office, patient = UserFactory.create(roles=[Role.ADMINISTRATOR]), document.patient
    client, shelf = browser(office), f"/patients/{document.patient.public_id}/documents/"
    assert client.get(shelf).status_code == 404
    reason = "Unconscious in the waiting room"
    glass_break(actor=office, who=user_of(patient).email, birth_date=patient.birth_date, reason=reason)
    page = client.get(shelf)
    assert page.status_code == 200
    assert "Blood test" in text_of(page)
    assert "Add documents" not in text_of(page)
    assert client.post(f"{shelf}add/", body()).status_code in {403, 404}
    assert Event.objects.filter(action="document.listed", actor_id=office.public_id).count() == 1


def test_each_look_of_a_doctor_at_a_list_is_an_event_and_none_of_the_patients() -> None:
    document = added_by_doctor()
    own(document).get(LIST)
    assert not Event.objects.filter(action="document.listed").exists()
    browser(document.uploaded_by).get(f"/patients/{document.patient.public_id}/documents/")
    assert Event.objects.get(action="document.listed").patient_id == document.patient.public_id


def test_a_visit_that_fits_no_more_does_not_become_a_plain_mistake() -> None:
    document = added_by_doctor()
    path = f"/records/documents/{document.public_id}/error/"
    answer = browser(document.uploaded_by).post(path, {"reason": "Whose?", "visit": str(visit().public_id)})
    assert answer.status_code == 422
    document.refresh_from_db()
    assert document.status == "current"
