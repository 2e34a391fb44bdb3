"""What stands in a prescription, an allergy or an address is read on their own pages, and nowhere else."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import Patient
from audit.models import Event
from booking.tests.steps import user_of
from notifications.models import Message
from notifications.services import messages_deliver
from records.models import Prescription
from records.tests.prescribing import AMOXICILLIN, allergic, code_of, prescriber, read, rx_draft, seen
from records.tests.steps import visit

pytestmark = pytest.mark.django_db
CANARY = "canaryinarx"
_STORED = """
    SELECT draft FROM records_prescription UNION ALL SELECT reason FROM records_prescription
    UNION ALL SELECT payload FROM records_prescriptionsignature
    UNION ALL SELECT substance FROM records_allergy UNION ALL SELECT reaction FROM records_allergy
    UNION ALL SELECT address FROM accounts_patient
"""


def test_a_prescription_is_in_no_list_mail_address_log_or_event(
    caplog: pytest.LogCaptureFixture, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.policies.proved_recently", lambda _: True)
    appointment = visit()
    appointment.patient.address = f"{CANARY} Street"
    appointment.patient.save()
    allergic(appointment.patient, CANARY, CANARY)
    item = {**AMOXICILLIN, "instructions": CANARY}
    draft = rx_draft(appointment, item)
    path, doctor, own, pharmacy = f"/prescriptions/{draft.public_id}/", Client(), Client(), Client()
    doctor.force_login(prescriber(draft), backend="accounts.backends.AccountBackend")
    own.force_login(user_of(draft.patient), backend="accounts.backends.AccountBackend")
    fields = {f"item-0-{name}": value for name, value in item.items()} | {"item-0-dose": f"2 {CANARY}", "count": 1}
    with caplog.at_level(logging.DEBUG):
        told = {"warnings_seen": "on", "warnings": seen(draft)}
        answers = [
            doctor.post(f"{path}edit/", {**fields, "version": 1}),
            doctor.post(f"{path}edit/", {**fields, "version": 1, "sign": "yes"}),
            doctor.post(f"{path}sign/", {"version": 2, "particulars": read(draft), **told}),
            doctor.post(f"{path}hold/", {"reason": CANARY}),
        ]
        code, born = code_of(Prescription.objects.get()), draft.patient.birth_date
        day = {"birth_date_day": born.day, "birth_date_month": born.month, "birth_date_year": born.year}
        assert CANARY in pharmacy.post("/prescriptions/check/", {"code": code, **day}).content.decode()
        messages_deliver()
        lists = [
            own.get("/health-record/prescriptions/"),
            own.get("/home/"),
            own.get("/account/record-access/"),
            doctor.get("/my-day/"),
            doctor.get("/my-day/prescriptions/"),
            doctor.get(f"/appointments/{appointment.public_id}/"),
        ]
        assert CANARY in own.get(path).content.decode()
    assert [answer.status_code for answer in answers] == [302] * 4
    assert [page.status_code for page in lists] == [200] * len(lists)
    assert [page.request["PATH_INFO"] for page in lists if CANARY in page.content.decode()] == []
    assert all(CANARY not in answer["Location"] and code not in answer["Location"] for answer in answers)
    for secret in (CANARY, code):
        assert secret not in caplog.text
        assert all(secret not in f"{mail.subject}{mail.body}{mail.alternatives}" for mail in mailoutbox)
        assert secret not in json.dumps([message.facts for message in Message.objects.all()])
        for rows in (Event.objects.values(), Prescription.history.values(), Patient.history.values()):
            assert rows
            assert secret not in repr(list(rows))
        with connection.cursor() as cursor:
            cursor.execute(_STORED)
            assert secret not in repr(cursor.fetchall())
    assert mailoutbox
