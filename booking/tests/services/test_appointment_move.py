from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Patient
from accounts.tests.factories import PatientFactory, UserFactory
from audit.models import Event
from booking.errors import SlotTaken
from booking.models import Appointment
from booking.selectors import slots_for
from booking.services import appointment_cancel, listing_refresh
from booking.states import CancelReason, Status
from booking.tests.factories import AppointmentFactory, RuleFactory, bookable_doctor, next_slot_start
from booking.tests.moving import HALF, at_the_desk_of, everything_about, move, own, refused
from booking.tests.steps import book, decide, told, user_of
from common import clock
from common.errors import Conflict, Forbidden, Invalid
from common.permissions import grant
from doctors.models import Doctor, Listing
from doctors.states import VerificationStatus
from doctors.tests.factories import LocationFactory
from notifications.models import Message

pytestmark = pytest.mark.django_db


def test_the_same_appointment_is_at_another_time_and_both_are_told() -> None:
    doctor = bookable_doctor(price_minor=4500, buffer_before=5, buffer_after=10)
    patient, start = PatientFactory.create(), next_slot_start(3, time(10, 30))
    appointment = book(doctor, patient=patient, start=start, reason="My knee")
    doctor.visit_types.update(price_minor=9900)
    decide(free_cancellation_hours=1)
    later = start + timedelta(days=2, minutes=45)
    moved = move(appointment, user_of(patient), later)
    moved.refresh_from_db()
    assert (moved.pk, moved.public_id, moved.reference) == (
        appointment.pk,
        appointment.public_id,
        appointment.reference,
    )
    assert (moved.start, moved.end) == (later, later + HALF)
    assert (moved.blocked.lower, moved.blocked.upper) == (
        later - timedelta(minutes=5),
        later + timedelta(minutes=40),
    )
    assert (moved.status, moved.reason, moved.calendar_sequence) == (Status.BOOKED, "My knee", 1)
    assert (moved.price_minor, moved.currency, moved.amount_due_minor) == (4500, "gbp", 0)
    assert moved.policy == {
        "version": 1,
        "free_hours": 24,
        "free_until": (later - timedelta(hours=24)).isoformat(),
    }
    assert told(patient) == ["appointment_booked", "appointment_moved"]
    assert told(doctor) == ["doctor_appointment_booked", "doctor_appointment_moved"]
    assert moved.history.count() == 2
    assert moved.history.latest().history_user == user_of(patient)


def test_it_is_one_update_of_the_row_and_no_other_row_of_an_appointment() -> None:
    doctor, start = bookable_doctor(), next_slot_start(3)
    appointment = book(doctor, start=start)
    with CaptureQueriesContext(connection) as statements:
        move(appointment, own(appointment), start + HALF)
    written = [it["sql"] for it in statements if it["sql"].startswith(("UPDATE", "INSERT", "DELETE"))]
    assert sum('"booking_appointment"' in sql for sql in written) == 1
    assert Appointment.objects.get().start == start + HALF


def test_it_takes_few_statements() -> None:
    """Six more than booking: it finds what it moves among what the person may see, and locks and judges the row."""
    doctor, start = bookable_doctor(), next_slot_start(10)
    listing_refresh(doctor_id=doctor.pk, now=clock.now())
    appointment, patient = book(doctor, start=start), own(book(doctor, start=start + 4 * HALF))
    move(Appointment.objects.exclude(pk=appointment.pk).get(), patient, start + 5 * HALF)
    with CaptureQueriesContext(connection) as statements:
        move(appointment, own(appointment), start + HALF)
    assert len([it for it in statements if "SAVEPOINT" not in it["sql"]]) <= 18


def test_the_calendar_entry_has_the_old_name_and_the_next_number() -> None:
    appointment = book(bookable_doctor(), start=next_slot_start(3))
    move(appointment, own(appointment), appointment.start + HALF)
    for kind in ("appointment", "doctor_appointment"):
        first, second = (Message.objects.get(kind=f"{kind}_{verb}") for verb in ("booked", "moved"))
        assert second.facts["calendar"] == {**first.facts["calendar"], "sequence": 1, "method": "REQUEST"}


