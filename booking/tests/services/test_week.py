"""Changing a window in place, copying a day, and the switch that stops new bookings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest

from audit.models import Event
from booking.models import AvailabilityException, AvailabilityRule
from booking.selectors import availability_of, slots_for, version_of
from booking.services import (
    appointment_move,
    bookings_resume,
    bookings_stop,
    day_copy,
    listing_refresh,
    rule_add,
    rule_change,
)
from booking.states import Status
from booking.tests.factories import RuleFactory, bookable_doctor, next_slot_start
from booking.tests.steps import book, user_of
from common import clock
from common.errors import Conflict, Invalid, NotFound
from doctors.models import Doctor, Listing, VisitType
from doctors.tests.factories import LocationFactory, VisitTypeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def doctor() -> Doctor:
    return bookable_doctor(weekdays=[])


def add(doctor: Doctor, start: int, end: int, **more: Any) -> AvailabilityRule:
    asked: dict[str, Any] = {"weekday": 0, "location_id": doctor.locations.get().pk, "actor": user_of(doctor)}
    return rule_add(
        **(asked | {"doctor_id": doctor.public_id, "start_time": time(start), "end_time": time(end)} | more)
    )


def change(rule: AvailabilityRule, **changes: Any) -> AvailabilityRule:
    asked: dict[str, Any] = {
        "actor": user_of(rule.doctor),
        "rule_id": rule.public_id,
        "version": version_of(rule),
        "location_id": rule.location_id,
        "weekday": rule.weekday,
        "start_time": rule.start_time,
        "end_time": rule.end_time,
        "valid_from": rule.valid_from,
    }
    return rule_change(**(asked | changes))


def hours(doctor: Doctor) -> list[tuple[int, int, int]]:
    return [(rule.weekday, rule.start_time.hour, rule.end_time.hour) for rule in doctor.availability_rules.all()]


def any_times(doctor: Doctor) -> list[Any]:
    return Listing.objects.get(doctor=doctor, location=None, modality="").next_times


def test_a_window_is_changed_in_place(doctor: Doctor) -> None:
    rule = add(doctor, 9, 12)
    changed = change(rule, weekday=2, end_time=time(11), valid_until=date(2199, 1, 1))
    assert changed.pk == rule.pk
    assert hours(doctor) == [(2, 9, 11)]
    assert {start.weekday() for start in any_times(doctor)} == {2}
    assert rule.history.count() == 2
    assert Event.objects.filter(action="availability.rule_changed", object_id=str(rule.public_id)).count() == 1


def test_a_window_may_overlap_itself_and_no_other(doctor: Doctor) -> None:
    first = add(doctor, 9, 12)
    add(doctor, 12, 14)
    change(first, start_time=time(8))
    with pytest.raises(Invalid, match="overlaps your window on Monday from 12:00pm to 2:00pm"):
        change(first, end_time=time(13))
    with pytest.raises(Invalid) as refused:
        change(first, end_time=time(7))
    assert list(refused.value.fields) == ["end_time"]
    with pytest.raises(Invalid, match="places where you work"):
        change(first, location_id=LocationFactory.create().pk)
    assert hours(doctor) == [(0, 8, 12), (0, 12, 14)]


def test_a_window_that_was_changed_meanwhile_is_not_changed_blindly(doctor: Doctor) -> None:
    rule = add(doctor, 9, 12)
    seen = version_of(rule)
    change(rule, end_time=time(11))
    with pytest.raises(Conflict, match="changed meanwhile") as refused:
        change(rule, version=seen, end_time=time(10))
    assert refused.value.code == "rule_changed"
    assert hours(doctor) == [(0, 9, 11)]


def kinds(doctor: Doctor, count: int) -> list[VisitType]:
    return [doctor.visit_types.get(), *VisitTypeFactory.create_batch(count - 1, doctor=doctor, name="Follow-up")]


def test_windows_for_different_visits_may_share_time_and_those_for_the_same_may_not(doctor: Doctor) -> None:
    first, second = kinds(doctor, 2)
    add(doctor, 9, 12, visit_type_ids=[first.public_id])
    other = add(doctor, 9, 12, visit_type_ids=[second.public_id])
    for only in ([], [first.public_id, second.public_id]):
        with pytest.raises(Invalid, match="from 9:00am to 12:00pm") as refused:
            add(doctor, 11, 13, visit_type_ids=only)
        assert list(refused.value.fields) == ["start_time"]
    with pytest.raises(Invalid, match=r"Both are for Consultation\."):
        add(doctor, 11, 13, visit_type_ids=[first.public_id])
    with pytest.raises(Invalid, match="overlaps"):
        change(other, visit_type_ids=[first.public_id])
    add(doctor, 12, 13)
    assert AvailabilityRule.objects.count() == 3


def test_a_window_is_only_for_visits_of_ones_own(doctor: Doctor) -> None:
    with pytest.raises(Invalid, match="your own visits") as refused:
        add(doctor, 9, 12, visit_type_ids=[VisitTypeFactory.create().public_id])
    assert list(refused.value.fields) == ["visit_types"]


def test_what_a_window_is_for_decides_what_is_offered_listed_booked_and_moved(doctor: Doctor) -> None:
    morning, afternoon = kinds(doctor, 2)
    day = next_slot_start(2)
    rule = add(doctor, 9, 12, weekday=clock.clinic_day(day).weekday(), visit_type_ids=[morning.public_id])
    add(doctor, 14, 16, weekday=rule.weekday, visit_type_ids=[afternoon.public_id])
    asked: dict[str, Any] = {"doctor": doctor, "first_day": clock.clinic_day(day), "days": 1, "now": clock.now()}
    shown = [slots_for(visit_type=kind, **asked) for kind in (morning, afternoon)]
    assert [len(slots) for slots in shown] == [6, 4]
    listed = Listing.objects.get(doctor=doctor, location=None, modality="").free_times
    assert {(time.visit_type_id, time.start) for time in listed} <= {
        (kind.public_id, slot.start + timedelta(days=7 * week))
        for kind, slots in zip((morning, afternoon), shown, strict=True)
        for slot in slots
        for week in range(9)
    }
    with pytest.raises(Invalid) as refused:
        book(doctor, visit_type=afternoon, start=next_slot_start(2, time(9)))
    assert refused.value.code == "slot_not_offered"
    visit = book(doctor, visit_type=afternoon, start=next_slot_start(2, time(14)))
    with pytest.raises(Invalid):
        appointment_move(actor=user_of(doctor), appointment_id=visit.public_id, start=next_slot_start(2, time(9)))
    copied_to = copy(doctor, (rule.weekday + 1) % 7, weekday=rule.weekday)
    assert [row.visit_type_ids for row in copied_to] == [[morning.pk], [afternoon.pk]]


def test_a_type_that_is_gone_does_not_open_its_window_to_all(doctor: Doctor) -> None:
    _, gone = kinds(doctor, 2)
    add(doctor, 9, 12, visit_type_ids=[gone.public_id])
    gone.delete()
    week: dict[str, Any] = {"first_day": clock.clinic_day(clock.now()), "days": 14, "now": clock.now()}
    assert slots_for(doctor=doctor, visit_type=doctor.visit_types.get(), **week) == []


def copy(doctor: Doctor, *to: int, weekday: int = 0) -> list[AvailabilityRule]:
    return day_copy(actor=user_of(doctor), doctor_id=doctor.public_id, weekday=weekday, to=to)


def test_a_day_is_copied_to_others_once(doctor: Doctor) -> None:
    add(doctor, 9, 12)
    add(doctor, 13, 17)
    assert len(copy(doctor, 0, 1, 4)) == 4
    assert len(copy(doctor, 1, 2)) == 2
    assert sorted({weekday for weekday, _, _ in hours(doctor)}) == [0, 1, 2, 4]
    assert {start.weekday() for start in any_times(doctor)} <= {0, 1, 2, 4}


def test_a_day_is_copied_wholly_or_not_at_all(doctor: Doctor) -> None:
    add(doctor, 9, 12)
    add(doctor, 11, 13, weekday=2)
    with pytest.raises(Invalid, match=r"Nothing is copied\. This overlaps your window on Wednesday") as refused:
        copy(doctor, 1, 2)
    assert list(refused.value.fields) == ["to"]
    assert hours(doctor) == [(0, 9, 12), (2, 11, 13)]


def test_there_has_to_be_something_to_copy_and_somewhere_to(doctor: Doctor) -> None:
    add(doctor, 9, 12)
    for to, weekday, field in (((0,), 0, "to"), ((), 0, "to"), ((1,), 5, "weekday")):
        with pytest.raises(Invalid) as refused:
            copy(doctor, *to, weekday=weekday)
        assert list(refused.value.fields) == [field]


def test_who_takes_no_bookings_has_no_times_until_they_take_them_again() -> None:
    doctor = bookable_doctor()
    listing_refresh(doctor_id=doctor.pk, now=clock.now())
    kept, before = book(doctor), any_times(doctor)
    asked: dict[str, Any] = {"actor": user_of(doctor), "doctor_id": doctor.public_id}
    for _ in range(2):
        bookings_stop(**asked)
    assert any_times(doctor) == []
    far = clock.clinic_day(clock.now()) + timedelta(days=30)
    visit_type = doctor.visit_types.get()
    assert slots_for(doctor=doctor, visit_type=visit_type, first_day=far, days=1, now=clock.now()) == []
    with pytest.raises(Invalid):
        book(doctor, start=next_slot_start(3))
    assert availability_of(doctor, now=clock.now()).is_stopped
    assert availability_of(doctor, now=clock.now()).leave == []
    kept.refresh_from_db()
    assert kept.status == Status.BOOKED
    for _ in range(2):
        bookings_resume(**asked)
    assert any_times(doctor)[1:] == before[1:]
    assert not AvailabilityException.objects.exists()
    assert Event.objects.filter(action__in=["availability.stopped", "availability.resumed"]).count() == 2


def test_for_others_there_is_no_such_week(doctor: Doctor) -> None:
    rule, stranger = RuleFactory.create(doctor=doctor), user_of(bookable_doctor())
    asked: dict[str, Any] = {"actor": stranger, "doctor_id": doctor.public_id}
    doors: list[Callable[[], object]] = [
        lambda: change(rule, actor=stranger),
        lambda: day_copy(**asked, weekday=0, to=[1]),
        lambda: bookings_stop(**asked),
        lambda: bookings_resume(**asked),
    ]
    for door in doors:
        with pytest.raises(NotFound):
            door()
