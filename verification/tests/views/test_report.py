"""The report on decisions and its files, the dashboard's panel, and the settings."""

from __future__ import annotations

from csv import DictReader
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook  # type: ignore[import-untyped]

from accounts.models import User
from accounts.roles import Role
from audit.models import Event
from common import clock
from common.errors import Forbidden
from doctors.tests.factories import DoctorFactory
from verification import services
from verification.models import VerificationCase, VerificationSettings
from verification.selectors import today
from verification.selectors.worklist import median_to_decision, weeks_of_decisions, with_decision
from verification.states import ReasonCode, Status
from verification.tests.factories import administrator, case_in, officer, person
from verification.tests.views.desk import signed_in

pytestmark = pytest.mark.django_db

REPORT = "/admin/verification/report/"
SETTINGS = "/admin/settings/verification/verificationsettings/"


def decided(days_ago: float, after: timedelta, **fields: Any) -> VerificationCase:
    at = clock.now() - timedelta(days=days_ago)
    return case_in(fields.pop("status", Status.VERIFIED), submitted_at=at - after, decided_at=at, **fields)


def found(client: Client, query: dict[str, str]) -> list[str]:
    return [case.doctor.gmc_number for case, _ in client.get(REPORT, query).context["rows"]]


def test_the_report_narrows_down_by_days_stage_and_officer() -> None:
    actor = officer()
    early = decided(20, timedelta(days=2), decided_by=actor)
    late = decided(1, timedelta(days=1))
    waiting = case_in(Status.PENDING)
    case_in(Status.DRAFT)
    client = signed_in(actor)
    middle = (today() - timedelta(days=10)).isoformat()

    assert found(client, {}) == [one.doctor.gmc_number for one in (waiting, late, early)]
    assert found(client, {"first_day": middle, "status": "verified"}) == [late.doctor.gmc_number]
    assert found(client, {"last_day": middle}) == [early.doctor.gmc_number]
    assert found(client, {"officer": str(actor.public_id)}) == [early.doctor.gmc_number]


def test_a_day_counts_as_the_clinic_counts_it_and_wholly() -> None:
    actor = officer()
    case = case_in(Status.PENDING, submitted_at=clock.end_of_day(today(), clock.clinic_zone()) - timedelta(seconds=1))

    assert found(signed_in(actor), {"first_day": today().isoformat(), "last_day": today().isoformat()}) == [
        case.doctor.gmc_number
    ]


def test_what_it_does_not_understand_is_said_and_nothing_is_exported() -> None:
    case_in(Status.PENDING)
    client = signed_in(officer())

    backwards = client.get(REPORT, {"first_day": "2026-03-02", "last_day": "2026-03-01"}).content.decode()
    for kind in ("csv", "xlsx"):
        assert client.get(REPORT, {"first_day": "nonsense", "export": kind}).status_code == 422

    assert "before the first one" in backwards
    assert not Event.objects.filter(action="verification.exported").exists()


def test_the_median_is_of_the_first_decisions_also_after_a_suspension() -> None:
    actor = officer()
    for hours in (1, 3, 50):
        decided(2, timedelta(hours=hours))
    case = case_in(Status.PENDING, submitted_at=clock.now() - timedelta(hours=2), claimed_by=actor, ready=True)
    services.case_approve(actor=actor, case_id=case.public_id)
    VerificationCase.objects.filter(pk=case.pk).update(submitted_at=clock.now() - timedelta(hours=3))
    services.doctor_suspend(
        actor=actor, doctor_id=case.doctor.public_id, reason="A complaint.", reason_code=ReasonCode.CONCERN
    )
    VerificationCase.objects.filter(pk=case.pk).update(decided_at=clock.now() + timedelta(days=9))

    median = median_to_decision(with_decision())

    assert median is not None
    assert round(median / timedelta(hours=1)) == 3


def csv_of(client: Client) -> list[dict[str, str]]:
    answer: Any = client.get(REPORT, {"export": "csv", "status": "verified"})
    assert answer.headers["Content-Type"] == "text/csv"
    return list(DictReader(StringIO(b"".join(answer.streaming_content).decode())))


def test_the_files_hold_what_was_found_no_formula_and_leave_a_trace() -> None:
    actor = officer()
    decided(
        1, timedelta(hours=30), doctor=DoctorFactory.create(title="", given_name="=cmd|' /C calc'!A0", family_name="X")
    )
    case_in(Status.PENDING)
    client = signed_in(actor)

    [row] = csv_of(client)
    workbook: Any = client.get(REPORT, {"export": "xlsx", "status": "verified"})
    cells = list(load_workbook(BytesIO(b"".join(workbook.streaming_content))).active.iter_rows())

    assert row["Doctor"].startswith("'=cmd")
    assert row["Hours to decision"] == "30.0"
    assert len(cells) == 2
    assert (cells[1][0].data_type, cells[1][0].value[:4]) == ("s", "=cmd")
    events = Event.objects.filter(action="verification.exported").order_by("pk")
    assert [event.data for event in events] == [
        {"format": "csv", "filters": ["status"], "at_most": 50_000},
        {"format": "xlsx", "filters": ["status"], "at_most": 50_000},
    ]
    assert {event.actor_id for event in events} == {actor.public_id}


