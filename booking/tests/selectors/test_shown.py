"""Free times that are kept in Redis: whatever changes a doctor's times makes them another name, so none is stale."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Patient, User
from accounts.roles import Role
from accounts.tests.factories import PatientFactory, UserFactory
from booking import selectors, services
from booking.models import Appointment, AvailabilityRule
from booking.slots import Slot
from booking.states import ErrorReason, NoShowCorrection, Status
from booking.tests.factories import AppointmentFactory, LeaveFactory, bookable_doctor, next_slot_start
from booking.tests.steps import at_the_desk_of, book, decide, user_of
from common import clock
from doctors.models import Doctor, Location
from doctors.selectors import doctor_listed
from doctors.services import doctor_set_verification
from doctors.states import VerificationStatus
from doctors.tests.factories import VisitTypeFactory

pytestmark = pytest.mark.django_db

DAYS = 14


def day_off() -> int:
    """The weekday, whatever today is, on which none of the tests' times lie."""
    return next_slot_start(4).weekday()


@dataclass
class Scene:
    """A doctor who works every day but one, and one visit of a patient in three days."""

    doctor: Doctor = field(default_factory=lambda: bookable_doctor(weekdays=sorted({*range(7)} - {day_off()})))
    patient: Patient = field(default_factory=PatientFactory.create)

    def __post_init__(self) -> None:
        self.me, self.place = user_of(self.doctor), self.doctor.locations.get()
        self.visit = book(self.doctor, patient=self.patient, start=next_slot_start(3))
        self.administrator: User = UserFactory.create(roles=[Role.ADMINISTRATOR])

    @property
    def day(self) -> datetime:
        return next_slot_start(5)

    def at(self, **more: Any) -> Appointment:
        """A row of another patient, in whatever state."""
        own = {"visit_type": self.doctor.visit_types.get(), "start": next_slot_start(6)}
        made: Appointment = AppointmentFactory.create(**{**own, **more})
        return made

    def rule(self) -> AvailabilityRule:
        return self.doctor.availability_rules.earliest("pk")


def seen(scene: Scene) -> tuple[list[Slot], list[Slot], list[Any]]:
    """What is shown, what is so, and the doctor's stamps."""
    doctor = doctor_listed(scene.doctor.slug)
    visit_type, now = doctor.visit_types.earliest("pk"), clock.now()
    asked: dict[str, Any] = {"doctor": doctor, "visit_type": visit_type, "first_day": now.date(), "days": DAYS}
    return (
        selectors.slots_shown(**asked, now=now),
        selectors.slots_for(**asked, now=now),
        list(getattr(doctor, "calendar_stamps")),  # noqa: B009
    )


def _own(service: Callable[..., Any], **row: Any) -> Callable[[Scene], Any]:
    """A service about a row that the doctor answers for."""
    return lambda scene: service(actor=scene.me, appointment_id=scene.at(**row).public_id)


def _earlier(service: Callable[..., Any], status: Status, **more: Any) -> Callable[[Scene], Any]:
    """A service about a visit of an hour ago."""

    def act(scene: Scene) -> Any:
        row = scene.at(status=status, start=clock.now() - timedelta(hours=1))
        actor = at_the_desk_of(scene.place) if "staff" in more else scene.me
        said = {name: value for name, value in more.items() if name != "staff"}
        return service(actor=actor, appointment_id=row.public_id, **said)

    return act


def _leave(scene: Scene) -> Any:
    return services.leave_add(
        actor=scene.me, doctor_id=scene.doctor.public_id, start=scene.day, end=scene.day + timedelta(hours=3)
    )


def _closure(scene: Scene, days: int = 5) -> Any:
    day = next_slot_start(days).date()
    return services.closure_add(
        actor=scene.administrator, location_id=scene.place.pk, label="Training", first_day=day, last_day=day
    )


def _rule(scene: Scene) -> Any:
    return services.rule_add(
        actor=scene.me,
        doctor_id=scene.doctor.public_id,
        location_id=scene.place.pk,
        weekday=day_off(),
        start_time=time(9),
        end_time=time(12),
    )


