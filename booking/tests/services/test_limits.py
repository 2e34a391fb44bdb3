"""A doctor's own limits for all visits, beside each type's: the stricter holds, wherever a time is offered or taken."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest

from accounts.tests.factories import UserFactory
from audit.models import Event
from booking.errors import SlotTaken
from booking.selectors import limits_seen, next_slot_after, slots_for
from booking.services import appointment_cancel, appointment_move, limits_change, listing_refresh
from booking.tests.factories import bookable_doctor, next_slot_start
from booking.tests.steps import book, user_of
from common import clock
from common.errors import Conflict, Invalid, NotFound
from doctors.models import Doctor, Listing, VisitType
from doctors.tests.factories import VisitTypeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def doctor() -> Doctor:
    """Two kinds of half hours, from nine to five every day."""
    made = bookable_doctor()
    VisitTypeFactory.create(doctor=made, name="Follow-up", position=1)
    return made


def limit(doctor: Doctor, **limits: Any) -> None:
    limits_change(actor=user_of(doctor), doctor_id=doctor.public_id, seen=limits_seen(doctor), **limits)
    doctor.refresh_from_db()


def kinds(doctor: Doctor) -> list[VisitType]:
    return list(doctor.visit_types.all())


def times(doctor: Doctor, visit_type: VisitType, days: int = 2) -> int:
    asked: dict[str, Any] = {"doctor": doctor, "first_day": clock.clinic_day(next_slot_start(days)), "days": 1}
    return len(slots_for(**asked, visit_type=visit_type, now=clock.now()))


def at(doctor: Doctor, kind: VisitType, hour: int, days: int = 2) -> Any:
    return book(doctor, visit_type=kind, start=next_slot_start(days, time(hour)))


def test_the_cap_counts_visits_of_all_kinds_and_each_kinds_own_still_holds(doctor: Doctor) -> None:
    first, second = kinds(doctor)
    first.daily_cap = 1
    first.save()
    limit(doctor, daily_cap=3)
    at(doctor, first, 9)
    assert (times(doctor, first), times(doctor, second)) == (0, 15)
    for hour in (10, 11):
        at(doctor, second, hour)
    assert times(doctor, second) == 0
    with pytest.raises(SlotTaken) as refused:
        at(doctor, second, 12)
    assert clock.clinic_day(next_slot_start(2)) not in {
        clock.clinic_day(slot.start) for slot in refused.value.alternatives
    }
    assert times(doctor, second, days=3) == 16


def test_a_visit_moves_within_its_full_day_and_not_into_another(doctor: Doctor) -> None:
    limit(doctor, daily_cap=2)
    first, second = kinds(doctor)
    visit = at(doctor, first, 9)
    for days, kind, hour in ((2, second, 10), (3, first, 9), (3, second, 10)):
        at(doctor, kind, hour, days)

    def move(days: int) -> Any:
        start = next_slot_start(days, time(15))
        return appointment_move(actor=user_of(visit.patient), appointment_id=visit.public_id, start=start)

    assert move(2).start == next_slot_start(2, time(15))
    with pytest.raises(SlotTaken):
        move(3)


def test_search_shows_a_full_day_no_more_and_again_when_one_is_cancelled(doctor: Doctor) -> None:
    first, second = kinds(doctor)
    doctor.availability_rules.exclude(weekday=clock.clinic_day(next_slot_start(2)).weekday()).delete()
    limit(doctor, daily_cap=2)
    listing_refresh(doctor_id=doctor.pk, now=clock.now())

    def days() -> set[object]:
        row = Listing.objects.get(doctor=doctor, location=None, modality="")
        return {clock.clinic_day(start) for start in row.next_times}

    visits = [at(doctor, kind, 16) if kind == first else at(doctor, kind, 15) for kind in (first, second)]
    assert clock.clinic_day(visits[0].start) not in days()
    appointment_cancel(actor=user_of(visits[0].patient), appointment_id=visits[0].public_id)
    assert clock.clinic_day(visits[0].start) in days()


def test_the_longer_notice_the_nearer_horizon_and_the_wider_buffers_hold(doctor: Doctor) -> None:
    first, second = kinds(doctor)
    second.minimum_notice, second.horizon_days, second.buffer_after = 4 * 24 * 60, 6, 40
    second.save()
    limit(doctor, minimum_notice=2 * 24 * 60, horizon_days=9, buffer_before=5, buffer_after=10)
    now = next_slot_start(0, time(0))
    asked: dict[str, Any] = {"doctor": doctor, "first_day": clock.clinic_day(now), "days": 20, "now": now}
    shown = [slots_for(visit_type=kind, **asked) for kind in (first, second)]
    assert [(slots[0].start - now).days for slots in shown] == [2, 4]
    assert [(slots[-1].start - now).days for slots in shown] == [8, 5]
    assert [slots[1].start - slots[0].start for slots in shown] == [timedelta(minutes=45), timedelta(minutes=75)]
    assert next_slot_after(doctor=doctor, visit_type=first, after=now + timedelta(days=10), now=now) is None
    with pytest.raises(Invalid):
        book(doctor, visit_type=first, start=shown[0][0].start - timedelta(days=1), now=now)
    visit = book(doctor, visit_type=first, start=shown[0][0].start, now=now)
    visit.refresh_from_db()
    assert visit.start - visit.blocked.lower == timedelta(minutes=5)
    assert visit.blocked.upper - visit.end == timedelta(minutes=10)


def test_the_listing_follows_at_once(doctor: Doctor) -> None:
    listing_refresh(doctor_id=doctor.pk, now=clock.now())
    limit(doctor, minimum_notice=3 * 24 * 60)
    row = Listing.objects.get(doctor=doctor, location=None, modality="")
    assert row.next_times[0] >= clock.now() + timedelta(days=2, hours=23)
    assert row.free_times[0].until == row.next_times[0] - timedelta(days=3)


@pytest.mark.parametrize(
    ("name", "value"),
    [("daily_cap", 0), ("horizon_days", 366), ("minimum_notice", 28 * 24 * 60 + 1), ("buffer_after", 121)],
)
def test_limits_that_make_no_sense_are_refused_by_name(doctor: Doctor, name: str, value: int) -> None:
    with pytest.raises(Invalid) as refused:
        limit(doctor, **{name: value})
    assert list(refused.value.fields) == [name]


def test_limits_that_were_changed_meanwhile_are_not_changed_blindly(doctor: Doctor) -> None:
    seen = limits_seen(doctor)
    limit(doctor, daily_cap=5)
    with pytest.raises(Conflict, match="changed meanwhile"):
        limits_change(actor=user_of(doctor), doctor_id=doctor.public_id, seen=seen, daily_cap=6)
    assert doctor.daily_cap == 5
    assert Event.objects.filter(action="availability.limits_changed").count() == 1
    assert doctor.history.latest().history_user == doctor.user


def test_nobody_elses_limits_are_changed(doctor: Doctor) -> None:
    with pytest.raises(NotFound):
        limits_change(actor=UserFactory.create(), doctor_id=doctor.public_id, seen=limits_seen(doctor), daily_cap=1)
