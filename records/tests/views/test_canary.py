"""What stands in a note is read on the note's own pages, and nowhere else."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from audit.models import Event
from booking.tests.steps import user_of
from notifications.models import Message
from notifications.services import messages_deliver
from records.models import VisitNote
from records.tests.steps import TEXT, author, draft

pytestmark = pytest.mark.django_db
CANARY = "canaryinanote"


def test_a_note_is_in_no_list_mail_address_log_or_event(
    caplog: pytest.LogCaptureFixture, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.policies.proved_recently", lambda _: True)
    note = draft(plan=CANARY)
    path, doctor, own = f"/notes/{note.public_id}/", Client(), Client()
    doctor.force_login(author(note), backend="accounts.backends.AccountBackend")
    own.force_login(user_of(note.patient), backend="accounts.backends.AccountBackend")
    text = {**TEXT, "plan": CANARY, "summary": CANARY}
    with caplog.at_level(logging.DEBUG):
        answers = [
            doctor.post(f"{path}edit/", {**text, "version": 0}),
            doctor.post(f"{path}edit/", {**text, "version": note.draft_version, "sign": "yes"}),
            doctor.post(f"{path}sign/", {"version": note.draft_version + 1}),
        ]
        messages_deliver()
        lists = [
            own.get("/health-record/"),
            own.get("/home/"),
            own.get("/account/record-access/"),
            doctor.get("/my-day/"),
            doctor.get("/my-day/notes/"),
            doctor.get(f"/appointments/{note.appointment.public_id}/"),
        ]
        assert CANARY in own.get(path).content.decode()
    assert [answer.status_code for answer in answers] == [409, 302, 302]
    assert all(page.status_code == 200 and CANARY not in page.content.decode() for page in lists)
    assert all(CANARY not in answer["Location"] for answer in answers[1:])
    assert CANARY not in caplog.text
    assert mailoutbox
    assert all(CANARY not in f"{mail.subject}{mail.body}{mail.alternatives}" for mail in mailoutbox)
    assert CANARY not in json.dumps([message.facts for message in Message.objects.all()])
    for rows in (Event.objects.values(), VisitNote.history.values()):
        assert rows
        assert CANARY not in repr(list(rows))
    with connection.cursor() as cursor:
        cursor.execute("SELECT payload FROM records_noteversion UNION ALL SELECT draft FROM records_visitnote")
        assert CANARY not in repr(cursor.fetchall())
