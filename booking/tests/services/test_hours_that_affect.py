"""Whom a change of weekly hours leaves outside of them: known before it is made, kept, or cancelled and told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from audit.models import Event
from booking.errors import HoursAffect
from booking.models import Appointment, AvailabilityRule
from booking.selectors import hours_of, outside_hours, version_of, week_version
from booking.services import (
    day_copy,
    extra_add,
    extra_remove,
    leave_add,
    outside_hours_cancel,
    rule_change,
    rule_remove,
    rules_change,
    rules_remove,
)
from booking.states import CancelReason, Status
from booking.tests.factories import AppointmentFactory, bookable_doctor, next_slot_start
from booking.tests.steps import book, cancelled_by, user_of
from common import clock
from common.errors import Conflict, Invalid, NotFound
from doctors.models import Doctor
from doctors.tests.factories import LocationFactory, VisitTypeFactory
from notifications.models import Message

pytestmark = pytest.mark.django_db

NOBODY = frozenset[Any]()


@pytest.fixture
def doctor() -> Doctor:
    """From nine to five every day."""
    return bookable_doctor()


def rule_on(doctor: Doctor, days: int) -> AvailabilityRule:
    return doctor.availability_rules.get(weekday=clock.clinic_day(next_slot_start(days)).weekday())


def change(rule: AvailabilityRule, **changes: Any) -> AvailabilityRule:
    names = ("location_id", "weekday", "start_time", "end_time", "valid_from", "valid_until")
    asked = {name: getattr(rule, name) for name in names} | {"version": version_of(rule), "shown": NOBODY}
    return rule_change(actor=user_of(rule.doctor), rule_id=rule.public_id, **(asked | changes))


def affected(run: Callable[[], object]) -> list[Appointment]:
    """Whom it would affect; nothing has been changed."""
    before = list(AvailabilityRule.objects.values())
    with pytest.raises(HoursAffect) as refused:
        run()
    assert list(AvailabilityRule.objects.values()) == before
    return refused.value.appointments


def rules_of(doctor: Doctor, *rules: AvailabilityRule) -> dict[str, Any]:
    ids = [rule.public_id for rule in rules]
    return {
        "actor": user_of(doctor),
        "doctor_id": doctor.public_id,
        "rule_ids": ids,
        "seen": week_version(doctor),
        "shown": NOBODY,
    }


def test_shorter_hours_affect_those_who_would_fall_outside_and_nobody_else(doctor: Doctor) -> None:
    rule = rule_on(doctor, 2)
    early, late = (book(doctor, start=next_slot_start(2, at)) for at in (time(9), time(16, 30)))
    next_week, other_day = book(doctor, start=next_slot_start(9, time(16, 30))), next_slot_start(3, time(16, 30))
    book(doctor, start=other_day)
    AppointmentFactory.create(cancelled=True, visit_type=doctor.visit_types.get(), start=next_slot_start(16, time(16)))
    assert affected(lambda: change(rule, end_time=time(16, 30))) == [late, next_week]
    assert affected(lambda: change(rule, start_time=time(9, 10))) == [early]
    assert affected(lambda: change(rule, location_id=_second_place(doctor))) == [early, late, next_week]
    assert affected(lambda: change(rule, valid_until=clock.clinic_day(late.start))) == [next_week]
    assert affected(lambda: change(rule, valid_from=clock.clinic_day(next_week.start))) == [early, late]
    assert change(rule, start_time=time(8), end_time=time(18)).end_time == time(18)


def _second_place(doctor: Doctor) -> int:
    place = LocationFactory.create()
    doctor.locations.add(place)
    return int(place.pk)


def test_a_window_that_is_no_longer_for_a_visit_affects_it(doctor: Doctor) -> None:
    visit, other = book(doctor, start=next_slot_start(2)), VisitTypeFactory.create(doctor=doctor)
    rule = rule_on(doctor, 2)
    assert affected(lambda: change(rule, visit_type_ids=[other.public_id])) == [visit]
    change(rule, visit_type_ids=[visit.visit_type.public_id])


def test_windows_that_touch_hold_a_visit_together(doctor: Doctor) -> None:
    """Nobody falls outside where one window becomes two without a gap."""
    rule, visit = rule_on(doctor, 2), book(doctor, start=next_slot_start(2, time(12)))
    AvailabilityRule.objects.create(
        doctor=doctor,
        location=rule.location,
        weekday=rule.weekday,
        start_time=time(17),
        end_time=time(18),
        valid_from=rule.valid_from,
    )
    after = hours_of(doctor, now=clock.now())
    for window, edge in zip([one for one in after.rules if one.weekday == rule.weekday], (0, 1), strict=True):
        window.start_time, window.end_time = ((time(9), time(12, 10)), (time(12, 10), time(18)))[edge]
    assert outside_hours(doctor, after, now=clock.now()) == []
    for window in after.rules:
        window.end_time = min(window.end_time, time(12, 20))
    assert outside_hours(doctor, after, now=clock.now()) == [visit]


def test_whom_one_was_shown_may_be_kept_and_who_came_in_between_is_shown_first(doctor: Doctor) -> None:
    rule, first = rule_on(doctor, 2), book(doctor, start=next_slot_start(2, time(16)))
    shown = [row.public_id for row in affected(lambda: change(rule, end_time=time(15)))]
    second = book(doctor, start=next_slot_start(2, time(15)))
    assert affected(lambda: change(rule, end_time=time(15), shown=shown)) == [second, first]
    change(rule, end_time=time(15), shown=[first.public_id, second.public_id])
    first.refresh_from_db()
    assert first.status == Status.BOOKED
    assert Event.objects.get(action="availability.rule_changed").data == {"affected": 2}
    assert outside_hours(doctor, hours_of(doctor, now=clock.now()), now=clock.now()) == [second, first]
    with pytest.raises(Invalid):
        book(doctor, start=next_slot_start(2, time(15, 30)))


def test_who_was_shown_and_has_cancelled_since_holds_nothing_up(doctor: Doctor) -> None:
    rule, visit = rule_on(doctor, 2), book(doctor, start=next_slot_start(2, time(16)))
    Appointment.objects.update(status=Status.CANCELLED, cancel_reason=CancelReason.PATIENT)
    assert change(rule, end_time=time(15), shown=[visit.public_id]).end_time == time(15)


def test_those_outside_are_cancelled_and_offered_new_times_and_nobody_who_is_inside(doctor: Doctor) -> None:
    rule = rule_on(doctor, 2)
    visits = [book(doctor, start=next_slot_start(2, at)) for at in (time(9), time(16), time(16, 30))]
    inside, gone, kept = visits
    ids = [visit.public_id for visit in visits]
    change(rule, end_time=time(15), shown=ids)
    asked: dict[str, Any] = {"doctor_id": doctor.public_id, "appointment_ids": [inside.public_id, gone.public_id]}
    with pytest.raises(NotFound):
        outside_hours_cancel(actor=user_of(bookable_doctor()), **asked)
    assert [cancelled_by(outside_hours_cancel(actor=user_of(doctor), **asked)) for _ in range(2)] == [1, 0]
    states = [Appointment.objects.get(pk=visit.pk).status for visit in visits]
    assert states == [Status.BOOKED, Status.CANCELLED, Status.BOOKED]
    told = Message.objects.get(kind="appointment_cancelled")
    assert (told.user_id, bool(told.facts["times_path"])) == (gone.patient.user_id, True)
    assert outside_hours(doctor, hours_of(doctor, now=clock.now()), now=clock.now()) == [kept]


def test_removing_copying_and_ending_several_ask_alike(doctor: Doctor) -> None:
    visit = book(doctor, start=next_slot_start(2, time(16)))
    rule, other = rule_on(doctor, 2), rule_on(doctor, 3)
    other.end_time = time(12)
    other.save()
    asked = rules_of(doctor, rule, other)
    by_whom = {"actor": user_of(doctor), "doctor_id": doctor.public_id}
    day = clock.clinic_day(next_slot_start(1))
    copying: dict[str, Any] = {**by_whom, "weekday": other.weekday, "to": [rule.weekday], "shown": NOBODY}
    ways: list[Callable[[], object]] = [
        lambda: rule_remove(actor=user_of(doctor), rule_id=rule.public_id, shown=NOBODY),
        lambda: rules_remove(**asked),
        lambda: rules_change(**asked, end_time=time(12)),
        lambda: rules_change(**asked, valid_until=day),
        lambda: day_copy(**copying, replace=True),
    ]
    for way in ways:
        assert affected(way) == [visit]
    with pytest.raises(Invalid, match=r"Nothing is copied\. This overlaps"):
        day_copy(**copying)
    copying["shown"] = [visit.public_id]
    (new,) = day_copy(**copying, replace=True)
    assert (new.weekday, new.end_time) == (rule.weekday, time(12))
    assert doctor.availability_rules.filter(weekday=rule.weekday).count() == 1
    assert day_copy(**copying, replace=True) == []


def test_several_windows_are_changed_together_or_not_at_all(doctor: Doctor) -> None:
    first, second = rule_on(doctor, 2), rule_on(doctor, 3)
    evening = AvailabilityRule.objects.create(
        doctor=doctor,
        location=second.location,
        weekday=second.weekday,
        start_time=time(18),
        end_time=time(19),
        valid_from=second.valid_from,
    )
    with pytest.raises(Invalid, match="overlaps your window"):
        rules_change(**rules_of(doctor, first, second), end_time=time(18, 30))
    place = _second_place(doctor)
    day = clock.clinic_day(next_slot_start(100))
    changed = rules_change(
        **rules_of(doctor, first, second),
        start_time=time(8),
        end_time=time(18),
        location_id=place,
        valid_until=day,
    )
    for row in (*changed, *doctor.availability_rules.filter(pk__in=[first.pk, second.pk])):
        assert (row.location_id, row.start_time, row.end_time, row.valid_until) == (place, time(8), time(18), day)
    with pytest.raises(Invalid, match="Say what should change"):
        rules_change(**rules_of(doctor, first))
    with pytest.raises(Invalid, match="at least one window"):
        rules_remove(**rules_of(doctor))
    stale = rules_of(doctor, evening)
    rules_remove(**rules_of(doctor, first, second))
    assert doctor.availability_rules.count() == 6
    with pytest.raises(Conflict, match="changed meanwhile"):
        rules_remove(**stale)
    for door in (rules_change, rules_remove):
        with pytest.raises(NotFound):
            door(**rules_of(doctor, evening) | {"actor": user_of(bookable_doctor())})
        with pytest.raises(NotFound):
            door(**rules_of(doctor, rule_on(bookable_doctor(), 2)))


def test_time_off_and_extra_hours_ask_alike(doctor: Doctor) -> None:
    start: datetime = next_slot_start(2, time(19))
    by_whom: dict[str, Any] = {"actor": user_of(doctor), "doctor_id": doctor.public_id}
    end = start + timedelta(hours=2)
    extra = extra_add(**by_whom, location_id=doctor.locations.get().pk, start=start, end=end)
    visit = book(doctor, start=start)
    asked: dict[str, Any] = {"actor": user_of(doctor), "extra_id": extra.public_id}
    assert affected(lambda: extra_remove(**asked, shown=NOBODY)) == [visit]
    assert affected(lambda: leave_add(**by_whom, start=start, end=end, shown=NOBODY)) == [visit]
    extra_remove(**asked, shown=[visit.public_id])
    assert outside_hours(doctor, hours_of(doctor, now=clock.now()), now=clock.now()) == [visit]
