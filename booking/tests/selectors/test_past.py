"""What is over, page by page: nobody else's, each once, there and back, and as the places count days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Patient
from accounts.tests.factories import PatientFactory
from booking.models import Appointment
from booking.selectors import appointments_behind, days_behind, days_of_doctor, past
from booking.states import Status
from booking.tests.factories import AppointmentFactory, bookable_doctor, next_slot_start
from booking.tests.steps import user_of
from common import clock
from common.keyset import KeyPage
from doctors.models import Doctor

pytestmark = pytest.mark.django_db

TODAY = date(2027, 4, 20)


def behind(patient: Patient, **asked: object) -> KeyPage[Appointment]:
    return appointments_behind(user_of(patient), now=clock.now(), size=2, **asked)  # type: ignore[arg-type]


def test_a_patients_past_goes_by_key_there_and_back() -> None:
    patient = PatientFactory.create()
    rows = [AppointmentFactory.create(patient=patient, start=next_slot_start(-days)) for days in range(1, 5)]
    rows.append(AppointmentFactory.create(patient=patient, cancelled=True, start=rows[-1].start))
    rows[-2:] = rows[:-3:-1]
    first = behind(patient)
    second = behind(patient, before=first.rows[-1].public_id)
    third = behind(patient, before=second.rows[-1].public_id)
    assert [page.rows for page in (first, second, third)] == [rows[:2], rows[2:4], rows[4:]]
    assert (first.has_previous, second.has_previous, second.has_next, third.has_next) == (False, True, True, False)
    back = behind(patient, after=third.rows[0].public_id)
    assert (back.rows, back.has_previous, back.has_next) == (rows[2:4], True, True)
    assert not behind(patient, after=second.rows[0].public_id).has_previous


def test_what_lies_ahead_and_what_one_sees_as_a_doctor_is_not_in_it() -> None:
    patient = PatientFactory.create()
    AppointmentFactory.create(patient=patient)
    gone = AppointmentFactory.create(patient=patient, cancelled=True, start=next_slot_start(2))
    doctor = bookable_doctor(doctor={"user": user_of(patient)})
    AppointmentFactory.create(visit_type=doctor.visit_types.get(), start=next_slot_start(-1))
    assert behind(patient).rows == [gone]


def test_somebody_elses_appointment_names_no_page() -> None:
    """Else it would tell when theirs is."""
    patient = PatientFactory.create()
    rows = [AppointmentFactory.create(patient=patient, start=next_slot_start(-days)) for days in (1, 3)]
    theirs = AppointmentFactory.create(start=next_slot_start(-2))
    for asked in ({"before": theirs.public_id}, {"after": theirs.public_id}):
        page = behind(patient, **asked)
        assert (page.rows, page.has_previous, page.has_next) == (rows, False, False)
        assert page.has_unknown_edge


def test_a_row_that_has_left_the_list_meanwhile_is_still_an_edge_of_it() -> None:
    """Whoever goes through what is cancelled, say, does not begin anew because one of it is no more."""
    patient = PatientFactory.create()
    later, gone, earlier = (AppointmentFactory.create(patient=patient, start=next_slot_start(d)) for d in (-1, 2, -3))
    assert (behind(patient, after=gone.public_id).rows, behind(patient, before=gone.public_id).rows) == (
        [],
        [later, earlier],
    )


def visit(doctor: Doctor, local: datetime, status: Status = Status.FULFILLED) -> Appointment:
    """At a time on the clock of the doctor's place."""
    start = local.replace(tzinfo=doctor.locations.get().time_zone)
    made: Appointment = AppointmentFactory.create(visit_type=doctor.visit_types.get(), start=start, status=status)
    return made


def days(doctor: Doctor, **asked: date) -> KeyPage[past.DayBehind]:
    return days_behind(user_of(doctor), today=TODAY, size=2, **asked)


def test_a_doctors_days_say_how_each_went() -> None:
    doctor = bookable_doctor()
    for hour, status in enumerate((Status.FULFILLED, Status.NOSHOW, Status.BOOKED, Status.ARRIVED), start=9):
        visit(doctor, datetime(2027, 4, 19, hour), status)  # noqa: DTZ001 - the place's
    AppointmentFactory.create(visit_type=doctor.visit_types.get(), start=next_slot_start(-1), cancelled=True)
    visit(doctor, datetime(2027, 4, 20, 9))  # noqa: DTZ001 - the place's
    [day] = days(doctor).rows
    assert day == past.DayBehind(day=date(2027, 4, 19), visits=4, seen=1, missed=1, unsaid=2)


def test_a_doctors_days_go_by_key_there_and_back() -> None:
    doctor = bookable_doctor()
    for number in range(1, 6):
        for hour in (9, 11):
            visit(doctor, datetime(2027, 4, 20, hour) - timedelta(days=number))  # noqa: DTZ001 - the place's
    want = [TODAY - timedelta(days=number) for number in range(1, 6)]
    first = days(doctor)
    second = days(doctor, before=want[1])
    third = days(doctor, before=want[3])
    shown = [[row.day for row in page.rows] for page in (first, second, third)]
    assert shown == [want[:2], want[2:4], want[4:]]
    back = days(doctor, after=want[4])
    assert ([row.day for row in back.rows], back.has_previous, back.has_next) == (want[2:4], True, True)
    assert {row.visits for page in (first, second, third, back) for row in page.rows} == {2}


def test_a_day_that_is_cut_short_waits_for_its_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past, "VISITS_A_DAY", 1)
    doctor = bookable_doctor()
    for number in (1, 2):
        for hour in (9, 11):
            visit(doctor, datetime(2027, 4, 20, hour) - timedelta(days=number))  # noqa: DTZ001 - the place's
    page = days(doctor)
    assert [(row.day.day, row.visits) for row in page.rows] == [(19, 2)]


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles", "Europe/London"])
def test_days_are_the_places(zone: str) -> None:
    doctor = bookable_doctor(zone=zone)
    late, early = visit(doctor, datetime(2027, 3, 28, 23)), visit(doctor, datetime(2027, 3, 29, 0))  # noqa: DTZ001
    assert [row.day.day for row in days(doctor).rows] == [29, 28]
    shown = [list(days_of_doctor(user_of(doctor), date(2027, 3, day), days=1)) for day in (27, 28, 29, 30)]
    assert shown == [[], [late], [early], []]
    assert list(days_of_doctor(user_of(doctor), date(2027, 3, 28), days=2)) == [late, early]


def test_the_hour_that_comes_twice_belongs_to_its_day_twice() -> None:
    doctor = bookable_doctor()
    london = ZoneInfo("Europe/London")
    for fold in (0, 1):
        start = datetime(2026, 10, 25, 1, tzinfo=london).replace(fold=fold).astimezone(UTC)
        AppointmentFactory.create(visit_type=doctor.visit_types.get(), start=start, status=Status.FULFILLED)
    [day] = days(doctor).rows
    assert (day.day, day.visits) == (date(2026, 10, 25), 2)


def test_a_page_takes_the_same_statements_and_no_more_rows_than_it_shows() -> None:
    doctor, patient = bookable_doctor(), PatientFactory.create()
    for number in range(1, 9):
        AppointmentFactory.create(
            patient=patient, visit_type=doctor.visit_types.get(), start=next_slot_start(-number), status="fulfilled"
        )
    edge = behind(patient).rows[-1].public_id
    for call in (lambda: behind(patient, before=edge), lambda: days(doctor)):
        with CaptureQueriesContext(connection) as taken:
            assert len(call().rows) <= 2
        assert len(taken) <= 4
        assert "LIMIT" in taken[-1]["sql"]