def test_the_messages_say_the_old_time_and_the_new_one_and_who_did_it() -> None:
    doctor, start = bookable_doctor(), next_slot_start(3)
    appointment = book(doctor, start=start)
    move(appointment, own(appointment), start + HALF)
    move(appointment, user_of(doctor), start)
    for kind in ("appointment_moved", "doctor_appointment_moved"):
        first, second = (message.facts for message in Message.objects.filter(kind=kind).order_by("pk"))
        assert (first["old_start"], first["start"]) == (start.isoformat(), (start + HALF).isoformat())
        assert (second["old_start"], second["start"]) == (first["start"], first["old_start"])
        assert (first["old_zone"], first["old_place"]) == ("Europe/London", appointment.location.name)
        assert (first["by_practice"], second["by_practice"]) == (False, True)


def test_the_event_says_who_for_whom_and_from_when_to_when() -> None:
    doctor = bookable_doctor(zone="Europe/London")
    now = datetime(2027, 6, 1, tzinfo=UTC)
    appointment = book(doctor, start=datetime(2027, 6, 7, 9, tzinfo=UTC), now=now)
    move(appointment, own(appointment), datetime(2027, 6, 8, 10, tzinfo=UTC), now=now)
    move(appointment, user_of(doctor), datetime(2027, 6, 7, 9, tzinfo=UTC), now=now)
    first, second = Event.objects.filter(action="appointment.moved").order_by("pk")
    assert (first.actor_id, first.on_behalf_of_id) == (own(appointment).public_id, None)
    assert first.data == {"before": "2027-06-07 10:00 BST", "after": "2027-06-08 11:00 BST"}
    assert (second.actor_id, second.on_behalf_of_id) == (user_of(doctor).public_id, None)


def test_the_old_time_is_free_for_others_and_the_new_one_is_not() -> None:
    doctor, start = bookable_doctor(), next_slot_start(3)
    move(appointment := book(doctor, start=start), own(appointment), start + HALF)
    assert book(doctor, start=start).status == Status.BOOKED
    with pytest.raises(SlotTaken):
        book(doctor, start=start + HALF)


def test_its_own_time_is_not_in_its_way() -> None:
    """The doctor has begun to start at a quarter past, and the visit moves by half of itself."""
    doctor, start = bookable_doctor(), next_slot_start(3)
    appointment = book(doctor, start=start)
    doctor.availability_rules.update(start_time=time(9, 15))
    quarter = timedelta(minutes=15)
    assert move(appointment, own(appointment), start + quarter).start == start + quarter
    assert move(appointment, own(appointment), start - quarter).start == start - quarter


def test_to_the_time_that_it_has_it_stays_as_it_is() -> None:
    appointment = book(bookable_doctor(price_minor=4500), start=next_slot_start(3))
    before = everything_about(appointment)
    for now in (clock.now(), appointment.start - timedelta(hours=1), appointment.start + timedelta(hours=1)):
        again = move(appointment, own(appointment), appointment.start, now=now, location_id=appointment.location_id)
        assert (again.start, again.calendar_sequence) == (appointment.start, 0)
    assert everything_about(appointment) == before


def test_a_repeated_move_is_one() -> None:
    appointment = book(bookable_doctor(), start=next_slot_start(3))
    for _ in range(2):
        moved = move(appointment, own(appointment), appointment.start + HALF, seen_sequence=0)
    assert moved.calendar_sequence == 1
    assert told(appointment.patient).count("appointment_moved") == 1


def test_it_can_move_to_another_place_of_the_doctor() -> None:
    doctor, start = bookable_doctor(end=time(12)), next_slot_start(3)
    other = LocationFactory.create()
    for weekday in range(7):
        RuleFactory.create(doctor=doctor, location=other, weekday=weekday, start_time=time(14), end_time=time(16))
    appointment, afternoon = book(doctor, start=start), start + timedelta(hours=4)
    assert refused(appointment, own(appointment), afternoon) == "slot_not_offered"
    assert refused(appointment, own(appointment), start + HALF, location_id=other.pk) == "slot_not_offered"
    moved = move(appointment, own(appointment), afternoon, location_id=other.pk)
    moved.refresh_from_db()
    assert (moved.location, moved.start) == (other, afternoon)
    facts = Message.objects.get(kind="appointment_moved").facts
    assert (facts["old_place"], facts["place"]) == (appointment.location.name, other.name)


