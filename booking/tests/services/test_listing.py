from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from itertools import product
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import PatientFactory
from booking import tasks
from booking.models import Appointment
from booking.selectors import Moving, limits_seen, slots_for
from booking.services import (
    appointment_book,
    appointment_cancel,
    appointment_move,
    leave_add,
    leave_remove,
    limits_change,
    listing_refill,
    listing_refresh,
    pending_expire,
    rule_add,
    rule_remove,
)
from booking.states import Status
from booking.tests.factories import AppointmentFactory, RuleFactory, bookable_doctor, next_slot_start
from booking.tests.steps import book, user_of
from common import clock
from common.errors import DomainError
from doctors.models import NO_TIME, Doctor, FreeTime, Listing, VisitType
from doctors.states import Modality, VerificationStatus
from doctors.tests.factories import LocationFactory, VisitTypeFactory

pytestmark = pytest.mark.django_db

Times = dict[tuple[int | None, str], list[FreeTime]]


def listed(doctor: Doctor) -> Times:
    return {(row.location_id, row.modality): row.free_times for row in Listing.objects.filter(doctor=doctor)}


def starts(doctor: Doctor) -> list[datetime]:
    return [time.start for time in listed(doctor)[None, ""]]


def generated(doctor: Doctor, now: datetime, days: int = 70) -> Times:
    """What the listing has to say, straight from the slots: in each entry the first type's times that has any there."""
    offered = list(doctor.visit_types.filter(is_active=True))
    said: dict[tuple[int | None, str], dict[datetime, FreeTime]] = {
        (place, modality): {}
        for place in [None, *doctor.locations.values_list("pk", flat=True)]
        for modality in ["", *{visit_type.modality for visit_type in offered}]
    }
    first_day = now.date() - timedelta(days=1)
    for visit_type in reversed(offered):
        own: dict[tuple[int | None, str], dict[datetime, FreeTime]] = {}
        for slot in slots_for(doctor=doctor, visit_type=visit_type, first_day=first_day, days=days, now=now):
            until = slot.start - timedelta(minutes=visit_type.limits(doctor).minimum_notice)
            time = FreeTime(slot.start, visit_type.public_id, slot.location_id, until)
            for place, modality in product([None, slot.location_id], ["", visit_type.modality]):
                own.setdefault((place, modality), {})[slot.start] = time
        said |= own
    return {place: [times[start] for start in sorted(times)][:6] for place, times in said.items()}


def busy_doctor() -> Doctor:
    """Two places, two modalities, three visit types with buffers, little time, and some of it for one type alone."""
    doctor = bookable_doctor(minutes=30, buffer_after=10, weekdays=[0, 1, 2, 3], start=time(9), end=time(11))
    second = LocationFactory.create()
    doctor.locations.add(second)
    RuleFactory.create(doctor=doctor, location=second, weekday=4, start_time=time(14), end_time=time(15, 30))
    VisitTypeFactory.create(doctor=doctor, minutes=15, modality=Modality.VIDEO, minimum_notice=60 * 24, position=2)
    hour = VisitTypeFactory.create(doctor=doctor, minutes=60, buffer_before=15, needs_approval=True, position=1)
    RuleFactory.create(doctor=doctor, weekday=5, end_time=time(12), visit_type_ids=[hour.pk])
    return doctor