def _changed_rule(scene: Scene) -> Any:
    rule = scene.rule()
    return services.rule_change(
        actor=scene.me,
        rule_id=rule.public_id,
        version=selectors.version_of(rule),
        location_id=scene.place.pk,
        weekday=rule.weekday,
        start_time=time(9),
        end_time=time(12),
    )


def _all_of_one_day(scene: Scene) -> dict[str, Any]:
    return {
        "actor": scene.me,
        "doctor_id": scene.doctor.public_id,
        "rule_ids": [scene.rule().public_id],
        "seen": selectors.week_version(scene.doctor),
    }


def _extra(scene: Scene) -> Any:
    evening = next_slot_start(5, at=time(18))
    return services.extra_add(
        actor=scene.me,
        doctor_id=scene.doctor.public_id,
        location_id=scene.place.pk,
        start=evening,
        end=evening + timedelta(hours=1),
    )


def _limited(scene: Scene) -> Any:
    return services.limits_change(
        actor=scene.me, doctor_id=scene.doctor.public_id, seen=selectors.limits_seen(scene.doctor), daily_cap=1
    )


def _stopped(scene: Scene) -> Any:
    return services.bookings_stop(actor=scene.me, doctor_id=scene.doctor.public_id)


def _resumed(scene: Scene) -> None:
    _stopped(scene)
    services.bookings_resume(actor=scene.me, doctor_id=scene.doctor.public_id)


