"""The ledger and the comparisons with Stripe as files: what the page's filters find, and nothing that runs."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.roles import Role
from accounts.tests.factories import PatientFactory, UserFactory
from audit.models import Event
from billing.models import Reconciliation
from billing.states import RefundStatus
from billing.tests.factories import PaymentFactory, ReceiptFactory, RefundFactory
from booking.tests.factories import AppointmentFactory
from common import clock

pytestmark = pytest.mark.django_db

LEDGER, COMPARISONS = "/admin/payments/", "/admin/billing/comparisons/"


@pytest.fixture
def officer() -> Client:
    client = Client()
    client.force_login(UserFactory.create(roles=[Role.BILLING_OFFICER]))
    return client


def lines(client: Client, address: str, **asked: Any) -> list[dict[str, str]]:
    sent = client.get(address, {**asked, "export": "csv"})
    return list(csv.DictReader(io.StringIO(b"".join(sent.streaming_content).decode())))  # type: ignore[attr-defined]


def test_a_file_holds_what_the_page_finds_and_adds_up(officer: Client) -> None:
    cash = PaymentFactory.create(desk=True, appointment=AppointmentFactory.create(), desk_reference="=1+1")
    ReceiptFactory.create(payment=cash, number="R-2026-000009")
    RefundFactory.create(payment=cash, amount_minor=1250, status=RefundStatus.SUCCEEDED, settled_at=clock.now())
    RefundFactory.create(payment=cash, amount_minor=100)
    other = PaymentFactory.create(paid=True)
    assert [row["Appointment"] for row in lines(officer, LEDGER)] == [
        other.appointment.reference,
        cash.appointment.reference,
    ]
    for asked in (
        {"method": "cash"},
        {"reference": "r-2026-000009"},
        {"doctor": cash.appointment.doctor.family_name, "location": cash.appointment.location_id, "method": "cash"},
    ):
        assert [row.pk for row in officer.get(LEDGER, asked).context["rows"]] == [cash.pk]
        [row] = lines(officer, LEDGER, **asked)
        assert (row["Asked for"], row["Taken"], row["Given back"]) == ("45.00", "45.00", "12.50")
        assert row["Receipts and credit notes"] == "R-2026-000009"
        assert row["Clinic’s reference"] == "'=1+1"


def test_a_workbook_runs_no_formula_and_nobody_is_named(officer: Client) -> None:
    patient = PatientFactory.create(given_name="Zebedee", family_name="Quillfeather")
    appointment = AppointmentFactory.create(patient=patient)
    PaymentFactory.create(desk=True, appointment=appointment, desk_reference="=HYPERLINK(1)")
    book = officer.get(LEDGER, {"export": "xlsx"})
    parts = zipfile.ZipFile(io.BytesIO(b"".join(book.streaming_content)))  # type: ignore[attr-defined]
    text = " ".join(parts.read(name).decode(errors="replace") for name in parts.namelist())
    assert "HYPERLINK" in text
    assert "<f>" not in text
    assert "Zebedee" not in text + str(lines(officer, LEDGER))
    event = Event.objects.filter(action="export.payments").order_by("pk").first()
    assert event is not None
    assert (event.data["format"], event.data["filters"]) == ("xlsx", [])


@pytest.mark.parametrize("address", [LEDGER, COMPARISONS])
def test_what_cannot_be_asked_leaves_no_file(officer: Client, address: str) -> None:
    PaymentFactory.create(paid=True)
    now = clock.now()
    Reconciliation.objects.create(since=now, until=now, run_at=now, stripe_minor=4500, ours_minor=4500, differences=[])
    for kind in ("csv", "xlsx"):
        answer = officer.get(address, {"since": "2027-03-02", "until": "2027-03-01", "export": kind})
        assert (answer.status_code, answer["Content-Type"]) == (422, "text/html; charset=utf-8")
        assert "Give a day that is not before the first." in answer.content.decode()
    assert not Event.objects.filter(action__startswith="export.").exists()


def test_comparisons_are_shown_and_taken_away_by_days(officer: Client) -> None:
    now = clock.now()
    for days, found in ((0, [{"kind": "intent", "id": "pi_1", "outcome": "mended", "stripe_minor": 4500}]), (40, [])):
        run_at = now - timedelta(days=days)
        Reconciliation.objects.create(
            since=run_at, until=run_at, run_at=run_at, stripe_minor=4500, ours_minor=4400, differences=found
        )
    assert len(lines(officer, COMPARISONS)) == 2
    since = (now - timedelta(days=2)).date().isoformat()
    assert len(officer.get(COMPARISONS, {"since": since}).context["object_list"]) == 1
    [row] = lines(officer, COMPARISONS, since=since)
    assert (row["Difference"], row["What became of it"]) == ("1.00", "intent pi_1: mended")
    assert Event.objects.filter(action="export.reconciliations").count() == 2


def test_a_page_without_comparisons_says_so(officer: Client) -> None:
    page = officer.get(COMPARISONS)
    assert page.status_code == 200
    assert "Nothing was compared in these days." in page.content.decode()