class Life:
    """What may happen to a doctor's calendar, one thing after another as chance wants it."""

    def __init__(self, doctor: Doctor, chance: Random, now: datetime) -> None:
        self.doctor, self.chance, self.now = doctor, chance, now
        self.actor = user_of(doctor)
        self.steps: list[Callable[[], None]] = [
            *[self.booking] * 3,
            self.moving,
            self.cancelling,
            self.leave,
            self.back_from_leave,
            self.other_hours,
            self.other_limits,
        ]

    def goes_on(self) -> None:
        self.chance.choice(self.steps)()

    def booking(self) -> None:
        visit_type = self.chance.choice(list(self.doctor.visit_types.all()))
        free = slots_for(doctor=self.doctor, visit_type=visit_type, first_day=self.now.date(), days=21, now=self.now)
        if not free:
            return
        slot, patient = self.chance.choice(free[: self.chance.choice([4, 40])]), PatientFactory.create()
        appointment_book(
            actor=user_of(patient),
            patient_id=patient.public_id,
            visit_type_id=visit_type.public_id,
            location_id=slot.location_id,
            start=slot.start,
            now=self.now,
        )

    def moving(self) -> None:
        appointment = Appointment.objects.filter(status="booked", start__gt=self.now).order_by("?").first()
        if appointment is None:
            return
        free = slots_for(
            doctor=self.doctor,
            visit_type=appointment.visit_type,
            first_day=self.now.date(),
            days=21,
            now=self.now,
            moving=Moving(appointment),
        )
        if not free:
            return
        slot = self.chance.choice(free[: self.chance.choice([4, 40])])
        appointment_move(
            actor=self.actor,
            appointment_id=appointment.public_id,
            start=slot.start,
            location_id=slot.location_id,
            now=self.now,
        )

    def cancelling(self) -> None:
        appointment = Appointment.objects.filter(status__in=["booked", "pending"]).order_by("?").first()
        if appointment:
            appointment_cancel(actor=self.actor, appointment_id=appointment.public_id, now=self.now)

    def leave(self) -> None:
        start = self.now + timedelta(hours=self.chance.randrange(0, 200))
        end = start + timedelta(hours=9)
        leave_add(actor=self.actor, doctor_id=self.doctor.public_id, start=start, end=end, now=self.now)

    def back_from_leave(self) -> None:
        row = self.doctor.availability_exceptions.order_by("?").first()
        if row:
            leave_remove(actor=self.actor, leave_id=row.public_id, now=self.now)

    def other_hours(self) -> None:
        rule = self.doctor.availability_rules.order_by("?").first()
        assert rule is not None
        rule_remove(actor=self.actor, rule_id=rule.public_id, now=self.now)
        rule_add(
            actor=self.actor,
            doctor_id=self.doctor.public_id,
            location_id=rule.location_id,
            weekday=rule.weekday,
            start_time=rule.start_time,
            end_time=rule.end_time,
            visit_type_ids=VisitType.objects.filter(pk__in=rule.visit_type_ids).values_list("public_id", flat=True),
            now=self.now,
        )

    def other_limits(self) -> None:
        limits_change(
            actor=self.actor,
            doctor_id=self.doctor.public_id,
            seen=limits_seen(self.doctor),
            daily_cap=self.chance.choice([None, 2, 3]),
            minimum_notice=self.chance.choice([None, 30 * 60]),
            horizon_days=self.chance.choice([None, 10]),
            buffer_after=self.chance.choice([None, 20]),
            now=self.now,
        )
        self.doctor.refresh_from_db()


@pytest.mark.parametrize("seed", range(4))
def test_after_whatever_happens_the_listing_says_what_the_generator_says(seed: int) -> None:
    doctor, now = busy_doctor(), clock.now()
    life = Life(doctor, Random(seed), now)
    listing_refresh(doctor_id=doctor.pk, now=now)
    assert listed(doctor) == generated(doctor, now)
    for _ in range(15):
        life.goes_on()
        assert listed(doctor) == generated(doctor, now)


def test_a_hold_that_ends_comes_back_into_the_listing() -> None:
    doctor, now = bookable_doctor(), clock.now()
    first = slots_for(doctor=doctor, visit_type=doctor.visit_types.get(), first_day=now.date(), days=3, now=now)[0]
    hold = AppointmentFactory.create(held=True, visit_type=doctor.visit_types.get(), start=first.start)
    listing_refresh(doctor_id=doctor.pk, now=now)
    assert first.start not in starts(doctor)
    Appointment.objects.filter(pk=hold.pk).update(expires_at=now)
    pending_expire(now=now)
    assert listed(doctor) == generated(doctor, now)
    assert first.start in starts(doctor)


