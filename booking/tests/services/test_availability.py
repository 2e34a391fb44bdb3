from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from accounts.tests.factories import UserFactory
from audit.models import Event
from booking.locks import lock_doctor
from booking.models import AvailabilityException, AvailabilityRule
from booking.selectors import affected_by, availability_of
from booking.services import leave_add, leave_remove, rule_add, rule_remove
from booking.tests.factories import AppointmentFactory, bookable_doctor, next_slot_start
from booking.tests.steps import book, user_of
from common import clock
from common.errors import Invalid, NotFound
from doctors.models import Doctor, Listing
from doctors.states import VerificationStatus
from doctors.tests.factories import LocationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def doctor() -> Doctor:
    return bookable_doctor(weekdays=[])


def add(doctor: Doctor, start: int, end: int, **more: Any) -> AvailabilityRule:
    asked: dict[str, Any] = {"weekday": 0, "location_id": doctor.locations.first().pk, "actor": user_of(doctor)} | more  # type: ignore[union-attr]
    return rule_add(doctor_id=doctor.public_id, start_time=time(start), end_time=time(end), **asked)


def refused_field(doctor: Doctor, *hours: int, **more: Any) -> str:
    with pytest.raises(Invalid) as refused:
        add(doctor, *hours, **more)
    (field,) = refused.value.fields
    return field


def test_a_window_holds_from_today_and_opens_times(doctor: Doctor) -> None:
    rule = add(doctor, 9, 12)
    assert rule.valid_from == clock.now().astimezone(clock.clinic_zone()).date()
    assert rule.history.get().history_user == user_of(doctor)
    assert Event.objects.get(action="availability.rule_added").object_id == str(rule.public_id)
    assert len(Listing.objects.get(doctor=doctor, location=None, modality="").next_times) == 6


def test_windows_may_touch(doctor: Doctor) -> None:
    add(doctor, 9, 12)
    add(doctor, 12, 14)
    add(doctor, 7, 9)
    add(doctor, 9, 12, weekday=1)
    assert doctor.availability_rules.count() == 4


def test_windows_may_not_overlap_also_at_two_places(doctor: Doctor) -> None:
    add(doctor, 9, 12)
    other_place = LocationFactory.create()
    doctor.locations.add(other_place)
    for hours in ((8, 10), (11, 13), (10, 11), (8, 13), (9, 12)):
        with pytest.raises(Invalid, match="overlaps your window on Monday from 9:00am to 12:00pm") as refused:
            add(doctor, *hours, location_id=other_place.pk)
        assert (refused.value.code, list(refused.value.fields)) == ("rule_overlaps", ["start_time"])


def test_windows_of_different_weeks_do_not_overlap(doctor: Doctor) -> None:
    add(doctor, 9, 12, valid_from=date(2027, 1, 1), valid_until=date(2027, 1, 31))
    add(doctor, 9, 12, valid_from=date(2027, 2, 1))
    assert refused_field(doctor, 9, 12, valid_from=date(2027, 1, 31), valid_until=date(2027, 1, 31)) == "start_time"
    assert refused_field(doctor, 9, 12, valid_from=date(2027, 1, 1)) == "start_time"


def test_what_is_wrong_is_said_beside_its_field(doctor: Doctor) -> None:
    assert refused_field(doctor, 12, 12) == "end_time"
    assert refused_field(doctor, 12, 9) == "end_time"
    assert refused_field(doctor, 9, 12, weekday=7) == "weekday"
    assert refused_field(doctor, 9, 12, location_id=LocationFactory.create().pk) == "location"
    assert refused_field(doctor, 9, 12, valid_from=date(2027, 2, 1), valid_until=date(2027, 1, 1)) == "valid_until"
    assert not AvailabilityRule.objects.exists()


def test_a_calendar_is_prepared_before_verification_and_stays_out_of_search(doctor: Doctor) -> None:
    Doctor.objects.update(verification_status=VerificationStatus.PENDING)
    add(doctor, 9, 12)
    assert not Listing.objects.exists()


def test_a_window_is_removed(doctor: Doctor) -> None:
    rule = add(doctor, 9, 12)
    rule_remove(actor=user_of(doctor), rule_id=rule.public_id)
    assert not doctor.availability_rules.exists()
    assert Listing.objects.get(doctor=doctor, location=None, modality="").next_times == []
    assert AvailabilityRule.history.filter(history_type="-", history_user=user_of(doctor)).count() == 1
    with pytest.raises(NotFound):
        rule_remove(actor=user_of(doctor), rule_id=rule.public_id)


