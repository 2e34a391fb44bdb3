from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking.selectors import nearest_alternatives, next_slot_after, slot_offered, slots_for
from booking.slots import Slot
from booking.tests.factories import AppointmentFactory, LeaveFactory, bookable_doctor, next_slot_start
from booking.tests.steps import book
from common import clock
from doctors.models import Doctor
from doctors.states import VerificationStatus

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 6, 1, 12, 0, tzinfo=UTC)


def shown(doctor: Doctor, *, days: int = 14) -> list[Slot]:
    return slots_for(doctor=doctor, visit_type=doctor.visit_types.get(), first_day=NOW.date(), days=days, now=NOW)


def test_what_is_booked_or_on_leave_is_not_free_and_what_has_ended_is() -> None:
    doctor = bookable_doctor(minutes=60)
    visit_type = doctor.visit_types.get()
    morning = datetime(2027, 6, 2, 8, 0, tzinfo=UTC)
    AppointmentFactory.create(visit_type=visit_type, start=morning)
    AppointmentFactory.create(requested=True, visit_type=visit_type, start=morning + timedelta(hours=1), expires_at=NOW)
    AppointmentFactory.create(
        held=True, visit_type=visit_type, start=morning + timedelta(hours=2), expires_at=NOW + timedelta(minutes=1)
    )
    AppointmentFactory.create(cancelled=True, visit_type=visit_type, start=morning + timedelta(hours=3))
    LeaveFactory.create(doctor=doctor, start=morning + timedelta(hours=4), end=morning + timedelta(hours=5))
    starts = [slot.start for slot in shown(doctor, days=2) if slot.start >= morning]
    assert starts == [morning + timedelta(hours=hours) for hours in (1, 3, 5, 6, 7)]


def test_other_doctors_visits_take_no_time() -> None:
    doctor, other = bookable_doctor(), bookable_doctor()
    before = shown(doctor)
    AppointmentFactory.create(visit_type=other.visit_types.get(), start=before[20].start)
    assert shown(doctor) == before


def test_extra_hours_are_free() -> None:
    doctor = bookable_doctor(weekdays=[])
    start = datetime(2027, 6, 2, 18, 0, tzinfo=UTC)
    LeaveFactory.create(
        doctor=doctor, kind="extra", location=doctor.locations.get(), start=start, end=start + timedelta(hours=1)
    )
    assert [slot.start for slot in shown(doctor)] == [start, start + timedelta(minutes=30)]


@pytest.mark.parametrize("change", [{"verification_status": VerificationStatus.SUSPENDED}, {"is_active": False}])
def test_a_doctor_who_is_not_listed_has_no_times(change: dict[str, object]) -> None:
    doctor = bookable_doctor()
    Doctor.objects.update(**change)
    assert shown(Doctor.objects.get(pk=doctor.pk)) == []


def test_a_visit_type_that_is_not_offered_has_no_times() -> None:
    doctor = bookable_doctor()
    doctor.visit_types.update(is_active=False)
    assert shown(doctor) == []


def test_fourteen_days_are_one_statement_however_full_the_diary_is() -> None:
    doctor = bookable_doctor(minutes=15)
    visit_type = doctor.visit_types.get()
    for number in range(8):
        AppointmentFactory.create(visit_type=visit_type, start=datetime(2027, 6, 2 + number, 8, 0, tzinfo=UTC))
    with CaptureQueriesContext(connection) as statements:
        found = slots_for(doctor=doctor, visit_type=visit_type, first_day=NOW.date(), days=14, now=NOW)
    assert len(found) > 400
    assert len(statements) == 1


def test_a_slot_is_offered_or_not() -> None:
    doctor, start = bookable_doctor(), next_slot_start()
    asked: dict[str, Any] = {"doctor": doctor, "visit_type": doctor.visit_types.get(), "now": clock.now()}
    place = doctor.locations.get().pk
    offered = slot_offered(**asked, location_id=place, start=start)
    assert offered is not None
    assert (offered.start, offered.end) == (start, start + timedelta(minutes=30))
    assert slot_offered(**asked, location_id=place + 1, start=start) is None
    assert slot_offered(**asked, location_id=place, start=start + timedelta(minutes=1)) is None
    book(doctor, start=start)
    assert slot_offered(**asked, location_id=place, start=start) is None


def test_the_next_slot_after_a_day_without_any() -> None:
    doctor = bookable_doctor(weekdays=[0])
    visit_type = doctor.visit_types.get()
    found = next_slot_after(doctor=doctor, visit_type=visit_type, after=datetime(2027, 6, 8, tzinfo=UTC), now=NOW)
    assert found is not None
    assert found.start == datetime(2027, 6, 14, 8, 0, tzinfo=UTC)
    beyond = datetime(2027, 9, 1, tzinfo=UTC)
    assert next_slot_after(doctor=doctor, visit_type=visit_type, after=beyond, now=NOW) is None


@pytest.mark.parametrize("days", [1, 16, 17, 20, 400, 2700])
def test_for_a_time_long_gone_the_alternatives_are_the_next_ones(days: int) -> None:
    doctor = bookable_doctor(minutes=60, start=time(9), end=time(13))
    gone = NOW - timedelta(days=days)
    found = nearest_alternatives(doctor=doctor, visit_type=doctor.visit_types.get(), start=gone, now=NOW)
    assert [slot.start for slot in found] == [slot.start for slot in shown(doctor)[:3]]
    assert len(found) == 3


def test_alternatives_are_the_nearest_on_both_sides_in_order() -> None:
    doctor = bookable_doctor(minutes=60, start=time(9), end=time(13))
    wanted = datetime(2027, 6, 9, 11, 0, tzinfo=UTC)
    found = nearest_alternatives(doctor=doctor, visit_type=doctor.visit_types.get(), start=wanted, now=NOW)
    assert [slot.start for slot in found] == [wanted - timedelta(hours=hours) for hours in (3, 2, 1)]
    few = nearest_alternatives(doctor=doctor, visit_type=doctor.visit_types.get(), start=wanted, now=NOW, count=1)
    assert [slot.start for slot in few] == [wanted - timedelta(hours=1)]
