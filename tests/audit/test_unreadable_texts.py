"""One changed byte of any text that is stored encrypted: each page that shows it says so, and none ends in an error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, models, transaction
from django.test import Client
from django.urls import reverse

from accounts.access_needs import AccessNeeds, written
from accounts.models import Patient, User
from accounts.roles import Role
from accounts.tests.factories import UserFactory
from billing.states import ComplaintState
from billing.tests.factories import ComplaintFactory, PaymentFactory, RefundFactory
from booking.tests.factories import bookable_doctor
from booking.tests.steps import user_of
from common import clock
from common.stored_texts import encrypted_columns
from home.models import Enquiry
from records import services
from records.models import Allergy, BreakGlass, NoteVersion, RecordShare, VisitNote
from records.models.prescriptions import PrescriptionSignature
from records.services import EXPORT_PARTS
from records.states import ReviewState, ShareKind
from records.tests.document_steps import checked, sent
from records.tests.prescribing import ADDRESS, allergic, rx_draft, rx_signed
from records.tests.steps import amended, asked, draft, other_byte, signed, visit

pytestmark = pytest.mark.django_db
# One of these stands beside whatever cannot be read.
TOLD = ("cannot be read any more", "not as it was signed")
# What was signed is kept by these.
TRIGGERS = {NoteVersion: "records_keep_version", PrescriptionSignature: "records_keep_signature"}
Page = tuple[User, str]


@dataclass(kw_only=True)
class Shown:
    """A column, who reads it where, and what else must go on: `posts` end in a redirect."""

    column: str
    pages: list[Page]
    quiet: list[Page] = field(default_factory=list)
    posts: list[tuple[User, str, dict[str, Any]]] = field(default_factory=list)
    searches: list[Page] = field(default_factory=list)
    status: int = 200


def shared_by(doctor: User, note: VisitNote, reader: Any) -> RecordShare:
    return services.record_share(
        actor=doctor, doctor_id=reader.public_id, kind=ShareKind.NOTE, object_id=note.public_id, reason="To hear you"
    )


def reviewed(patient: Patient, by: User, reviewer: User, *, is_open: bool) -> BreakGlass:
    if is_open:
        return services.glass_break(
            actor=by, who=user_of(patient).email, birth_date=patient.birth_date, reason="Unconscious at the desk"
        )
    now = clock.now()
    return BreakGlass.objects.create(
        patient=patient,
        user=by,
        reason="Unconscious at the desk",
        opened_at=now - timedelta(hours=3),
        expires_at=now - timedelta(hours=2),
        due_at=now,
        review=ReviewState.JUSTIFIED,
        reviewed_by=reviewer,
        reviewed_at=now - timedelta(hours=1),
        review_note="It was needed",
    )


def world() -> tuple[Patient, dict[str, Shown]]:
    """One patient with every text that there is, by table and column."""
    doctor, colleague, reader, stranger = (bookable_doctor() for _ in range(4))
    auditor, administrator, money = (
        UserFactory.create(roles=[role]) for role in (Role.AUDITOR, Role.ADMINISTRATOR, Role.BILLING_OFFICER)
    )
    needs = written(AccessNeeds(other="A chair"))
    first = visit(doctor, reason="A cough", access_needs=needs)
    patient, me, other = first.patient, user_of(doctor), user_of(colleague)
    own = user_of(patient)
    patient.address, patient.access_needs = ADDRESS, needs
    patient.save()
    allergic(patient, "Latex", "Rash")
    note, writing = amended(signed(first)), draft(visit(doctor, patient))
    in_error = asked(signed(visit(doctor, patient)), colleague)
    held = rx_signed(visit(doctor, patient))
    services.prescription_hold(actor=me, prescription_id=held.public_id, reason="Wait")
    rx = rx_draft(visit(doctor, patient))
    document = checked(sent(patient, by=own))
    services.document_error(actor=own, document_id=document.public_id, reason="Another person's")
    share = shared_by(me, note, reader)
    glass = reviewed(patient, other, auditor, is_open=False)
    opened_now = reviewed(patient, user_of(stranger), auditor, is_open=True)
    payment = PaymentFactory.create(paid=True, appointment=first, settled_note="Rung the bank")
    RefundFactory.create(payment=payment, note="Half an hour late")
    complaint = ComplaintFactory.create(
        appointment=first, state=ComplaintState.DECLINED, decided_at=clock.now(), text="Not seen", answer="You were"
    )
    enquiry = Enquiry.objects.create(received_at=clock.now(), answers='[["Message", "Hello"]]')

    def at(name: str, *args: Any) -> str:
        return reverse(name, args=args)

    record, summary = at("records:record"), at("records:patient_record", patient.public_id)
    allergies, of_patient = at("records:allergies"), at("records:prescription_allergies", rx.public_id)
    edit, sign = (at(f"records:prescription_{name}", rx.public_id) for name in ("edit", "sign"))
    note_edit, note_sign = at("records:edit", writing.public_id), at("records:sign", writing.public_id)
    visit_page, paid = at("booking:appointment_detail", first.public_id), at("billing:returned", first.public_id)
    review, money_page = at("glass_review", glass.public_id), at("billing_payment", payment.public_id)
    complaint_page = at("billing_complaint", complaint.public_id)
    shown_allergy = [(own, record), (own, allergies), *((me, path) for path in (summary, of_patient, edit, sign))]
    end_share = (own, at("records:unshare", share.public_id), {})
    end_allergy = (own, at("records:allergy_end", Allergy.objects.get().public_id), {})
    key = {"idempotency_key": "test-unreadable"}
    return patient, {
        "records_visitnote.draft": Shown(
            column="draft", pages=[(me, note_edit), (me, note_sign)], quiet=[(me, at("records:to_do"))], status=409
        ),
        "records_visitnote.error_reason": Shown(
            column="error_reason",
            pages=[(other, at("records:note", in_error.public_id))],
            quiet=[(me, at("records:note", in_error.public_id))],
            posts=[(other, at("records:error_answer", in_error.public_id), {"agrees": "yes"})],
        ),
        "records_noteversion.payload": Shown(
            column="payload",
            pages=[(own, at("records:note", note.public_id)), (me, summary), (own, record)],
            searches=[(me, at("records:note_search", patient.public_id))],
        ),
        "records_prescription.draft": Shown(
            column="draft",
            pages=[(me, edit), (me, sign)],
            quiet=[(me, at("records:prescriptions_written"))],
            status=409,
        ),
        "records_prescription.reason": Shown(
            column="reason", pages=[(own, at("records:prescription", held.public_id))], quiet=[(own, record)]
        ),
        "records_prescriptionsignature.payload": Shown(
            column="payload",
            pages=[(own, at("records:prescription", held.public_id)), (me, edit), (me, sign), (own, record)],
        ),
        "records_document.error_reason": Shown(
            column="error_reason",
            pages=[(own, at("records:document", document.public_id))],
            quiet=[(own, at("records:documents"))],
        ),
        "records_recordshare.reason": Shown(
            column="reason",
            pages=[(own, at("records:who_can_see")), (user_of(reader), at("records:open_to_me"))],
            quiet=[(me, at("records:open_to_me"))],
            posts=[end_share],
        ),
        "records_allergy.substance": Shown(column="substance", pages=shown_allergy, posts=[end_allergy]),
        "records_allergy.reaction": Shown(column="reaction", pages=shown_allergy[:-1], posts=[end_allergy]),
        "records_breakglass.reason": Shown(
            column="reason",
            pages=[(auditor, review)],
            quiet=[(own, at("records:who_can_see")), (auditor, at("glass_queue")), (other, at("records:break_glass"))],
            posts=[(user_of(stranger), at("records:glass_end", opened_now.public_id), {})],
        ),
        "records_breakglass.review_note": Shown(column="review_note", pages=[(auditor, review)]),
        "booking_appointment.reason": Shown(
            column="reason",
            pages=[(own, visit_page), (me, visit_page)],
            quiet=[(me, at("booking:day")), (own, "/home/")],
        ),
        "booking_appointment.access_needs": Shown(
            column="access_needs", pages=[(me, visit_page)], quiet=[(me, at("booking:day"))]
        ),
        "accounts_patient.access_needs": Shown(column="access_needs", pages=[(own, at("accounts:profile"))]),
        "accounts_patient.address": Shown(
            column="address",
            pages=[(own, at("accounts:profile"))],
            # Its address is missing, and can be given anew.
            quiet=[(me, sign), (me, at("records:prescription_address", rx.public_id))],
            posts=[(me, at("records:prescription_address", rx.public_id), {"address": "5 Elm Row"})],
        ),
        "billing_complaint.text": Shown(column="text", pages=[(money, complaint_page)]),
        "billing_complaint.answer": Shown(column="answer", pages=[(money, complaint_page), (own, paid)]),
        "billing_refund.note": Shown(column="note", pages=[(money, money_page)], quiet=[(own, at("billing:payments"))]),
        "billing_payment.settled_note": Shown(
            column="settled_note",
            pages=[],
            quiet=[(money, money_page)],
            posts=[(money, money_page, {"do": "refund", "amount": "1", "note": "Late", **key})],
        ),
        "billing_historicalpayment.settled_note": Shown(column="settled_note", pages=[(money, money_page)]),
        "home_enquiry.answers": Shown(
            column="answers",
            pages=[(administrator, at("enquiry", enquiry.public_id))],
            quiet=[(administrator, at("enquiries"))],
            posts=[(administrator, at("enquiry", enquiry.public_id), {})],
        ),
    }


@contextmanager
def spoilt(model: type[models.Model], column: str) -> Iterator[None]:
    """One byte of the column in every row, for as long as this lasts."""
    table, trigger = model._meta.db_table, TRIGGERS.get(model)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            if trigger:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
            cursor.execute(f"UPDATE {table} SET {column} = {other_byte(column)} WHERE {column} <> ''")
            assert cursor.rowcount, f"{table}.{column}: no row of the world has one"
        yield
        transaction.set_rollback(True)


def readers_of(table: dict[str, Shown]) -> dict[User, Client]:
    people = {one[0] for shown in table.values() for one in (*shown.pages, *shown.quiet, *shown.posts, *shown.searches)}
    clients = {person: Client(raise_request_exception=False) for person in people}
    for person, client in clients.items():
        client.force_login(person, backend="accounts.backends.AccountBackend")
    return clients


def problems(readers: dict[User, Client], where: str, shown: Shown) -> Iterator[str]:
    asked = [(person, path, None) for person, path in shown.pages]
    asked += [(person, path, {"words": "dizzy"}) for person, path in shown.searches]
    for person, path, body in asked:
        answer = readers[person].post(path, body) if body else readers[person].get(path)
        words = unescape(answer.content.decode()).lower()
        if answer.status_code != shown.status or not any(told in words for told in TOLD):
            yield f"{where}: {path} answers {answer.status_code} and does not say it"
    for person, path in shown.quiet:
        answer = readers[person].get(path)
        if answer.status_code != 200:
            yield f"{where}: {path} answers {answer.status_code}"
    for person, path, body in shown.posts:
        answer = readers[person].post(path, body)
        if answer.status_code != 302:
            yield f"{where}: a press at {path} answers {answer.status_code}"


def test_every_page_says_what_cannot_be_read_and_goes_on() -> None:
    patient, table = world()
    columns = {f"{model._meta.db_table}.{one.column}": model for model, one in encrypted_columns()}
    assert set(table) == set(columns), "Say where a new text is shown"
    readers, found = readers_of(table), []
    for where, shown in table.items():
        with spoilt(columns[where], shown.column):
            found += problems(readers, where, shown)
    assert not found, "\n".join(found)
    with ExitStack() as all_at_once:
        for where, shown in table.items():
            all_at_once.enter_context(spoilt(columns[where], shown.column))
        rows = {part.name: list(part.rows(user_of(patient), patient)) for part in EXPORT_PARTS}
        assert "cannot be read any more" in str(rows["AllergyIntolerance"])
        err = StringIO()
        with pytest.raises(CommandError):
            call_command("records_verify", stdout=StringIO(), stderr=err)
        for where, shown in table.items():
            stored = columns[where]._default_manager.exclude(**{f"{shown.column}__isnull": True})
            names = [str(name) for name, text in stored.values_list("public_id", shown.column) if text]
            assert names, where
            assert all(name in err.getvalue() for name in names), where