def test_the_report_costs_the_same_however_long_it_is(django_assert_num_queries: Any) -> None:
    client = signed_in(officer())
    decided(1, timedelta(days=1))
    client.get(REPORT)
    with django_assert_num_queries(16, exact=False) as few:
        client.get(REPORT)
    for days in range(12):
        decided(days, timedelta(days=1))

    with django_assert_num_queries(len(few)):
        client.get(REPORT)


@pytest.mark.parametrize("role", [None, Role.PATIENT, Role.DOCTOR, Role.CONTENT_EDITOR, Role.AUDITOR])
@pytest.mark.parametrize("query", [{}, {"export": "csv"}])
def test_nobody_but_officers_and_administrators_comes_to_the_report(role: Role | None, query: dict[str, str]) -> None:
    case = decided(1, timedelta(days=1))

    answer = signed_in(person(*([role] if role else []))).get(REPORT, query)

    assert answer.status_code in (302, 403)
    assert case.doctor.gmc_number not in answer.content.decode()


def dashboard(user: User) -> str:
    return signed_in(user).get(reverse("wagtailadmin_home")).content.decode()


def test_the_dashboard_counts_draws_and_leads_into_the_queue() -> None:
    now, actor = clock.now(), officer()
    case_in(Status.PENDING, submitted_at=now - timedelta(days=4), due_at=now - timedelta(days=1), claimed_by=actor)
    case_in(Status.PENDING)
    decided(0, timedelta(hours=2))
    decided(15, timedelta(days=3))

    page = dashboard(actor)

    assert 'view=waiting"><span class="w-h1">2</span>' in page
    assert 'view=mine"><span class="w-h1">1</span>' in page
    assert 'view=over-target"><span class="w-h1">1</span>' in page
    assert "The longest wait is 4\xa0days." in page
    assert "decision this week is 2\xa0hours" in page
    # Two weeks, each with how many and with how long it took.
    assert page.count("<rect x=") == 4
    assert "style=" not in page[page.index("<svg role") : page.index("</svg>", page.index("<svg role"))]


def test_a_dashboard_without_decisions_draws_nothing_and_says_that_nobody_waits() -> None:
    page = dashboard(officer())

    assert "Nobody is waiting." in page
    assert "<rect" not in page


def test_editors_see_nothing_of_it() -> None:
    case_in(Status.PENDING)

    page = dashboard(person(Role.CONTENT_EDITOR))

    assert "erification" not in page


def test_weeks_begin_on_the_clinics_mondays() -> None:
    now = clock.now()
    monday = today(now) - timedelta(days=today(now).weekday())
    start = clock.start_of_day(monday, clock.clinic_zone())
    for at in (start, start - timedelta(seconds=1)):
        case_in(Status.VERIFIED, submitted_at=at - timedelta(days=1), decided_at=at)

    weeks = weeks_of_decisions(now)

    assert [week.decided for week in weeks[-2:]] == [1, 1]
    assert weeks[-1].monday == monday
    assert len(weeks) == 12


def test_administrators_alone_change_the_settings() -> None:
    page = signed_in(administrator()).get(SETTINGS, follow=True)
    changed = signed_in(administrator()).post(page.redirect_chain[-1][0], {"second_person": "on", "target_days": "7"})

    assert changed.status_code == 302
    settings = VerificationSettings.load()
    assert (settings.second_person, settings.target_days) == (True, 7)


@pytest.mark.parametrize("role", [Role.VERIFICATION_OFFICER, Role.CONTENT_EDITOR])
def test_nobody_else_comes_to_the_settings(role: Role) -> None:
    client = signed_in(person(role))

    answers = [client.get(SETTINGS, follow=True), client.post(f"{SETTINGS}1/", {"target_days": "99"}, follow=True)]

    assert all(b"days to a decision" not in answer.content for answer in answers)
    assert VerificationSettings.load().target_days == 5


def test_no_file_leaves_for_whoever_may_not_look_at_cases() -> None:
    with pytest.raises(Forbidden):
        services.export_record(actor=person(), file_format="csv", filters=[], at_most=1)
    assert not Event.objects.filter(action="verification.exported").exists()