def test_a_booking_far_from_the_listed_times_does_not_write_the_listing() -> None:
    doctor, start = bookable_doctor(), next_slot_start(10)
    listing_refresh(doctor_id=doctor.pk, now=clock.now())
    with CaptureQueriesContext(connection) as statements:
        book(doctor, start=start)
    assert not [statement for statement in statements if "INTO doctors_listing" in statement["sql"]]


def test_a_booking_of_a_listed_time_writes_the_listing() -> None:
    doctor, now = bookable_doctor(), clock.now()
    listing_refresh(doctor_id=doctor.pk, now=now)
    first = Listing.objects.get(doctor=doctor, location=None, modality="").next_times[0]
    book(doctor, start=first, now=now)
    assert Listing.objects.get(doctor=doctor, location=None, modality="").next_times[0] > first


def test_a_booking_writes_only_those_rows_of_the_listing_that_say_otherwise_now() -> None:
    doctor, now = busy_doctor(), clock.now()
    listing_refresh(doctor_id=doctor.pk, now=now)
    before, rows = listed(doctor), _where_rows_lie(doctor)
    first = before[None, Modality.IN_PERSON][0]
    patient = PatientFactory.create()
    appointment_book(
        actor=user_of(patient),
        patient_id=patient.public_id,
        visit_type_id=first.visit_type_id,
        location_id=first.location_id,
        start=first.start,
        now=now,
    )
    after = listed(doctor)
    changed = {place for place in after if after[place] != before[place]}
    assert {place for place, lies in _where_rows_lie(doctor).items() if lies != rows[place]} == changed
    assert changed
    assert changed < set(after)
    assert after == generated(doctor, now)


