"""Reminders go out once, on their day and at the clinic's hour, whatever the clocks and the workers do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.mail import EmailMultiAlternatives

from accounts.models import Patient, User
from accounts.services import carer_revoke
from accounts.tests.factories import CarerFactory, PatientFactory, UserFactory
from booking import services
from booking.locks import lock_appointments
from booking.models import Appointment, ReminderRound
from booking.services import remind
from booking.states import CancelReason, Status
from booking.tests.factories import AppointmentFactory
from booking.tests.steps import decide, mails_to, user_of
from common import clock
from notifications.models import Message
from notifications.services import messages_queue

pytestmark = pytest.mark.django_db

LONDON = ZoneInfo("Europe/London")
VISIT_DAY = date(2027, 3, 29)
LONG_AGO = datetime(2027, 1, 4, tzinfo=UTC)


def visit(day: date = VISIT_DAY, at: time = time(10, 20), **more: Any) -> Appointment:
    """Booked long ago, for a time by London's clocks."""
    start = clock.moment(day, at, LONDON)
    appointment: Appointment = AppointmentFactory.create(**{"created_at": LONG_AGO, "start": start, **more})
    return appointment


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return clock.moment(day, time(hour, minute), LONDON)


def reminders() -> list[Message]:
    return list(Message.objects.filter(kind="appointment_reminder").order_by("created_at", "pk"))


def reminder_to(person: Patient | User) -> EmailMultiAlternatives:
    """The only reminder among the mails that wait for them."""
    Message.objects.update(due_at=clock.now())
    [mail] = [one for one in mails_to(person) if one.subject.startswith("Reminder")]
    assert isinstance(mail, EmailMultiAlternatives)
    return mail


def parts(mail: EmailMultiAlternatives) -> list[str]:
    return [str(mail.body), str(mail.alternatives[0][0])]


def run_through(first: date, last: date) -> list[datetime]:
    """What two schedulers would do in those days, an hour at a time; when reminders were written."""
    now, end = clock.start_of_day(first, LONDON), clock.end_of_day(last, LONDON)
    while now < end:
        services.reminders_queue(now=now)
        services.reminders_queue(now=now)
        now += timedelta(hours=1)
    return [message.created_at for message in reminders()]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        # The clocks go forward on 28 March 2027: the eve's hour comes an hour earlier in UTC.
        (date(2027, 3, 29), ["2027-03-22T09:00Z", "2027-03-27T09:00Z", "2027-03-28T08:00Z"]),
        (date(2027, 3, 28), ["2027-03-21T09:00Z", "2027-03-26T09:00Z", "2027-03-27T09:00Z"]),
        # And back on 31 October 2027.
        (date(2027, 11, 1), ["2027-10-25T08:00Z", "2027-10-30T08:00Z", "2027-10-31T09:00Z"]),
        (date(2027, 10, 31), ["2027-10-24T08:00Z", "2027-10-29T08:00Z", "2027-10-30T08:00Z"]),
    ],
)
def test_at_nine_by_the_clinics_clock_seven_two_and_one_day_before(day: date, expected: list[str]) -> None:
    visit(day, time(0, 30) if day == date(2027, 10, 31) else time(10, 20))
    written = run_through(day - timedelta(days=8), day)
    assert [f"{instant:%Y-%m-%dT%H:%MZ}" for instant in written] == expected
    assert [message.useless_after for message in reminders()] == [
        clock.end_of_day(instant.astimezone(LONDON).date(), LONDON) for instant in written
    ]


def test_a_place_in_another_zone_has_its_own_clock() -> None:
    row = visit()
    row.location.zone = "Australia/Lord_Howe"
    row.location.save()
    Appointment.objects.update(start=clock.moment(VISIT_DAY, time(10, 20), ZoneInfo("Australia/Lord_Howe")))
    nine_there = clock.moment(VISIT_DAY - timedelta(days=1), time(9), ZoneInfo("Australia/Lord_Howe"))
    assert services.reminders_queue(now=nine_there - timedelta(minutes=1)) == 0
    assert services.reminders_queue(now=nine_there) == 1
    assert "10:20am" in reminder_to(row.patient).subject


def test_visits_of_one_date_in_two_zones_are_told_each_by_its_own_clock_and_forgotten_apart() -> None:
    patient, paris = PatientFactory.create(), ZoneInfo("Europe/Paris")
    decide(reminder_days=[1])
    in_london, in_paris = (visit(at=time(hour), patient=patient, booked_by=user_of(patient)) for hour in (10, 15))
    in_paris.location.zone = paris.key
    in_paris.location.save()
    eve = VISIT_DAY - timedelta(days=1)
    assert run_through(eve, eve) == [clock.moment(eve, time(9), paris), at(eve, 9)]
    assert [message.facts["reference"] for message in reminders()] == [in_paris.reference, in_london.reference]
    remind.reminders_forget(in_london, now=at(eve, 10))
    assert [message.facts["reference"] for message in reminders()] == [in_paris.reference]
    assert [one.zone for one in ReminderRound.objects.filter(day=VISIT_DAY)] == [paris.key]


