"""At most so many visits of a type a day: offered, booked, moved, listed and given free again by the same count."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking.errors import SlotTaken
from booking.selectors import slots_for
from booking.services import appointment_cancel, appointment_move, listing_refresh
from booking.tests.factories import AppointmentFactory, bookable_doctor, next_slot_start
from booking.tests.steps import book, user_of
from common import clock
from doctors.models import Doctor, Listing, VisitType
from doctors.tests.factories import VisitTypeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def doctor() -> Doctor:
    """Two half hours a day, from nine to five."""
    return bookable_doctor(daily_cap=2)


def capped(doctor: Doctor) -> VisitType:
    return doctor.visit_types.get(daily_cap=2)


def times(doctor: Doctor, days: int, visit_type: VisitType | None = None) -> int:
    asked: dict[str, Any] = {"doctor": doctor, "first_day": clock.clinic_day(next_slot_start(days)), "days": 1}
    return len(slots_for(**asked, visit_type=visit_type or capped(doctor), now=clock.now()))


def listed_days(doctor: Doctor) -> list[date]:
    row = Listing.objects.get(doctor=doctor, location=None, modality="")
    return [clock.clinic_day(start) for start in row.next_times]


def test_a_full_day_offers_no_more_of_the_type_and_all_of_the_others(doctor: Doctor) -> None:
    book_at(doctor, time(9))
    assert times(doctor, 2) == 15
    book_at(doctor, time(16))
    other = VisitTypeFactory.create(doctor=doctor, minutes=30)
    assert (times(doctor, 2), times(doctor, 3), times(doctor, 2, other)) == (0, 16, 14)


def book_at(doctor: Doctor, at: time, days: int = 2) -> Any:
    return book(doctor, start=next_slot_start(days, at))


def test_one_too_many_is_offered_other_days(doctor: Doctor) -> None:
    book_at(doctor, time(9))
    book_at(doctor, time(16))
    with pytest.raises(SlotTaken) as refused:
        book_at(doctor, time(12))
    offered = {clock.clinic_day(slot.start) for slot in refused.value.alternatives}
    assert clock.clinic_day(next_slot_start(2)) not in offered
    assert len(refused.value.alternatives) == 3


def test_what_waited_in_vain_and_what_is_cancelled_do_not_count(doctor: Doctor) -> None:
    over = clock.now() - timedelta(seconds=1)
    AppointmentFactory.create(held=True, visit_type=capped(doctor), start=next_slot_start(2, time(9)), expires_at=over)
    AppointmentFactory.create(cancelled=True, visit_type=capped(doctor), start=next_slot_start(2, time(11)))
    book_at(doctor, time(13))
    book_at(doctor, time(14))
    assert times(doctor, 2) == 0


def test_search_shows_the_day_no_more_and_again_when_one_is_cancelled() -> None:
    day = clock.clinic_day(next_slot_start(2))
    doctor = bookable_doctor(daily_cap=2, weekdays=[day.weekday()])
    listing_refresh(doctor_id=doctor.pk, now=clock.now())
    assert day in listed_days(doctor)
    visits = [book_at(doctor, at) for at in (time(16), time(16, 30))]
    assert day not in listed_days(doctor)
    appointment_cancel(actor=user_of(visits[0].patient), appointment_id=visits[0].public_id)
    assert day in listed_days(doctor)


def test_a_visit_moves_within_its_full_day_and_not_into_another(doctor: Doctor) -> None:
    first = book_at(doctor, time(9))
    book_at(doctor, time(10))
    for at in (time(9), time(10)):
        book_at(doctor, at, days=3)

    def move(start: datetime) -> Any:
        return appointment_move(actor=user_of(first.patient), appointment_id=first.public_id, start=start)

    assert move(next_slot_start(2, time(15))).start == next_slot_start(2, time(15))
    with pytest.raises(SlotTaken):
        move(next_slot_start(3, time(15)))


def test_days_are_the_places_own() -> None:
    """In Kolkata the day turns in the middle of a London evening."""
    doctor = bookable_doctor(daily_cap=2, zone="Asia/Kolkata", start=time(0), end=time(23, 30))
    zone = doctor.locations.get().time_zone
    day = clock.now().astimezone(zone).date() + timedelta(days=2)
    for at in (time(0), time(23)):
        book(doctor, start=clock.moment(day, at, zone))
    free = slots_for(doctor=doctor, visit_type=capped(doctor), first_day=day, days=2, now=clock.now())
    assert {slot.start.astimezone(zone).date() for slot in free} == {day + timedelta(days=1)}


def test_only_what_is_capped_costs_a_statement_more(doctor: Doctor) -> None:
    def statements(visited: Doctor) -> int:
        with CaptureQueriesContext(connection) as taken:
            book(visited, start=next_slot_start(40))
        return len(taken)

    assert statements(doctor) == statements(bookable_doctor()) + 1