@pytest.mark.parametrize(
    "by", [timedelta(minutes=1), timedelta(minutes=15), timedelta(hours=7), timedelta(days=-9), timedelta(days=400)]
)
def test_only_to_a_slot_of_the_generator(by: timedelta) -> None:
    appointment = book(bookable_doctor(), start=next_slot_start(3))
    assert refused(appointment, own(appointment), appointment.start + by) == "slot_not_offered"


def test_the_practice_keeps_to_the_slots_too() -> None:
    doctor = bookable_doctor()
    appointment = book(doctor, start=next_slot_start(3))
    for actor in (user_of(doctor), at_the_desk_of(doctor)):
        assert refused(appointment, actor, appointment.start + timedelta(minutes=15)) == "slot_not_offered"


def test_a_taken_time_is_answered_with_the_three_nearest_and_the_old_one_is_kept() -> None:
    doctor, start = bookable_doctor(), next_slot_start(3)
    appointment = book(doctor, start=start)
    book(doctor, start=start + HALF)
    with pytest.raises(SlotTaken) as taken:
        move(appointment, own(appointment), start + HALF)
    assert [slot.start for slot in taken.value.alternatives] == [start - HALF, start + 2 * HALF, start + 3 * HALF]
    appointment.refresh_from_db()
    assert (appointment.start, appointment.calendar_sequence) == (start, 0)


def test_the_desks_alternatives_are_at_its_own_place() -> None:
    doctor, start = bookable_doctor(start=time(9), end=time(11)), next_slot_start(3)
    for weekday in range(7):
        RuleFactory.create(
            doctor=doctor, location=LocationFactory.create(), weekday=weekday, start_time=time(11), end_time=time(12)
        )
    appointment = book(doctor, start=start)
    book(doctor, start=start + HALF)
    with pytest.raises(SlotTaken) as taken:
        move(appointment, at_the_desk_of(doctor), start + HALF)
    assert {slot.location_id for slot in taken.value.alternatives} == {appointment.location_id}


def test_the_patient_cannot_be_in_two_places() -> None:
    patient: Patient = PatientFactory.create()
    first = book(bookable_doctor(), patient=patient, start=next_slot_start(3))
    second = book(bookable_doctor(), patient=patient, start=first.start + HALF)
    assert refused(second, user_of(patient), first.start) == "patient_busy"


def test_a_hold_that_has_ended_is_in_nobodys_way() -> None:
    doctor, start = bookable_doctor(), next_slot_start(3)
    appointment = book(doctor, start=start)
    hold = AppointmentFactory.create(
        held=True, visit_type=doctor.visit_types.get(), start=start + HALF, expires_at=clock.now()
    )
    assert move(appointment, own(appointment), start + HALF).start == start + HALF
    hold.refresh_from_db()
    assert (hold.status, hold.cancel_reason) == (Status.CANCELLED, CancelReason.HOLD_EXPIRED)


def test_no_move_where_nothing_can_be_booked() -> None:
    doctor = bookable_doctor()
    appointment = book(doctor, start=next_slot_start(3))
    doctor.visit_types.update(is_active=False)
    assert refused(appointment, own(appointment), appointment.start + HALF) == "doctor_not_bookable"
    doctor.visit_types.update(is_active=True)
    Doctor.objects.filter(pk=doctor.pk).update(verification_status=VerificationStatus.EXPIRED)
    for actor in (own(appointment), user_of(doctor)):
        assert refused(appointment, actor, appointment.start + HALF) == "doctor_not_bookable"


def test_another_kind_of_visit_of_the_doctors_is_left_alone() -> None:
    """The slots are those of its own kind: of an hour each, though the doctor has halves as well."""
    doctor = bookable_doctor(minutes=60)
    appointment = book(doctor, start=next_slot_start(3))
    assert refused(appointment, own(appointment), appointment.start + HALF) == "slot_not_offered"
    assert move(appointment, own(appointment), appointment.start + 2 * HALF).end == appointment.start + 4 * HALF


