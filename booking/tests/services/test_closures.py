"""A place that is shut: no time there can be booked, search follows, and those who are booked are told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import UserFactory
from audit.models import Event
from booking.bank_holidays import bank_holidays
from booking.models import LocationClosure
from booking.selectors import shut_at, shut_days_of, slots_for
from booking.services import (
    closure_add,
    closure_appointments_cancel,
    closure_remove,
    listing_refill_places,
    listing_refresh,
)
from booking.states import CancelReason, Status
from booking.tests.factories import RuleFactory, bookable_doctor, next_slot_start
from booking.tests.steps import book, cancelled_by
from common import clock
from common.errors import Forbidden, Invalid, NotFound
from doctors.models import Doctor, Listing, Location
from doctors.services import listings_follow_place
from doctors.states import BankHolidays
from doctors.tests.factories import LocationFactory
from notifications.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> User:
    return UserFactory.create(roles=[Role.ADMINISTRATOR])


def day_ahead(days: int) -> date:
    return clock.clinic_day(next_slot_start(days))


def close(actor: User, place: Location, day: date, **more: object) -> LocationClosure:
    asked: dict[str, object] = {"label": "Training", "first_day": day, "last_day": day} | more
    return closure_add(actor=actor, location_id=place.pk, **asked)  # type: ignore[arg-type]


def starts(doctor: Doctor, day: date) -> list[datetime]:
    found = slots_for(doctor=doctor, visit_type=doctor.visit_types.get(), first_day=day, days=1, now=clock.now())
    return [slot.start for slot in found]


def any_times(doctor: Doctor) -> list[datetime]:
    return Listing.objects.get(doctor=doctor, location=None, modality="").next_times


def test_a_closed_day_has_no_times_and_the_next_has_them(administrator: User) -> None:
    doctor = bookable_doctor()
    close(administrator, doctor.locations.get(), day_ahead(2))
    assert starts(doctor, day_ahead(2)) == []
    assert len(starts(doctor, day_ahead(3))) == 16


def test_half_a_day_is_closed_by_the_clock_of_the_place(administrator: User) -> None:
    doctor = bookable_doctor(zone="Asia/Kolkata")
    close(administrator, doctor.locations.get(), day_ahead(2), from_time=time(13))
    zone = doctor.locations.get().time_zone
    assert [start.astimezone(zone).hour for start in starts(doctor, day_ahead(2))][-1] == 12
    assert len(starts(doctor, day_ahead(2))) == 8


def test_a_place_that_is_shut_leaves_the_doctors_other_place_open(administrator: User) -> None:
    doctor = bookable_doctor(end=time(12))
    other = LocationFactory.create()
    doctor.locations.add(other)
    day = day_ahead(2)
    RuleFactory.create(doctor=doctor, location=other, weekday=day.weekday(), start_time=time(13), end_time=time(15))
    close(administrator, doctor.locations.exclude(pk=other.pk).get(), day)
    assert len(starts(doctor, day)) == 4


def test_what_was_offered_and_is_closed_now_is_refused(administrator: User) -> None:
    doctor, start = bookable_doctor(), next_slot_start(2)
    closure = close(administrator, doctor.locations.get(), day_ahead(2))
    with pytest.raises(Invalid, match="no longer be booked"):
        book(doctor, start=start)
    closure_remove(actor=administrator, closure_id=closure.public_id)
    assert book(doctor, start=start).status == Status.BOOKED
    assert LocationClosure.history.filter(history_type="-", history_user=administrator).count() == 1
    assert set(Event.objects.filter(action__startswith="closure.").values_list("action", flat=True)) == {
        "closure.added",
        "closure.removed",
    }


@pytest.mark.parametrize(
    ("region", "closed", "open_"),
    [
        (BankHolidays.ENGLAND, date(2027, 3, 29), date(2027, 11, 30)),
        (BankHolidays.SCOTLAND, date(2027, 11, 30), date(2027, 3, 29)),
        (BankHolidays.NORTHERN_IRELAND, date(2027, 7, 12), date(2027, 11, 30)),
        (BankHolidays.WALES, date(2027, 12, 27), date(2027, 7, 12)),
    ],
)
def test_each_region_has_its_own_bank_holidays(region: str, closed: date, open_: date) -> None:
    doctor = bookable_doctor(horizon_days=365)
    Location.objects.update(bank_holidays=region)

    def times_on(day: date) -> int:
        now = datetime(2027, 1, 4, tzinfo=UTC)
        asked = {"doctor": doctor, "visit_type": doctor.visit_types.get(), "first_day": day, "days": 1, "now": now}
        return len(slots_for(**asked))  # type: ignore[arg-type]

    assert (times_on(closed), times_on(open_)) == (0, 16)
    Location.objects.update(bank_holidays=BankHolidays.NONE)
    assert times_on(closed) == 16


def test_a_day_given_instead_of_one_at_a_weekend_is_called_as_in_the_united_kingdom() -> None:
    names = dict(bank_holidays(BankHolidays.ENGLAND, date(2026, 12, 1), date(2026, 12, 31)))
    assert names[date(2026, 12, 28)] == "Boxing Day (substitute day)"


def test_closures_and_bank_holidays_cost_no_statement(administrator: User) -> None:
    doctor = bookable_doctor()
    Location.objects.update(bank_holidays=BankHolidays.ENGLAND)
    for number in range(3):
        close(administrator, doctor.locations.get(), day_ahead(2 + number))
    with CaptureQueriesContext(connection) as statements:
        slots_for(
            doctor=doctor, visit_type=doctor.visit_types.all()[0], first_day=day_ahead(1), days=14, now=clock.now()
        )
    # One is the visit type's.
    assert len(statements) == 2


def test_search_follows_a_closure_its_removal_and_the_places_zone(administrator: User) -> None:
    doctor = bookable_doctor()
    place = doctor.locations.get()
    listing_refresh(doctor_id=doctor.pk, now=clock.now())
    before = any_times(doctor)
    closure = close(administrator, place, day_ahead(0), last_day=day_ahead(3))
    assert listing_refill_places(now=clock.now()) == 1
    assert clock.clinic_day(any_times(doctor)[0]) == day_ahead(4)
    assert listing_refill_places(now=clock.now()) == 0
    closure_remove(actor=administrator, closure_id=closure.public_id)
    listing_refill_places(now=clock.now())
    assert any_times(doctor) == before
    Location.objects.update(zone="Asia/Kolkata")
    listings_follow_place(location_id=place.pk, now=clock.now())
    listing_refill_places(now=clock.now())
    assert any_times(doctor)[0].astimezone(Location.objects.get().time_zone).minute in {0, 30}
    assert any_times(doctor) != before


def test_a_place_that_changes_while_its_listings_are_written_is_done_again(
    administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    doctor = bookable_doctor()
    place, later = doctor.locations.get(), clock.now() + timedelta(seconds=5)
    close(administrator, place, day_ahead(2))

    def nobody_is_free(doctor_ids: list[int]) -> list[Doctor]:
        Location.objects.update(listings_stale_since=later)
        return []

    with monkeypatch.context() as patch:
        patch.setattr("booking.services.listing.lock_free_doctors", nobody_is_free)
        assert listing_refill_places(now=clock.now()) == 1
    # Whom somebody else held was waited for.
    assert day_ahead(2) not in {clock.clinic_day(start) for start in any_times(doctor)}
    assert Location.objects.get().listings_stale_since == later
    listing_refill_places(now=clock.now())
    assert Location.objects.get().listings_stale_since is None


def test_those_who_are_booked_are_cancelled_once_and_told_of_new_times(administrator: User) -> None:
    doctor = bookable_doctor()
    inside, outside = book(doctor, start=next_slot_start(2)), book(doctor, start=next_slot_start(3))
    closure = close(administrator, doctor.locations.get(), day_ahead(2))
    assert Event.objects.get(action="closure.added").data["affected"] == 1
    asked = {"actor": administrator, "closure_id": closure.public_id}
    assert [cancelled_by(closure_appointments_cancel(**asked)) for _ in range(2)] == [1, 0]  # type: ignore[arg-type]
    inside.refresh_from_db()
    outside.refresh_from_db()
    assert (inside.status, inside.cancel_reason, outside.status) == ("cancelled", CancelReason.CLINIC, Status.BOOKED)
    told = Message.objects.get(kind="appointment_cancelled")
    assert told.user == inside.patient.user
    assert Message.objects.get(kind="doctor_appointment_cancelled").user == doctor.user
    assert told.facts["times_path"].startswith(f"/book/{doctor.slug}/times/?visit_type=")


def test_the_same_closure_again_changes_nothing(administrator: User) -> None:
    place = bookable_doctor().locations.get()
    assert close(administrator, place, day_ahead(2)) == close(administrator, place, day_ahead(2), label="Again")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"label": " "}, "label"),
        ({"last_day": date(2020, 1, 1)}, "last_day"),
        ({"from_time": time(12), "until_time": time(12)}, "until_time"),
        ({"first_day": date(2020, 1, 1), "last_day": date(2020, 1, 2)}, "last_day"),
    ],
)
def test_a_closure_that_makes_no_sense_is_refused(administrator: User, changes: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        close(administrator, LocationFactory.create(), day_ahead(2), **changes)
    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize("role", [Role.CONTENT_EDITOR, Role.CLINIC_STAFF, Role.DOCTOR, Role.PATIENT])
def test_only_administrators_close_a_place(administrator: User, role: Role) -> None:
    place, stranger = LocationFactory.create(), UserFactory.create(roles=[role])
    closure = close(administrator, place, day_ahead(2))
    doors: list[Callable[[], object]] = [
        lambda: close(stranger, place, day_ahead(3)),
        lambda: closure_remove(actor=stranger, closure_id=closure.public_id),
        lambda: closure_appointments_cancel(actor=stranger, closure_id=closure.public_id),
    ]
    for door in doors:
        with pytest.raises(Forbidden):
            door()
    closure_remove(actor=administrator, closure_id=closure.public_id)
    with pytest.raises(NotFound):
        closure_remove(actor=administrator, closure_id=closure.public_id)


def test_what_is_ahead_is_listed_with_its_bank_holidays_and_who_is_booked(administrator: User) -> None:
    doctor = bookable_doctor()
    place = doctor.locations.get()
    book(doctor, start=next_slot_start(2))
    close(administrator, place, day_ahead(2))
    assert [(row.label, row.standing) for row in shut_days_of(place, now=clock.now())] == [("Training", 1)]
    place.bank_holidays = BankHolidays.ENGLAND
    place.save()
    labels = [row.label for row in shut_days_of(place, now=clock.now())]
    assert {"Training", "Good Friday"} <= set(labels)
    assert "Good Friday" in {label for _, label in shut_at([place], now=clock.now(), days=366)[place]}
    assert shut_at([LocationFactory.create()], now=clock.now(), days=366) == {}


def test_a_booking_holds_its_place_until_it_commits() -> None:
    doctor = bookable_doctor()
    with CaptureQueriesContext(connection) as statements:
        book(doctor)
    assert [sql["sql"] for sql in statements if "FOR SHARE" in sql["sql"]]