def _where_rows_lie(doctor: Doctor) -> dict[tuple[int | None, str], str]:
    """By place and modality where the row's version is stored: each writing makes another."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT location_id, modality, ctid::text FROM doctors_listing WHERE doctor_id = %s", [doctor.pk]
        )
        return {(location_id, modality): lies for location_id, modality, lies in cursor.fetchall()}


def test_a_doctor_whose_times_lie_far_ahead_is_listed_by_them() -> None:
    """The first two weeks are looked at first, and at a place or of a type that has too few there the rest too."""
    doctor, now = bookable_doctor(weekdays=[], horizon_days=60), clock.now()
    near = RuleFactory.create(doctor=doctor, weekday=0)
    far = LocationFactory.create()
    doctor.locations.add(far)
    later = (now + timedelta(days=30)).date()
    RuleFactory.create(doctor=doctor, location=far, weekday=1, valid_from=later)
    listing_refresh(doctor_id=doctor.pk, now=now)
    assert listed(doctor) == generated(doctor, now)
    assert len(listed(doctor)[near.location_id, ""]) == len(listed(doctor)[far.pk, ""]) == 6


def test_the_refill_writes_what_has_passed_and_leaves_the_rest() -> None:
    now = clock.now()
    passed, fresh = bookable_doctor(), bookable_doctor()
    for doctor in (passed, fresh):
        listing_refresh(doctor_id=doctor.pk, now=now)
    old = now - timedelta(minutes=5)
    Listing.objects.filter(doctor=passed).update(next_available_at=old, next_times=[old])
    assert listing_refill(now=now) == 1
    assert listed(passed) == generated(passed, now)
    assert listing_refill(now=now) == 0


def test_the_times_of_an_entry_are_of_the_doctors_first_visit_type_alone_until_their_notice_begins() -> None:
    now = datetime(2027, 6, 7, 6, 0, tzinfo=UTC)
    doctor = bookable_doctor(minimum_notice=120, weekdays=[0], minutes=60)
    first = doctor.visit_types.get()
    VisitTypeFactory.create(doctor=doctor, name="Follow-up", minutes=15, position=1)
    listing_refresh(doctor_id=doctor.pk, now=now)
    before = starts(doctor)
    assert {time.visit_type_id for time in listed(doctor)[None, ""]} == {first.public_id}
    nearly = datetime(2027, 6, 7, 6, 1, tzinfo=UTC)
    assert listing_refill(now=now) == 0
    assert listing_refill(now=nearly) == 1
    assert {time.visit_type_id for time in listed(doctor)[None, ""]} == {first.public_id}
    assert starts(doctor)[:5] == before[1:]
    assert listing_refill(now=nearly) == 0


def test_where_the_first_visit_type_has_no_time_the_next_is_listed_until_the_first_has_one_again() -> None:
    now = clock.now()
    soon, later = ((now + timedelta(days=days)).weekday() for days in (1, 3))
    doctor = bookable_doctor(minutes=30, start=time(9), end=time(10), horizon_days=5, weekdays=[later])
    first = doctor.visit_types.get()
    second = VisitTypeFactory.create(doctor=doctor, minutes=15, position=1)
    listing_refresh(doctor_id=doctor.pk, now=now)
    taken = [book(doctor, start=start, visit_type=first, now=now) for start in starts(doctor)]
    RuleFactory.create(doctor=doctor, weekday=soon, visit_type_ids=[second.pk])
    listing_refresh(doctor_id=doctor.pk, now=now)
    assert {free.visit_type_id for free in listed(doctor)[None, ""]} == {second.public_id}

    appointment_cancel(actor=user_of(doctor), appointment_id=taken[-1].public_id, now=now)

    assert listed(doctor) == generated(doctor, now)
    assert starts(doctor) == [taken[-1].start]
    assert listed(doctor)[None, ""][0].visit_type_id == first.public_id


def test_the_refill_looks_at_the_times_of_every_place_and_modality() -> None:
    now = datetime(2027, 6, 7, 6, 0, tzinfo=UTC)
    doctor = bookable_doctor(minimum_notice=120, weekdays=[0], position=1)
    by_video = VisitTypeFactory.create(doctor=doctor, modality=Modality.VIDEO)
    listing_refresh(doctor_id=doctor.pk, now=now)
    assert {time.visit_type_id for time in listed(doctor)[None, ""]} == {by_video.public_id}
    later = now + timedelta(minutes=1)
    assert listing_refill(now=later) == 1
    assert listed(doctor) == generated(doctor, later)


def test_the_refill_takes_a_batch_at_a_time() -> None:
    now = clock.now()
    for _ in range(3):
        listing_refresh(doctor_id=bookable_doctor().pk, now=now)
    Listing.objects.update(next_available_at=now)
    assert [listing_refill(now=now, batch=2) for _ in range(3)] == [2, 1, 0]


def test_an_empty_listing_is_looked_at_once_an_hour() -> None:
    now = clock.now()
    doctor = bookable_doctor(weekdays=[])
    listing_refresh(doctor_id=doctor.pk, now=now)
    assert Listing.objects.get(doctor=doctor, location=None, modality="").next_available_at == NO_TIME
    assert sum(listing_refill(now=now + timedelta(minutes=minute)) for minute in range(60)) == 1


def test_the_tasks_write_listings() -> None:
    doctor = bookable_doctor()
    tasks.refresh_listing(doctor.pk)
    Listing.objects.update(next_available_at=clock.now())
    assert tasks.refill_listing() == 1
    assert tasks.refill_listing() == 0


def test_who_is_not_listed_has_no_entry() -> None:
    doctor = bookable_doctor()
    listing_refresh(doctor_id=doctor.pk, now=clock.now())
    Doctor.objects.update(verification_status=VerificationStatus.SUSPENDED)
    listing_refresh(doctor_id=doctor.pk, now=clock.now())
    assert not Listing.objects.exists()


def test_a_doctor_who_does_not_exist_is_said_so() -> None:
    with pytest.raises(DomainError):
        listing_refresh(doctor_id=0, now=clock.now())


def test_ending_another_doctors_hold_leaves_that_listing_to_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[tuple[object, ...]] = []
    monkeypatch.setattr("booking.services.listing.wake", lambda *said: woken.append(said))
    patient, start = PatientFactory.create(), next_slot_start()
    other = AppointmentFactory.create(held=True, patient=patient, start=start, expires_at=clock.now())
    listing_refresh(doctor_id=other.doctor_id, now=clock.now())
    assert book(bookable_doctor(), patient=patient, start=start).status == Status.BOOKED
    assert woken == [("booking.refresh_listing", other.doctor_id)]
