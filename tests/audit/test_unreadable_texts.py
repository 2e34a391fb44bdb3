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
from accounts.models import OutsideIdentity, OutsideTokens, User
from accounts.roles import Role
from accounts.tests.factories import UserFactory
from billing.states import ComplaintState
from billing.tests.factories import ComplaintFactory, PaymentFactory, RefundFactory
from booking.models import Appointment
from booking.tests.factories import bookable_doctor
from booking.tests.steps import user_of
from common import clock
from common.stored_texts import encrypted_columns
from home.models import Enquiry
from records import services
from records.models import Allergy, BreakGlass, NoteVersion
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
TRIGGERS: dict[type[models.Model], str] = {
    NoteVersion: "records_keep_version",
    PrescriptionSignature: "records_keep_signature",
}
Page = tuple[User, str]
Press = tuple[User, str, dict[str, Any]]


@dataclass(kw_only=True)
class Shown:
    """Of one column: who reads it where, and what else goes on without it; `posts` end in a redirect."""

    pages: list[Page]
    quiet: list[Page] = field(default_factory=list)
    posts: list[Press] = field(default_factory=list)
    searches: list[Page] = field(default_factory=list)
    status: int = 200


def at(name: str, *rows: Any) -> str:
    return reverse(name, args=[row.public_id for row in rows])


class World:
    """One patient with every text that there is, and who reads it."""

    def __init__(self) -> None:
        self.doctor, self.colleague, self.reader, self.stranger = (bookable_doctor() for _ in range(4))
        self.auditor, self.administrator, self.officer = (
            UserFactory.create(roles=[role]) for role in (Role.AUDITOR, Role.ADMINISTRATOR, Role.BILLING_OFFICER)
        )
        needs = written(AccessNeeds(other="A chair"))
        self.visit = visit(self.doctor, reason="A cough", access_needs=needs)
        self.patient = self.visit.patient
        self.patient.address, self.patient.access_needs = ADDRESS, needs
        self.patient.save()
        self.own, self.me, self.other = user_of(self.patient), user_of(self.doctor), user_of(self.colleague)
        allergic(self.patient, "Latex", "Rash")
        self.note, self.writing = amended(signed(self.visit)), draft(self.again())
        self.in_error = asked(signed(self.again()), self.colleague)
        self.held, self.rx = rx_signed(self.again()), rx_draft(self.again())
        services.prescription_hold(actor=self.me, prescription_id=self.held.public_id, reason="Wait")
        self.document = checked(sent(self.patient, by=self.own))
        services.document_error(actor=self.own, document_id=self.document.public_id, reason="Another person's")
        self.opened()
        self.payment = PaymentFactory.create(paid=True, appointment=self.visit, settled_note="Rung the bank")
        RefundFactory.create(payment=self.payment, note="Half an hour late")
        answered = {"state": ComplaintState.DECLINED, "decided_at": clock.now(), "answer": "You were"}
        self.complaint = ComplaintFactory.create(appointment=self.visit, text="Not seen", **answered)
        come = {"user": self.own, "provider": "work-login", "subject": "ada", "verified_at": clock.now()}
        identity = OutsideIdentity.objects.create(**come)
        OutsideTokens.objects.create(identity=identity, refresh_token="1//0", good_until=clock.now())
        self.enquiry = Enquiry.objects.create(received_at=clock.now(), answers='[["Message", "Hello"]]')

    def again(self) -> Appointment:
        return visit(self.doctor, self.patient)

    def opened(self) -> None:
        """To a colleague by a share, and in an emergency: one that is over and reviewed, one that stands."""
        what: dict[str, Any] = {"kind": ShareKind.NOTE, "object_id": self.note.public_id}
        self.share = services.record_share(actor=self.me, doctor_id=self.reader.public_id, reason="To hear you", **what)
        now, why = clock.now(), "Unconscious at the desk"
        self.glass = BreakGlass.objects.create(
            patient=self.patient,
            user=self.other,
            reason=why,
            opened_at=now - timedelta(hours=3),
            expires_at=now - timedelta(hours=2),
            due_at=now,
            review=ReviewState.JUSTIFIED,
            reviewed_by=self.auditor,
            reviewed_at=now - timedelta(hours=1),
            review_note="It was needed",
        )
        whose: dict[str, Any] = {"who": self.own.email, "birth_date": self.patient.birth_date}
        self.glass_now = services.glass_break(actor=user_of(self.stranger), reason=why, **whose)


def of_notes(w: World) -> dict[str, Shown]:
    in_error, searched = at("records:note", w.in_error), at("records:note_search", w.patient)
    return {
        "records_visitnote.draft": Shown(
            pages=[(w.me, at("records:edit", w.writing)), (w.me, at("records:sign", w.writing))],
            quiet=[(w.me, at("records:to_do"))],
            status=409,
        ),
        "records_visitnote.error_reason": Shown(
            pages=[(w.other, in_error)],
            quiet=[(w.me, in_error)],
            posts=[(w.other, at("records:error_answer", w.in_error), {"agrees": "yes"})],
        ),
        "records_noteversion.payload": Shown(
            pages=[
                (w.own, at("records:note", w.note)),
                (w.me, at("records:patient_record", w.patient)),
                (w.own, at("records:record")),
            ],
            searches=[(w.me, searched)],
        ),
        "records_document.error_reason": Shown(
            pages=[(w.own, at("records:document", w.document))], quiet=[(w.own, at("records:documents"))]
        ),
    }