def test_several_visits_of_a_day_are_one_message_to_each_person() -> None:
    patient = PatientFactory.create()
    carer = CarerFactory.create(patient=patient).user
    early, late = (
        visit(at=time(9, 15), patient=patient, booked_by=user_of(patient)),
        visit(patient=patient, booked_by=carer),
    )
    of_the_carer = visit(at=time(15), patient=PatientFactory.create(user=carer), booked_by=carer)
    visit(VISIT_DAY + timedelta(days=2), patient=patient)
    assert services.reminders_queue(now=at(VISIT_DAY - timedelta(days=1), 9)) == 2
    own, carers = reminder_to(patient), reminder_to(carer)
    for mail, inside, outside in (
        (own, [early, late], of_the_carer),
        (carers, [late, of_the_carer], early),
    ):
        for part in parts(mail):
            assert all(row.reference in part for row in inside)
            assert outside.reference not in part
            assert part.index(inside[0].reference) < part.index(inside[1].reference)
        assert mail.subject == "Reminder: 2 appointments on Monday 29 March 2027"
    assert "for somebody whom you help" not in own.body
    assert str(carers.body).count("for somebody whom you help") == 1
    # Whoever has the mail and the date of birth may change what is theirs; the carer signs in.
    assert str(own.body).count("without signing in") == 2
    assert str(carers.body).count("without signing in") == 1


def test_a_reminder_that_waited_leaves_out_whom_its_reader_helps_no_more() -> None:
    carer = CarerFactory.create()
    helper = carer.user
    assert helper
    own = PatientFactory.create(user=helper)
    helped = visit(at=time(9), patient=carer.patient, booked_by=helper)
    mine = [visit(at=time(hour), patient=own, booked_by=helper) for hour in (11, 15)]
    assert services.reminders_queue(now=at(VISIT_DAY - timedelta(days=1), 9)) == 2
    carer_revoke(actor=user_of(carer.patient), carer_id=carer.public_id)
    mail = reminder_to(helper)
    assert mail.subject == "Reminder: 2 appointments on Monday 29 March 2027"
    for part in parts(mail):
        assert helped.reference not in part
        assert all(row.reference in part for row in mine)


def test_a_single_visit_is_told_with_its_place_its_terms_and_the_way_to_cancel() -> None:
    row = visit()
    services.reminders_queue(now=at(VISIT_DAY - timedelta(days=2), 9))
    mail = reminder_to(row.patient)
    assert mail.subject == "Reminder: appointment on Monday 29 March 2027, 10:20am"
    for part in parts(mail):
        assert all(said in part for said in (row.reference, row.location.name, f"/appointments/{row.public_id}/"))
        assert row.visit_type.name not in part


def not_booked(**more: Any) -> Callable[[], Appointment]:
    return lambda: visit(**more)


@pytest.mark.parametrize(
    "given",
    [
        not_booked(requested=True),
        not_booked(held=True),
        not_booked(cancelled=True),
        not_booked(status=Status.ENTERED_IN_ERROR),
        # Whoever books after the hour has the day in the confirmation.
        not_booked(created_at=at(VISIT_DAY - timedelta(days=1), 9, 1)),
        not_booked(patient__user=None),
        not_booked(day=VISIT_DAY + timedelta(days=1)),
    ],
)
def test_nobody_is_reminded_of_what_does_not_stand_or_was_told_just_now(given: Callable[[], Appointment]) -> None:
    given()
    decide(reminder_days=[1])
    assert services.reminders_queue(now=at(VISIT_DAY - timedelta(days=1), 9, 5)) == 0


def test_staff_who_booked_it_are_not_reminded() -> None:
    row = visit(booked_by=UserFactory.create())
    assert services.reminders_queue(now=at(VISIT_DAY - timedelta(days=1), 9)) == 1
    assert reminders()[0].user_id == row.patient.user_id


def test_after_an_outage_the_day_is_made_up_for_and_another_day_is_not() -> None:
    visit()
    assert services.reminders_queue(now=at(VISIT_DAY - timedelta(days=7), 8, 59)) == 0
    # The worker comes back six days before, on a day without a reminder, and late on the eve.
    assert services.reminders_queue(now=at(VISIT_DAY - timedelta(days=6), 9)) == 0
    assert services.reminders_queue(now=at(VISIT_DAY - timedelta(days=1), 23, 45)) == 1
    assert services.reminders_queue(now=at(VISIT_DAY, 9)) == 0


