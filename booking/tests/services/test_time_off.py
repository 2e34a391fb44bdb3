"""Extra hours, cancelling what stands in time off, and what a doctor says about today."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from audit.models import Event
from booking.models import AvailabilityException
from booking.selectors import availability_of, slots_for
from booking.services import (
    extra_add,
    extra_remove,
    leave_add,
    leave_appointments_cancel,
    rest_of_today_cancel,
    running_late_tell,
)
from booking.states import CancelReason, Status
from booking.tests.factories import AppointmentFactory, LeaveFactory, bookable_doctor, next_slot_start
from booking.tests.steps import book, cancelled_by, user_of
from common import clock
from common.errors import Invalid, NotFound
from doctors.models import Doctor
from doctors.tests.factories import LocationFactory
from notifications.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def doctor() -> Doctor:
    return bookable_doctor(start=time(9), end=time(12))


def add(doctor: Doctor, start: datetime, hours: float = 2, **more: Any) -> AvailabilityException:
    asked: dict[str, Any] = {
        "actor": user_of(doctor),
        "doctor_id": doctor.public_id,
        "location_id": doctor.locations.all()[0].pk,
    }
    return extra_add(**(asked | {"start": start, "end": start + timedelta(hours=hours)} | more))


def count_on(doctor: Doctor, start: datetime) -> int:
    day = clock.clinic_day(start)
    visit_type = doctor.visit_types.get()
    return len(slots_for(doctor=doctor, visit_type=visit_type, first_day=day, days=1, now=clock.now()))


def test_extra_hours_open_times_that_touch_the_weekly_ones(doctor: Doctor) -> None:
    noon = next_slot_start(2, time(12))
    extra = add(doctor, noon)
    assert count_on(doctor, noon) == 10
    assert availability_of(doctor, now=clock.now()).extra == [extra]
    assert book(doctor, start=noon).status == Status.BOOKED
    extra_remove(actor=user_of(doctor), extra_id=extra.public_id)
    assert count_on(doctor, noon) == 6
    actions = Event.objects.filter(object_id=str(extra.public_id)).values_list("action", flat=True)
    assert set(actions) == {"availability.extra_added", "availability.extra_removed"}


def test_the_same_extra_hours_again_change_nothing(doctor: Doctor) -> None:
    noon = next_slot_start(2, time(12))
    assert add(doctor, noon) == add(doctor, noon)


def test_extra_hours_that_overlap_are_refused_plainly(doctor: Doctor) -> None:
    eleven = next_slot_start(2, time(11))
    with pytest.raises(Invalid, match=r"overlaps your hours on .* 9:00am to 12:00pm, at ") as refused:
        add(doctor, eleven)
    assert (refused.value.code, list(refused.value.fields)) == ("extra_overlaps", ["start"])
    add(doctor, next_slot_start(2, time(14)))
    with pytest.raises(Invalid, match="2:00pm to 4:00pm"):
        add(doctor, next_slot_start(2, time(15)))


def test_extra_hours_in_time_off_would_be_of_no_use(doctor: Doctor) -> None:
    start = next_slot_start(2, time(14))
    LeaveFactory.create(doctor=doctor, start=start + timedelta(hours=1), end=start + timedelta(hours=2))
    with pytest.raises(Invalid, match="You have time off then"):
        add(doctor, start)


@pytest.mark.parametrize(
    ("more", "field"),
    [({"hours": 0}, "end"), ({"hours": 25}, "end"), ({"note": "x" * 121}, "note")],
)
def test_extra_hours_that_make_no_sense_are_refused(doctor: Doctor, more: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        add(doctor, next_slot_start(2, time(14)), **more)
    assert list(refused.value.fields) == [field]


def test_extra_hours_are_at_ones_own_places_only(doctor: Doctor) -> None:
    with pytest.raises(Invalid, match="places where you work"):
        add(doctor, next_slot_start(2, time(14)), location_id=LocationFactory.create().pk)


def test_what_stands_in_time_off_is_cancelled_once_and_new_times_are_offered(doctor: Doctor) -> None:
    start = next_slot_start(2, time(9))
    visits = [book(doctor, start=start), book(doctor, start=start + timedelta(hours=1))]
    outside = book(doctor, start=next_slot_start(3, time(9)))
    leave = leave_add(actor=user_of(doctor), doctor_id=doctor.public_id, start=start, end=start + timedelta(hours=3))
    asked = {"actor": user_of(doctor), "leave_id": leave.public_id}
    assert [cancelled_by(leave_appointments_cancel(**asked)) for _ in range(2)] == [2, 0]  # type: ignore[arg-type]
    for visit in visits:
        visit.refresh_from_db()
        assert (visit.status, visit.cancel_reason) == (Status.CANCELLED, CancelReason.DOCTOR)
        told = Message.objects.get(kind="appointment_cancelled", user=visit.patient.user)
        assert told.facts["times_path"].startswith(f"/book/{doctor.slug}/times/")
        assert told.facts["calendar"]["method"] == "CANCEL"
    assert not Message.objects.filter(kind="doctor_appointment_cancelled").exists()
    outside.refresh_from_db()
    assert outside.status == Status.BOOKED


def a_day_at_ten(doctor: Doctor) -> tuple[datetime, dict[str, Any]]:
    """Visits that are over, going on, later today (one of them only asked for) and tomorrow; and who asks."""
    ten = next_slot_start(2, time(10))
    hours = {"over": -1.0, "begun": -0.25, "soon": 0.5, "later": 1.0, "tomorrow": 24}
    visit_type = doctor.visit_types.get()
    visits = {
        name: AppointmentFactory.create(visit_type=visit_type, start=ten + timedelta(hours=after))
        for name, after in hours.items()
    }
    deadline = ten + timedelta(hours=1)
    visits["asked"] = AppointmentFactory.create(
        requested=True, visit_type=visit_type, start=ten + timedelta(hours=1.5), expires_at=deadline
    )
    return ten, visits


def test_the_rest_of_today_is_closed_and_cancelled(doctor: Doctor) -> None:
    ten, visits = a_day_at_ten(doctor)
    asked: dict[str, Any] = {"actor": user_of(doctor), "doctor_id": doctor.public_id, "now": ten}
    assert cancelled_by(rest_of_today_cancel(**asked)) == 3
    assert cancelled_by(rest_of_today_cancel(**(asked | {"now": ten + timedelta(minutes=1)}))) == 0
    statuses = {}
    for name, visit in visits.items():
        visit.refresh_from_db()
        statuses[name] = visit.status
    assert {name for name, status in statuses.items() if status == Status.CANCELLED} == {"soon", "later", "asked"}
    (leave,) = doctor.availability_exceptions.all()
    assert (leave.start, leave.end) == (ten, clock.end_of_day(clock.clinic_day(ten), clock.clinic_zone()))


def test_whoever_is_still_to_come_is_told_of_the_wait_once_for_the_same_minutes(doctor: Doctor) -> None:
    ten, visits = a_day_at_ten(doctor)
    asked: dict[str, Any] = {"actor": user_of(doctor), "doctor_id": doctor.public_id, "now": ten}
    assert [running_late_tell(**asked, minutes=minutes) for minutes in (20, 20, 45)] == [2, 2, 2]
    told = Message.objects.filter(kind="appointment_running_late")
    assert {message.user_id for message in told} == {visits[name].patient.user_id for name in ("soon", "later")}
    assert sorted(message.facts["minutes"] for message in told) == [20, 20, 45, 45]
    assert Event.objects.filter(action="day.running_late").latest("pk").data == {"minutes": 45, "told": 2}
    with pytest.raises(Invalid):
        running_late_tell(**asked, minutes=7)


def test_whoever_catches_up_tells_the_minutes_that_were_told_before(doctor: Doctor) -> None:
    ten, _ = a_day_at_ten(doctor)
    for later, minutes in enumerate((20, 45, 20, 20)):
        now = ten + timedelta(minutes=later)
        running_late_tell(actor=user_of(doctor), doctor_id=doctor.public_id, now=now, minutes=minutes)
    told = Message.objects.filter(kind="appointment_running_late").order_by("pk")
    assert [message.facts["minutes"] for message in told] == [20, 20, 45, 45, 20, 20]


def test_for_others_there_are_no_such_hours(doctor: Doctor) -> None:
    stranger = user_of(bookable_doctor())
    own: dict[str, Any] = {"actor": user_of(doctor), "doctor_id": doctor.public_id}
    start = next_slot_start(2, time(14))
    extra = add(doctor, start)
    leave = leave_add(**own, start=start, end=start + timedelta(hours=1))
    doors: list[Callable[[], object]] = [
        lambda: add(doctor, next_slot_start(3, time(14)), actor=stranger),
        lambda: extra_remove(actor=stranger, extra_id=extra.public_id),
        # Extra hours are no time off, and the other way round.
        lambda: extra_remove(actor=user_of(doctor), extra_id=leave.public_id),
        lambda: leave_appointments_cancel(actor=stranger, leave_id=leave.public_id),
        lambda: leave_appointments_cancel(actor=user_of(doctor), leave_id=extra.public_id),
        lambda: rest_of_today_cancel(actor=stranger, doctor_id=doctor.public_id),
        lambda: running_late_tell(actor=stranger, doctor_id=doctor.public_id, minutes=20),
    ]
    for door in doors:
        with pytest.raises(NotFound):
            door()