# Every service of booking that decides when a doctor is free, as it is used.
CHANGES: dict[str, Callable[[Scene], Any]] = {
    "appointment_book": lambda scene: book(scene.doctor, start=scene.day),
    "appointment_approve": _own(services.appointment_approve, requested=True),
    "appointment_reject": _own(services.appointment_reject, requested=True),
    "appointment_cancel": lambda scene: services.appointment_cancel(
        actor=user_of(scene.patient), appointment_id=scene.visit.public_id
    ),
    "appointment_move": lambda scene: services.appointment_move(
        actor=scene.me, appointment_id=scene.visit.public_id, start=scene.day
    ),
    "appointment_change_visit": lambda scene: services.appointment_change_visit(
        actor=user_of(scene.patient),
        appointment_id=scene.visit.public_id,
        visit_type_id=VisitTypeFactory.create(doctor=scene.doctor).public_id,
        start=scene.visit.start,
    ),
    "appointment_confirm_payment": lambda scene: services.appointment_confirm_payment(
        appointment_id=scene.at(held=True).public_id
    ),
    "hold_extend": lambda scene: services.hold_extend(
        actor=user_of(scene.patient), appointment_id=scene.at(held=True, patient=scene.patient).public_id
    ),
    "appointment_arrive": _earlier(services.appointment_arrive, Status.BOOKED),
    "appointment_unarrive": _earlier(services.appointment_unarrive, Status.ARRIVED),
    "appointment_fulfil": _earlier(services.appointment_fulfil, Status.ARRIVED),
    "appointment_noshow": _earlier(services.appointment_noshow, Status.BOOKED),
    "noshow_correct": _earlier(services.noshow_correct, Status.NOSHOW, reason=NoShowCorrection.SEEN),
    "appointment_enter_in_error": _earlier(
        services.appointment_enter_in_error, Status.BOOKED, reason=ErrorReason.TWICE, staff=True
    ),
    "appointments_cancel_by_clinic": lambda scene: services.appointments_cancel_by_clinic(
        actor=UserFactory.create(roles=[Role.VERIFICATION_OFFICER]),
        doctor_id=scene.doctor.public_id,
        appointment_ids=None,
        now=clock.now(),
    ),
    "leave_add": _leave,
    "leave_remove": lambda scene: services.leave_remove(actor=scene.me, leave_id=_leave(scene).public_id),
    "leave_appointments_cancel": lambda scene: services.leave_appointments_cancel(
        actor=scene.me,
        leave_id=LeaveFactory.create(
            doctor=scene.doctor, start=scene.visit.start, end=scene.visit.start + timedelta(hours=1)
        ).public_id,
    ),
    "rest_of_today_cancel": lambda scene: services.rest_of_today_cancel(
        actor=scene.me, doctor_id=scene.doctor.public_id
    ),
    "rule_add": _rule,
    "rule_change": _changed_rule,
    "rule_remove": lambda scene: services.rule_remove(actor=scene.me, rule_id=scene.rule().public_id),
    "day_copy": lambda scene: services.day_copy(
        actor=scene.me, doctor_id=scene.doctor.public_id, weekday=scene.rule().weekday, to=[day_off()]
    ),
    "rules_change": lambda scene: services.rules_change(**_all_of_one_day(scene), end_time=time(12)),
    "rules_remove": lambda scene: services.rules_remove(**_all_of_one_day(scene)),
    "outside_hours_cancel": lambda scene: services.outside_hours_cancel(
        actor=scene.me,
        doctor_id=scene.doctor.public_id,
        appointment_ids=[scene.at(start=next_slot_start(6, at=time(20))).public_id],
    ),
    "extra_add": _extra,
    "extra_remove": lambda scene: services.extra_remove(actor=scene.me, extra_id=_extra(scene).public_id),
    "limits_change": _limited,
    "bookings_stop": _stopped,
    "bookings_resume": _resumed,
    "closure_add": _closure,
    "closure_remove": lambda scene: services.closure_remove(
        actor=scene.administrator, closure_id=_closure(scene).public_id
    ),
    "closure_appointments_cancel": lambda scene: services.closure_appointments_cancel(
        actor=scene.administrator, closure_id=_closure(scene, days=3).public_id
    ),
    # Of doctors, and what no service writes.
    "doctor_set_verification": lambda scene: [
        doctor_set_verification(actor=None, doctor_id=scene.doctor.public_id, status=status, now=clock.now())
        for status in (VerificationStatus.SUSPENDED, VerificationStatus.VERIFIED)
    ],
    "visit type changed": lambda scene: scene.doctor.visit_types.update(buffer_after=30),
    "visit type added": lambda scene: VisitTypeFactory.create(doctor=scene.doctor),
    "place on another clock": lambda scene: Location.objects.filter(pk=scene.place.pk).update(zone="Asia/Kolkata"),
    "bank holidays of a place": lambda scene: Location.objects.filter(pk=scene.place.pk).update(bank_holidays="ENG"),
    "settings": lambda _: decide(hold_minutes=20),
    "row removed": lambda scene: Appointment.objects.filter(pk=scene.at().pk).delete(),
}
# Every other service of booking, and why it cannot change when anybody is free.
KEEPS = {
    "appointments_export_record": "an audit event",
    "cancelling_go_on": "goes on with what leave_appointments_cancel and its like began",
    "cancelling_stop": "leaves what was not cancelled yet as it is",
    "cancellings_sweep": "goes on with what leave_appointments_cancel and its like began",
    "history_viewed": "an audit event",
    "link_prove": "who sees a visit",
    "link_move": "does what appointment_move does",
    "link_cancel": "does what appointment_cancel does",
    "appointment_conceal": "who sees a visit",
    "appointment_locked_for_payment": "locks a row",
    "appointment_share": "who sees a visit",
    "appointment_unshare": "who sees a visit",
    "appointment_viewed": "who has looked",
    "feed_make": "an address",
    "feed_revoke": "an address",
    "listing_refill": "writes what search shows",
    "listing_refill_places": "writes what search shows",
    "reminders_queue": "messages",
    "listing_refresh": "writes what search shows",
    "pending_expire": "a wait that has ended took no time any more: see test_a_wait_that_ends…",
    "running_late_tell": "messages",
    "share_accept": "who sees a visit",
    "share_decline": "who sees a visit",
}


def test_every_service_of_booking_is_named_here() -> None:
    assert sorted(set(services.__all__) - CHANGES.keys() - KEEPS.keys()) == []


@pytest.mark.parametrize("name", CHANGES)
def test_whatever_changes_the_times_shows_the_new_ones_at_once(name: str) -> None:
    scene = Scene()
    shown, true, before = seen(scene)
    assert shown == true
    assert seen(scene)[0] == true
    CHANGES[name](scene)
    shown, true, after = seen(scene)
    assert shown == true
    assert before != after