def test_a_clinic_chooses_its_days_and_its_hour() -> None:
    decide(reminder_days=[3], reminder_hour=18)
    visit()
    assert run_through(VISIT_DAY - timedelta(days=8), VISIT_DAY) == [at(VISIT_DAY - timedelta(days=3), 18)]


def test_a_clinic_that_wants_none_sends_none() -> None:
    decide(reminder_days=[])
    visit()
    assert run_through(VISIT_DAY - timedelta(days=2), VISIT_DAY) == []


def test_a_run_that_dies_in_the_middle_is_gone_on_with(monkeypatch: pytest.MonkeyPatch) -> None:
    for hour in range(10, 13):
        visit(at=time(hour))
    monkeypatch.setattr(remind, "PEOPLE_AT_ONCE", 2)
    calls: list[Any] = []

    def dies_at_the_second(**what: Any) -> None:
        calls.append(what)
        if len(calls) > 1:
            raise KeyboardInterrupt
        messages_queue(**what)

    now = at(VISIT_DAY - timedelta(days=1), 9)
    monkeypatch.setattr(remind, "messages_queue", dies_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        services.reminders_queue(now=now)
    assert len(reminders()) == 2
    monkeypatch.setattr(remind, "messages_queue", messages_queue)
    services.reminders_queue(now=now)
    assert len({message.user_id for message in reminders()}) == len(reminders()) == 3


def test_a_round_that_has_ended_reads_its_visits_no_more(django_assert_num_queries: Any) -> None:
    visit()
    decide(reminder_days=[1])
    now = at(VISIT_DAY - timedelta(days=1), 9)
    services.reminders_queue(now=now)
    with django_assert_num_queries(3):
        services.reminders_queue(now=now + timedelta(minutes=1))


@pytest.mark.parametrize("change", ["cancel", "move"])
def test_what_waits_to_be_sent_follows_the_visit(change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    patient = PatientFactory.create()
    first, second = (visit(at=time(hour), patient=patient, booked_by=user_of(patient)) for hour in (9, 11))
    now = at(VISIT_DAY - timedelta(days=1), 9)
    services.reminders_queue(now=now)
    monkeypatch.setattr(clock, "now", lambda: now)
    if change == "cancel":
        services.appointment_cancel(actor=user_of(patient), appointment_id=first.public_id, now=now)
    else:
        remind.reminders_forget(first, now=now)
        later = timedelta(days=7)
        first.start, first.end = first.start + later, first.end + later
        first.blocked = (first.start, first.end)
        first.save()
    assert reminders() == []
    services.reminders_queue(now=now + timedelta(minutes=1))
    assert len(reminders()) == 1
    monkeypatch.undo()
    text = str(reminder_to(patient).body)
    assert second.reference in text
    assert first.reference not in text


def test_who_is_taken_back_while_a_long_round_runs_is_told_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    decide(reminder_days=[1])
    monkeypatch.setattr(remind, "PEOPLE_AT_ONCE", 1)
    patient = PatientFactory.create()
    first, second = (visit(at=time(hour), patient=patient, booked_by=user_of(patient)) for hour in (9, 11))
    visit()
    now = at(VISIT_DAY - timedelta(days=1), 9)
    monkeypatch.setattr(clock, "now", lambda: now)

    def queue(**asked: Any) -> None:
        messages_queue(**asked)
        if any(one.user == user_of(patient) and "visits" in one.facts for one in asked["messages"]):
            services.appointment_cancel(actor=user_of(patient), appointment_id=first.public_id, now=now)

    monkeypatch.setattr(remind, "messages_queue", queue)
    services.reminders_queue(now=now)
    services.reminders_queue(now=now + timedelta(minutes=1))
    [told] = [message for message in reminders() if message.user_id == user_of(patient).pk]
    assert told.facts["reference"] == second.reference


def test_what_was_sent_is_not_sent_again_when_a_visit_is_cancelled() -> None:
    patient = PatientFactory.create()
    rows = [visit(at=time(hour), patient=patient, booked_by=user_of(patient)) for hour in (9, 11)]
    now = at(VISIT_DAY - timedelta(days=1), 9)
    services.reminders_queue(now=now)
    Message.objects.update(status="sent")
    services.appointment_cancel(actor=user_of(patient), appointment_id=rows[0].public_id, now=now)
    services.reminders_queue(now=now + timedelta(minutes=1))
    assert len(reminders()) == 1


def test_a_visit_cancelled_while_a_run_is_reading_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    row = visit()

    def after_a_cancellation(which: Any) -> list[Appointment]:
        Appointment.objects.filter(pk=row.pk).update(status=Status.CANCELLED, cancel_reason=CancelReason.PATIENT)
        return lock_appointments(which)

    monkeypatch.setattr(remind, "lock_appointments", after_a_cancellation)
    assert services.reminders_queue(now=at(VISIT_DAY - timedelta(days=1), 9)) == 0
    assert ReminderRound.objects.exists()