def test_leave_closes_time_and_names_whom_it_affects() -> None:
    doctor, start = bookable_doctor(), next_slot_start(2)
    inside = book(doctor, start=start)
    book(doctor, start=start + timedelta(hours=2))
    over = clock.now() - timedelta(seconds=1)
    AppointmentFactory.create(
        held=True, visit_type=doctor.visit_types.get(), start=start + timedelta(hours=1), expires_at=over
    )
    leave = leave_add(
        actor=user_of(doctor),
        doctor_id=doctor.public_id,
        start=start,
        end=start + timedelta(hours=2),
        note="Training",
    )
    assert list(affected_by(leave, now=clock.now())) == [inside]
    assert Event.objects.get(action="availability.leave_added").data == {"affected": 1}
    with pytest.raises(Invalid):
        book(doctor, start=start + timedelta(minutes=30))
    leave_remove(actor=user_of(doctor), leave_id=leave.public_id)
    assert book(doctor, start=start + timedelta(minutes=30)).pk


def test_the_same_leave_again_changes_nothing() -> None:
    doctor, start = bookable_doctor(), next_slot_start(2)
    asked: dict[str, Any] = {"start": start, "end": start + timedelta(hours=2), "doctor_id": doctor.public_id}
    first, second = (leave_add(actor=user_of(doctor), **asked) for _ in range(2))
    assert first == second
    assert AvailabilityException.objects.count() == 1


@pytest.mark.parametrize(
    ("start", "end", "note", "field"),
    [(2, 2, "", "end"), (3, 2, "", "end"), (-3, -2, "", "end"), (1, 2, "x" * 121, "note")],
)
def test_leave_that_makes_no_sense_is_refused(start: int, end: int, note: str, field: str) -> None:
    doctor, now = bookable_doctor(weekdays=[]), clock.now()
    with pytest.raises(Invalid) as refused:
        leave_add(
            actor=user_of(doctor),
            doctor_id=doctor.public_id,
            start=now + timedelta(days=start),
            end=now + timedelta(days=end),
            note=note,
            now=now,
        )
    assert list(refused.value.fields) == [field]


def test_for_others_there_is_no_such_calendar(doctor: Doctor) -> None:
    rule = add(doctor, 9, 12)
    start = next_slot_start()
    leave = leave_add(actor=user_of(doctor), doctor_id=doctor.public_id, start=start, end=start + timedelta(hours=1))
    for stranger in (user_of(bookable_doctor()), UserFactory.create(is_superuser=True)):
        with pytest.raises(NotFound):
            add(doctor, 13, 14, actor=stranger)
        with pytest.raises(NotFound):
            rule_remove(actor=stranger, rule_id=rule.public_id)
        with pytest.raises(NotFound):
            leave_add(actor=stranger, doctor_id=doctor.public_id, start=start, end=start + timedelta(hours=3))
        with pytest.raises(NotFound):
            leave_remove(actor=stranger, leave_id=leave.public_id)
    with pytest.raises(NotFound):
        leave_remove(actor=user_of(doctor), leave_id=uuid.uuid4())


def test_the_screen_shows_what_is_in_force_or_to_come(doctor: Doctor) -> None:
    now = clock.now()
    ended = add(doctor, 9, 12, valid_from=now.date() - timedelta(days=30), valid_until=now.date() - timedelta(days=2))
    coming = add(doctor, 9, 12, valid_from=now.date() + timedelta(days=30))
    start = next_slot_start()
    leave = leave_add(actor=user_of(doctor), doctor_id=doctor.public_id, start=start, end=start + timedelta(hours=1))
    shown = availability_of(doctor, now=now)
    assert (shown.rules, shown.leave) == ([coming], [leave])
    assert ended not in shown.rules
    assert availability_of(doctor, now=leave.end).leave == []


def test_hours_end_with_the_clinics_day_and_not_with_utcs(doctor: Doctor) -> None:
    rule = add(doctor, 9, 12, valid_from=date(2027, 6, 1), valid_until=date(2027, 6, 6))
    midnight_in_london = datetime(2027, 6, 6, 23, 0, tzinfo=UTC)
    assert availability_of(doctor, now=midnight_in_london - timedelta(seconds=1)).rules == [rule]
    assert availability_of(doctor, now=midnight_in_london).rules == []


def test_what_somebody_else_has_just_removed_is_not_removed_again(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = add(doctor, 9, 12)

    def wait_for_the_other(doctor_id: int) -> Doctor:
        AvailabilityRule.objects.filter(pk=rule.pk).delete()
        return lock_doctor(doctor_id)

    monkeypatch.setattr("booking.services.hours.lock_doctor", wait_for_the_other)
    with pytest.raises(NotFound):
        rule_remove(actor=user_of(doctor), rule_id=rule.public_id)
    assert not Event.objects.filter(action="availability.rule_removed").exists()
