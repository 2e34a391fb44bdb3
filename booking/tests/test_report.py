"""The appointments report: who gets in, what is counted, files of nobody by name, and an index for the counting."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from accounts.tests.factories import PatientFactory, UserFactory
from audit.models import Event
from booking.models import Appointment
from booking.selectors import Counted, report_counts, report_found
from booking.states import Status
from booking.tests.factories import AppointmentFactory
from booking.tests.views.pages import CANARY, text_of
from common import clock
from doctors.selectors import VisitSearch

pytestmark = pytest.mark.django_db

REPORT = "/admin/reports/appointments/"
MONDAY = date(2027, 3, 1)
FIRST, LAST = MONDAY.isoformat(), (MONDAY + timedelta(days=6)).isoformat()


def on(day: int, status: Status | None = None, **fields: Any) -> Appointment:
    """At nine of the clinic's clock, so many days after that Monday."""
    fields |= {"status": status} if status else {}
    start = datetime.combine(MONDAY + timedelta(days=day), datetime.min.time().replace(hour=9), clock.clinic_zone())
    made: Appointment = AppointmentFactory.create(start=start.astimezone(UTC), **fields)
    return made


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(UserFactory.create(roles=[Role.ADMINISTRATOR]))
    return client


@pytest.mark.parametrize("role", [None, *[role for role in Role if role is not Role.ADMINISTRATOR]])
def test_whoever_is_no_administrator_stays_outside(role: Role | None) -> None:
    client = Client()
    client.force_login(UserFactory.create(roles=[role] if role else [], is_superuser=role is None))
    answer = client.get(REPORT, follow=True)
    assert answer.redirect_chain or answer.status_code == 403
    assert b"did not attend" not in answer.content


def test_days_are_counted_by_what_became_and_empty_ones_too(client: Client) -> None:
    on(0)
    on(0, Status.FULFILLED)
    on(0, Status.NOSHOW)
    on(2, cancelled=True)
    on(2, requested=True)
    on(2, Status.ENTERED_IN_ERROR)
    on(7)
    page = client.get(REPORT, {"since": FIRST, "until": LAST})
    shown = [(one.booked, one.missed, one.cancelled, one.waiting) for one in page.context["counted"]]
    assert shown == [(2, 1, 0, 0), (0, 0, 0, 0), (0, 0, 1, 1), *[(0, 0, 0, 0)] * 4]
    assert "2 booked or seen, 1 did not attend, 1 cancelled, 1 still waiting" in text_of(page)
    weeks = client.get(REPORT, {"since": FIRST, "until": LAST, "by": "week"}).context["counted"]
    assert weeks == [Counted(first=MONDAY, booked=2, missed=1, cancelled=1, waiting=1)]


def test_filters_narrow_it(client: Client) -> None:
    mine, other = on(0), on(1, modality="video")

    def total(**asked: Any) -> int:
        page = client.get(REPORT, {"since": FIRST, "until": LAST, **asked})
        return int(page.context["total"]["booked"])

    assert total() == 2
    assert total(location=mine.location_id) == 1
    assert total(doctor=other.doctor.family_name) >= 1
    assert total(modality="video") == 1
    assert total(status="noshow") == 0


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"since": "2027-03-02", "until": "2027-03-01"}, "until"),
        ({"since": "2020-01-01", "until": "2027-03-01"}, "until"),
        ({"since": "x"}, "since"),
        ({"modality": "x"}, "modality"),
    ],
)
def test_what_cannot_be_asked_is_said_beside_its_field(client: Client, asked: dict[str, str], field: str) -> None:
    for more, status in (({}, 200), ({"export": "csv"}, 422), ({"export": "xlsx"}, 422)):
        page = client.get(REPORT, {**asked, **more})
        assert page.status_code == status
        assert page["Content-Type"].startswith("text/html")
        [problem] = page.context["form"].errors[field]
        assert problem in unescape(text_of(page))
        assert page.context["counted"] == []
    assert not Event.objects.filter(action="export.appointments").exists()


def test_files_name_appointments_by_reference_and_nobody_by_name(client: Client) -> None:
    patient = PatientFactory.create(given_name="Zebedee", family_name="Quillfeather")
    appointment = on(0, patient=patient, reason=CANARY)
    period = {"since": FIRST, "until": LAST}
    with CaptureQueriesContext(connection) as taken:
        sent = client.get(REPORT, {**period, "export": "csv"})
        lines = list(csv.reader(io.StringIO(b"".join(sent.streaming_content).decode())))  # type: ignore[attr-defined]
    book = client.get(REPORT, {**period, "export": "xlsx"})
    words = zipfile.ZipFile(io.BytesIO(b"".join(book.streaming_content) if book.streaming else book.content))  # type: ignore[attr-defined]
    text = " ".join(words.read(name).decode(errors="replace") for name in words.namelist())
    assert [line[0] for line in lines] == ["Reference", appointment.reference]
    for hidden in ("Zebedee", "Quillfeather", CANARY):
        assert hidden not in str(lines)
        assert hidden not in text
    assert not [one for one in taken if '"reason"' in one["sql"] or "accounts_patient" in one["sql"]]
    event = Event.objects.filter(action="export.appointments").latest("pk")
    assert (event.data["format"], event.data["filters"]) == ("xlsx", ["since", "until"])


def test_counting_is_one_statement_over_the_index_alone() -> None:
    on(0)
    zone = clock.clinic_zone()
    search = VisitSearch(since=clock.start_of_day(MONDAY, zone), until=clock.end_of_day(MONDAY, zone))
    with CaptureQueriesContext(connection) as taken:
        report_counts(report_found(search), MONDAY, MONDAY, by_week=False)
    [counting] = [one["sql"] for one in taken]
    with connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan", "sort", "incremental_sort"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        # In a table this small any index that holds the start costs the same: for this transaction there is one.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for other in ("doctor_start", "patient_start", "location_start", "status"):
            cursor.execute(f"DROP INDEX appointment_{other}_idx")
        cursor.execute(f"EXPLAIN {counting}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Only Scan" in plan
    assert "appointment_start_idx" in plan