def of_prescriptions(w: World) -> dict[str, Shown]:
    edit, sign, address, allergies = (
        (w.me, at(f"records:prescription_{name}", w.rx)) for name in ("edit", "sign", "address", "allergies")
    )
    held, record = (w.own, at("records:prescription", w.held)), (w.own, at("records:record"))
    known = [record, (w.own, at("records:allergies")), (w.me, at("records:patient_record", w.patient)), allergies, edit]
    taken_back: Press = (w.own, at("records:allergy_end", Allergy.objects.get()), {})
    return {
        "records_prescription.draft": Shown(
            pages=[edit, sign], quiet=[(w.me, at("records:prescriptions_written"))], status=409
        ),
        "records_prescription.reason": Shown(pages=[held], quiet=[record]),
        "records_prescriptionsignature.payload": Shown(pages=[held, edit, sign, record]),
        "records_allergy.substance": Shown(pages=[*known, sign], posts=[taken_back]),
        "records_allergy.reaction": Shown(pages=known, posts=[taken_back]),
        # An address that cannot be read is missing, and can be given anew.
        "accounts_patient.address": Shown(
            pages=[(w.own, at("accounts:profile"))],
            quiet=[sign, address],
            posts=[(*address, {"address": "5 Elm Row"})],
        ),
    }


def of_who_may_see(w: World) -> dict[str, Shown]:
    to_me, seen_by, review = at("records:open_to_me"), (w.own, at("records:who_can_see")), at("glass_review", w.glass)
    return {
        "records_recordshare.reason": Shown(
            pages=[seen_by, (user_of(w.reader), to_me)],
            quiet=[(w.me, to_me)],
            posts=[(w.own, at("records:unshare", w.share), {})],
        ),
        "records_breakglass.reason": Shown(
            pages=[(w.auditor, review)],
            quiet=[seen_by, (w.auditor, at("glass_queue")), (w.other, at("records:break_glass"))],
            posts=[(user_of(w.stranger), at("records:glass_end", w.glass_now), {})],
        ),
        "records_breakglass.review_note": Shown(pages=[(w.auditor, review)]),
    }


def of_the_clinic(w: World) -> dict[str, Shown]:
    theirs, mine = ((one, at("booking:appointment_detail", w.visit)) for one in (w.own, w.me))
    day, enquiry = (w.me, at("booking:day")), (w.administrator, at("enquiry", w.enquiry))
    return {
        "booking_appointment.reason": Shown(pages=[theirs, mine], quiet=[day, (w.own, "/home/")]),
        "booking_appointment.access_needs": Shown(pages=[mine], quiet=[day]),
        "accounts_patient.access_needs": Shown(pages=[(w.own, at("accounts:profile"))]),
        # Nobody is shown it: what cannot be read asks nothing any more (accounts.services.outside_tokens).
        "accounts_outsidetokens.refresh_token": Shown(pages=[], quiet=[(w.own, at("accounts:security"))]),
        "home_enquiry.answers": Shown(
            pages=[enquiry], quiet=[(w.administrator, at("enquiries"))], posts=[(*enquiry, {})]
        ),
    }


def of_money(w: World) -> dict[str, Shown]:
    payment, complaint = (
        (w.officer, at("billing_payment", w.payment)),
        (w.officer, at("billing_complaint", w.complaint)),
    )
    refund = {"do": "refund", "amount": "1", "note": "Late", "idempotency_key": "test-unreadable"}
    return {
        "billing_complaint.text": Shown(pages=[complaint]),
        "billing_complaint.answer": Shown(pages=[complaint, (w.own, at("billing:returned", w.visit))]),
        "billing_refund.note": Shown(pages=[payment], quiet=[(w.own, at("billing:payments"))]),
        "billing_payment.settled_note": Shown(pages=[], quiet=[payment], posts=[(*payment, refund)]),
        "billing_historicalpayment.settled_note": Shown(pages=[payment]),
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


def column_of(where: str) -> str:
    return where.partition(".")[2]


def readers_of(table: dict[str, Shown]) -> dict[User, Client]:
    shown = table.values()
    people = {person for one in shown for person, _ in (*one.pages, *one.quiet, *one.searches)}
    people |= {person for one in shown for person, _, _ in one.posts}
    clients = {person: Client(raise_request_exception=False) for person in people}
    for person, client in clients.items():
        client.force_login(person, backend="accounts.backends.AccountBackend")
    return clients


def problems(readers: dict[User, Client], where: str, shown: Shown) -> Iterator[str]:
    asked_for: list[tuple[User, str, dict[str, str] | None]] = [(person, path, None) for person, path in shown.pages]
    asked_for += [(person, path, {"words": "dizzy"}) for person, path in shown.searches]
    for person, path, body in asked_for:
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
    w = World()
    table = {**of_notes(w), **of_prescriptions(w), **of_who_may_see(w), **of_the_clinic(w), **of_money(w)}
    columns = {f"{model._meta.db_table}.{one.column}": model for model, one in encrypted_columns()}
    assert set(table) == set(columns), "Say where a new text is shown"
    found: list[str] = []
    readers = readers_of(table)
    for where, shown in table.items():
        with spoilt(columns[where], column_of(where)):
            found += problems(readers, where, shown)
    assert not found, "\n".join(found)
    with ExitStack() as all_at_once:
        for where in table:
            all_at_once.enter_context(spoilt(columns[where], column_of(where)))
        rows = {part.name: list(part.rows(w.own, w.patient)) for part in EXPORT_PARTS}
        assert "cannot be read any more" in str(rows["AllergyIntolerance"])
        err = StringIO()
        with pytest.raises(CommandError):
            call_command("records_verify", stdout=StringIO(), stderr=err)
        for where in table:
            stored = columns[where]._default_manager.exclude(**{f"{column_of(where)}__isnull": True})
            names = [str(name) for name, text in stored.values_list("public_id", column_of(where)) if text]
            assert names, where
            assert all(name in err.getvalue() for name in names), where