def test_the_listing_has_the_old_time_again_and_not_the_new_one() -> None:
    doctor, now = bookable_doctor(), clock.now()
    visit_type = doctor.visit_types.get()

    def free() -> list[datetime]:
        slots = slots_for(doctor=doctor, visit_type=visit_type, first_day=now.date(), days=7, now=now)
        return [slot.start for slot in slots]

    first, second = free()[:2]
    appointment = book(doctor, start=first, now=now)
    listing_refresh(doctor_id=doctor.pk, now=now)
    for start in (second, first, free()[40], first, second):
        move(appointment, own(appointment), start, now=now)
        listed = Listing.objects.get(doctor=doctor, location=None, modality="").next_times
        assert list(listed) == free()[: len(listed)]


def test_far_from_the_listed_times_the_listing_is_not_written() -> None:
    doctor, start = bookable_doctor(), next_slot_start(10)
    listing_refresh(doctor_id=doctor.pk, now=clock.now())
    appointment = book(doctor, start=start)
    with CaptureQueriesContext(connection) as statements:
        move(appointment, own(appointment), start + HALF)
    assert not [statement for statement in statements if "INTO doctors_listing" in statement["sql"]]


class TestClockChange:
    """Elapsed time counts, and a time that the clock shows twice is two."""

    def test_from_the_first_half_past_one_to_the_second(self) -> None:
        doctor, now = bookable_doctor(start=time(0, 30), end=time(2, 30)), datetime(2027, 10, 20, tzinfo=UTC)
        summer, winter = datetime(2027, 10, 31, 0, 30, tzinfo=UTC), datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
        appointment = book(doctor, start=summer, now=now)
        assert move(appointment, own(appointment), winter, now=now).start == winter
        event = Event.objects.get(action="appointment.moved")
        assert event.data == {"before": "2027-10-31 01:30 BST", "after": "2027-10-31 01:30 GMT"}
        assert book(doctor, start=summer, now=now).status == Status.BOOKED

    def test_not_to_a_time_that_does_not_exist(self) -> None:
        doctor, now = bookable_doctor(start=time(0, 30), end=time(2, 30)), datetime(2027, 3, 20, tzinfo=UTC)
        appointment = book(doctor, start=datetime(2027, 3, 28, 0, 30, tzinfo=UTC), now=now)
        assert refused(appointment, own(appointment), datetime(2027, 3, 28, 1, 30, tzinfo=UTC), now=now) == (
            "slot_not_offered"
        )
        assert move(appointment, own(appointment), datetime(2027, 3, 28, 1, tzinfo=UTC), now=now).calendar_sequence == 1

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (datetime(2027, 3, 26, 10, tzinfo=UTC), datetime(2027, 3, 28, 9, tzinfo=UTC)),
            (datetime(2027, 10, 29, 9, tzinfo=UTC), datetime(2027, 10, 31, 10, tzinfo=UTC)),
        ],
    )
    def test_the_free_day_is_twenty_four_hours_on_either_side(self, before: datetime, after: datetime) -> None:
        """Ten o'clock by the clock on both days, and the window ends at nine or at eleven of the day before."""
        appointment = book(bookable_doctor(price_minor=4500), start=before, now=before - timedelta(days=9))
        moved = move(appointment, own(appointment), after, now=before - timedelta(days=9))
        until = after - timedelta(hours=24)
        assert moved.policy["free_until"] == until.isoformat()
        past = until + timedelta(seconds=1)
        assert refused(appointment, own(appointment), after + timedelta(days=1), now=past) == "too_late_to_move"
        assert move(appointment, own(appointment), after + timedelta(days=1), now=until).calendar_sequence == 2


def test_refusals_are_told_apart_by_their_kind() -> None:
    """`Forbidden`, `Invalid` and `Conflict` are 403, 422 and 409 on every surface."""
    appointment = book(bookable_doctor(), start=next_slot_start(3))
    viewer = UserFactory.create()
    grant(viewer, "view_appointment", appointment)
    for actor, start, error in (
        (viewer, appointment.start + HALF, Forbidden),
        (own(appointment), appointment.start + timedelta(minutes=1), Invalid),
    ):
        with pytest.raises(error):
            move(appointment, actor, start)
    appointment_cancel(actor=own(appointment), appointment_id=appointment.public_id)
    with pytest.raises(Conflict) as conflict:
        move(appointment, own(appointment), appointment.start + HALF)
    assert conflict.value.data == {"current": Status.CANCELLED}