def test_control_without_a_stamp_of_its_own_a_taken_time_would_be_shown() -> None:
    """What the stamps are for: the same change with the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE booking_appointment DISABLE TRIGGER USER")
    scene = Scene()
    seen(scene)
    book(scene.doctor, start=scene.day)
    shown, true, _ = seen(scene)
    assert scene.day in [slot.start for slot in shown]
    assert scene.day not in [slot.start for slot in true]


def test_another_doctors_changes_leave_the_kept_times_as_they_are() -> None:
    scene, other = Scene(), Scene()
    _, _, before = seen(scene)
    book(other.doctor, start=other.day)
    assert seen(scene)[2] == before


def test_kept_times_cost_no_statement_and_name_nobody(redis_client: Any) -> None:
    scene = Scene()
    doctor = doctor_listed(scene.doctor.slug)
    visit_type, now = doctor.visit_types.get(), clock.now()
    asked: dict[str, Any] = {"doctor": doctor, "visit_type": visit_type, "first_day": now.date(), "days": DAYS}
    for statements in (2, 0):
        with CaptureQueriesContext(connection) as captured:
            selectors.slots_shown(**asked, now=now)
        assert len(captured) == statements
    [key] = redis_client.keys("*slots:*")
    assert str(doctor.pk) in key.decode()
    for word in (scene.patient.family_name, str(scene.patient.public_id), scene.visit.reference):
        assert word not in key.decode()
        assert word.encode() not in redis_client.get(key)


def test_a_wait_that_ends_frees_its_time_without_any_change() -> None:
    scene = Scene()
    ends = clock.now() + timedelta(minutes=2)
    hold = scene.at(held=True, expires_at=ends)
    doctor = doctor_listed(scene.doctor.slug)
    asked: dict[str, Any] = {
        "doctor": doctor,
        "visit_type": doctor.visit_types.get(),
        "first_day": clock.now().date(),
        "days": DAYS,
    }
    assert hold.start not in [slot.start for slot in selectors.slots_shown(**asked, now=ends - timedelta(seconds=1))]
    assert hold.start in [slot.start for slot in selectors.slots_shown(**asked, now=ends)]


def test_notice_and_horizon_go_with_the_clock() -> None:
    scene = Scene()
    scene.doctor.visit_types.update(minimum_notice=60, horizon_days=2)
    doctor = doctor_listed(scene.doctor.slug)
    visit_type, opens = doctor.visit_types.get(), next_slot_start(1, at=time(9))
    asked: dict[str, Any] = {"doctor": doctor, "visit_type": visit_type, "first_day": opens.date(), "days": DAYS}
    for minutes in (-62, -60, -59, 0, 29, -90):
        now = opens + timedelta(minutes=minutes)
        assert selectors.slots_shown(**asked, now=now) == selectors.slots_for(**asked, now=now)


def test_flushed_or_away_redis_shows_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene()
    shown, _, _ = seen(scene)
    caches["redis"].clear()
    assert seen(scene)[0] == shown

    def refuse(*_: Any, **__: Any) -> Any:
        raise ConnectionError

    monkeypatch.setattr("django.core.cache.backends.redis.RedisCacheClient.get", refuse)
    monkeypatch.setattr("django.core.cache.backends.redis.RedisCacheClient.set", refuse)
    assert seen(scene)[0] == shown
    monkeypatch.setattr("common.cache.SoftRedisCache._away_until", 0)


def test_what_was_undone_changed_nothing() -> None:
    scene = Scene()
    shown, _, before = seen(scene)
    with transaction.atomic():
        book(scene.doctor, start=scene.day)
        transaction.set_rollback(True)
    after, true, stamps = seen(scene)
    assert (after, stamps) == (shown, before)
    assert after == true


def test_a_doctor_who_came_without_stamps_is_looked_up() -> None:
    scene = Scene()
    plain = Doctor.objects.get(pk=scene.doctor.pk)
    asked: dict[str, Any] = {"visit_type": plain.visit_types.get(), "first_day": clock.now().date(), "days": DAYS}
    shown = selectors.slots_shown(doctor=plain, **asked, now=clock.now())
    assert shown == seen(scene)[1]
    assert uuid4() not in getattr(doctor_listed(plain.slug), "calendar_stamps")  # noqa: B009
