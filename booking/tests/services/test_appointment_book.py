from __future__ import annotations

import logging
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from psycopg import errors

from accounts.tests.factories import PatientFactory, UserFactory
from audit.models import Event
from booking.errors import SlotTaken
from booking.models import Appointment
from booking.services import appointment_book, listing_refresh
from booking.states import CancelReason, PendingReason, Status
from booking.tests.factories import AppointmentFactory, LeaveFactory, bookable_doctor, next_slot_start
from booking.tests.steps import book, decide, told, user_of
from booking.validators import REASON_LENGTH
from common import clock
from common.errors import Busy, Conflict, Invalid, NotFound
from doctors.models import Listing
from doctors.states import VerificationStatus
from doctors.tests.factories import LocationFactory
from notifications.models import Message

pytestmark = pytest.mark.django_db

CANARY = "canary-of-the-reason-8271"


def test_a_free_visit_is_booked_at_once_and_both_are_told() -> None:
    doctor, patient = bookable_doctor(buffer_before=5, buffer_after=10), PatientFactory.create()
    start = next_slot_start(at=time(10, 30))
    appointment = book(doctor, patient=patient, start=start)
    appointment.refresh_from_db()
    assert (appointment.status, appointment.pending_reason, appointment.expires_at) == (Status.BOOKED, "", None)
    assert (appointment.start, appointment.end) == (start, start + timedelta(minutes=30))
    assert appointment.blocked.lower == start - timedelta(minutes=5)
    assert appointment.blocked.upper == start + timedelta(minutes=40)
    assert told(patient) == ["appointment_booked"]
    assert told(doctor) == ["doctor_appointment_booked"]
    assert Event.objects.get(object_id=str(appointment.public_id)).action == "appointment.booked"
    assert appointment.history.get().history_user == user_of(patient)


def test_price_currency_and_policy_are_frozen() -> None:
    doctor, start = bookable_doctor(price_minor=4500), next_slot_start(3)
    appointment = book(doctor, start=start)
    doctor.visit_types.update(price_minor=9900)
    decide(free_cancellation_hours=1)
    appointment.refresh_from_db()
    assert (appointment.price_minor, appointment.currency, appointment.amount_due_minor) == (4500, "gbp", 0)
    assert appointment.policy["free_until"] == (start - timedelta(hours=24)).isoformat()


def test_a_visit_that_is_paid_online_is_held_for_a_quarter_of_an_hour() -> None:
    decide(pay_at_clinic=False)
    doctor, patient, now = bookable_doctor(price_minor=4500), PatientFactory.create(), clock.now()
    appointment = book(doctor, patient=patient, now=now)
    assert (appointment.status, appointment.pending_reason) == (Status.PENDING, PendingReason.PAYMENT)
    assert appointment.expires_at == now + timedelta(minutes=15)
    assert appointment.amount_due_minor == 4500
    assert told(patient) == ["appointment_held"]
    assert told(doctor) == []


@pytest.mark.parametrize(
    ("deposit", "due", "status"),
    # Stripe takes nothing below 30p.
    [(2000, 2000, Status.PENDING), (30, 30, Status.PENDING), (29, 0, Status.BOOKED), (0, 0, Status.BOOKED)],
)
def test_of_a_visit_with_a_deposit_only_that_is_due_online(deposit: int, due: int, status: Status) -> None:
    decide(pay_at_clinic=False)
    doctor = bookable_doctor(price_minor=6000, deposit_minor=deposit, vat_rate_percent=20)
    appointment = book(doctor)
    doctor.visit_types.update(deposit_minor=None, vat_rate_percent=0)
    appointment.refresh_from_db()
    assert (appointment.price_minor, appointment.amount_due_minor, appointment.status) == (6000, due, status)
    assert appointment.vat_rate_percent == 20
    decide(pay_at_clinic=True)
    assert book(doctor, start=next_slot_start(2)).amount_due_minor == 0


def test_a_visit_that_needs_approval_is_asked_for_with_a_deadline() -> None:
    doctor, patient, now = bookable_doctor(needs_approval=True), PatientFactory.create(), clock.now()
    appointment = book(doctor, patient=patient, start=next_slot_start(5), now=now)
    assert (appointment.status, appointment.pending_reason) == (Status.PENDING, PendingReason.APPROVAL)
    assert appointment.expires_at == now + timedelta(hours=24)
    assert told(patient) == ["appointment_requested"]
    assert told(doctor) == ["doctor_appointment_requested"]


def test_the_deadline_of_a_request_is_never_after_the_visit() -> None:
    start = next_slot_start()
    appointment = book(bookable_doctor(needs_approval=True), start=start, now=start - timedelta(hours=3))
    assert appointment.expires_at == start


def test_the_time_is_taken_for_others_with_three_alternatives_around_it() -> None:
    doctor, start = bookable_doctor(), next_slot_start()
    book(doctor, start=start)
    with pytest.raises(SlotTaken) as refused:
        book(doctor, start=start)
    offered = [slot.start for slot in refused.value.alternatives]
    half = timedelta(minutes=30)
    assert offered == [start - half, start + half, start + 2 * half] or offered == [
        start - 2 * half,
        start - half,
        start + half,
    ]
    assert refused.value.data["alternatives"] == [f"{instant:%Y-%m-%dT%H:%M:%SZ}" for instant in offered]


def test_alternatives_are_looked_for_when_the_locks_are_gone() -> None:
    doctor, start = bookable_doctor(), next_slot_start()
    book(doctor, start=start)
    with CaptureQueriesContext(connection) as statements, pytest.raises(SlotTaken):
        book(doctor, start=start)
    asked = [statement["sql"] for statement in statements]
    released = next(index for index, sql in enumerate(asked) if sql.startswith("ROLLBACK TO SAVEPOINT"))
    assert any("booking_availabilityrule" in sql for sql in asked[released:])
    assert not any("FOR NO KEY UPDATE" in sql for sql in asked[released:])


def test_visits_with_buffers_one_after_another_leave_nothing_unused() -> None:
    doctor, start = bookable_doctor(minutes=30, buffer_before=5, buffer_after=10), next_slot_start(at=time(10, 30))
    for neighbour in (start, start - timedelta(minutes=45), start + timedelta(minutes=45)):
        assert book(doctor, start=neighbour).status == Status.BOOKED


def test_a_neighbours_buffers_and_ones_own_add() -> None:
    doctor, start = bookable_doctor(minutes=30, buffer_before=5, buffer_after=10), next_slot_start(at=time(10, 30))
    visit_type = doctor.visit_types.get()
    neighbour = AppointmentFactory.create(
        visit_type=visit_type,
        start=start + timedelta(minutes=44),
        end=start + timedelta(minutes=60),
        blocked=(start + timedelta(minutes=39), start + timedelta(minutes=70)),
    )
    with pytest.raises(SlotTaken):
        book(doctor, start=start)
    neighbour.delete()
    assert book(doctor, start=start).status == Status.BOOKED


def test_a_patient_cannot_be_in_two_places() -> None:
    patient = PatientFactory.create()
    book(bookable_doctor(), patient=patient)
    with pytest.raises(Conflict) as refused:
        book(bookable_doctor(), patient=patient)
    assert refused.value.code == "patient_busy"


def test_the_hour_that_comes_twice_holds_two_appointments() -> None:
    doctor = bookable_doctor(start=time(0, 30), end=time(2, 30))
    now = datetime(2027, 10, 20, tzinfo=UTC)
    summer, winter = datetime(2027, 10, 31, 0, 30, tzinfo=UTC), datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
    assert book(doctor, start=summer, now=now).status == Status.BOOKED
    assert book(doctor, start=winter, now=now).status == Status.BOOKED
    with pytest.raises(SlotTaken):
        book(doctor, start=summer, now=now)


def test_the_hour_that_does_not_exist_cannot_be_booked() -> None:
    doctor = bookable_doctor(start=time(0, 30), end=time(2, 30))
    now = datetime(2027, 3, 20, tzinfo=UTC)
    assert book(doctor, start=datetime(2027, 3, 28, 1, 0, tzinfo=UTC), now=now).status == Status.BOOKED
    with pytest.raises(Invalid, match="no longer"):
        book(doctor, start=datetime(2027, 3, 28, 1, 30, tzinfo=UTC), now=now)


@pytest.mark.parametrize(
    "moved", [timedelta(minutes=1), timedelta(minutes=15), timedelta(hours=7), timedelta(days=-2), timedelta(days=400)]
)
def test_only_a_slot_of_the_generator_can_be_booked(moved: timedelta) -> None:
    with pytest.raises(Invalid) as refused:
        book(bookable_doctor(), start=next_slot_start() + moved)
    assert refused.value.code == "slot_not_offered"


def test_notice_is_kept() -> None:
    doctor, start = bookable_doctor(minimum_notice=120), next_slot_start()
    with pytest.raises(Invalid):
        book(doctor, start=start, now=start - timedelta(minutes=119))
    assert book(doctor, start=start, now=start - timedelta(minutes=120)).status == Status.BOOKED


def test_leave_is_kept() -> None:
    doctor, start = bookable_doctor(), next_slot_start()
    LeaveFactory.create(doctor=doctor, start=start + timedelta(minutes=10), end=start + timedelta(minutes=20))
    with pytest.raises(Invalid):
        book(doctor, start=start)


def test_another_place_than_the_rules_is_refused() -> None:
    doctor, patient = bookable_doctor(), PatientFactory.create()
    for location_id in (LocationFactory.create().pk, 0):
        with pytest.raises(Invalid):
            appointment_book(
                actor=user_of(patient),
                patient_id=patient.public_id,
                visit_type_id=doctor.visit_types.get().public_id,
                location_id=location_id,
                start=next_slot_start(),
            )


@pytest.mark.parametrize("status", [status for status in VerificationStatus if status != VerificationStatus.VERIFIED])
def test_a_doctor_who_is_not_verified_cannot_be_booked(status: VerificationStatus) -> None:
    doctor = bookable_doctor()
    type(doctor).objects.filter(pk=doctor.pk).update(verification_status=status)
    with pytest.raises(Conflict) as refused:
        book(doctor)
    assert refused.value.code == "doctor_not_bookable"


def test_a_doctor_who_takes_no_part_and_a_withdrawn_visit_type_cannot_be_booked() -> None:
    inactive, withdrawn = bookable_doctor(), bookable_doctor()
    type(inactive).objects.filter(pk=inactive.pk).update(is_active=False)
    withdrawn.visit_types.update(is_active=False)
    for doctor in (inactive, withdrawn):
        with pytest.raises(Conflict, match="cannot be booked"):
            book(doctor)


def test_nobody_books_for_somebody_else() -> None:
    doctor, patient = bookable_doctor(), PatientFactory.create()
    for stranger in (UserFactory.create(), user_of(doctor), UserFactory.create(is_superuser=True)):
        with pytest.raises(NotFound):
            appointment_book(
                actor=stranger,
                patient_id=patient.public_id,
                visit_type_id=doctor.visit_types.get().public_id,
                location_id=doctor.locations.get().pk,
                start=next_slot_start(),
            )
    assert not Appointment.objects.exists()


def test_an_ended_request_lapses_with_a_message() -> None:
    doctor, start = bookable_doctor(needs_approval=True), next_slot_start()
    first = AppointmentFactory.create(
        requested=True, visit_type=doctor.visit_types.get(), start=start, expires_at=clock.now() - timedelta(seconds=1)
    )
    book(doctor, start=start)
    first.refresh_from_db()
    assert first.cancel_reason == CancelReason.LAPSED
    assert told(first.patient) == ["appointment_lapsed"]


def test_a_hold_that_the_database_does_not_see_ended_stands() -> None:
    doctor, start = bookable_doctor(), next_slot_start()
    AppointmentFactory.create(
        held=True, visit_type=doctor.visit_types.get(), start=start, expires_at=clock.now() + timedelta(minutes=5)
    )
    with pytest.raises(SlotTaken):
        book(doctor, start=start, now=clock.now() + timedelta(minutes=10))


def test_a_patient_without_an_account_is_told_nothing_and_booked_by_nobody() -> None:
    patient = PatientFactory.create(user=None)
    with pytest.raises(NotFound):
        appointment_book(
            actor=UserFactory.create(),
            patient_id=patient.public_id,
            visit_type_id=bookable_doctor().visit_types.get().public_id,
            location_id=1,
            start=next_slot_start(),
        )


def test_a_refusal_leaves_nothing_behind() -> None:
    doctor = bookable_doctor()
    book(doctor)
    before = (Appointment.objects.count(), Message.objects.count(), Event.objects.count())
    with pytest.raises(SlotTaken):
        book(doctor)
    assert (Appointment.objects.count(), Message.objects.count(), Event.objects.count()) == before


def test_the_reason_is_in_its_own_column_only_and_there_encrypted(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with CaptureQueriesContext(connection) as statements:
        appointment = book(bookable_doctor(), reason=CANARY)
    appointment.refresh_from_db()
    assert appointment.reason == CANARY
    assert CANARY not in caplog.text
    assert not any(CANARY in statement["sql"] for statement in statements)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT count(*) FROM "{table}" AS row WHERE row::text LIKE %s', [f"%{CANARY}%"])
            assert cursor.fetchone() == (0,), table


def test_messages_say_doctor_time_place_and_reference_and_the_doctors_not_which_visit() -> None:
    doctor, patient = bookable_doctor(name="Menopause review"), PatientFactory.create()
    appointment = book(doctor, patient=patient)
    to_patient, to_doctor = (Message.objects.get(user=user_of(person)).facts for person in (patient, doctor))
    shared = {"reference", "doctor", "start", "end", "zone", "place", "address", "modality", "path", "calendar"}
    assert set(to_doctor) == shared
    assert set(to_patient) == shared | {"visit_type", "policy", "phone", "access", "link"}
    assert to_patient["path"] == f"/appointments/{appointment.public_id}/"
    assert to_patient["calendar"] == {
        "uid": f"{appointment.public_id}@testserver",
        "sequence": 0,
        "method": "REQUEST",
    }


@pytest.mark.parametrize(("is_listed", "most"), [(False, 9), (True, 12)])
def test_it_takes_nine_statements_and_twelve_where_search_shows_the_time(*, is_listed: bool, most: int) -> None:
    doctor, patient = bookable_doctor(), PatientFactory.create()
    listing_refresh(doctor_id=doctor.pk, now=clock.now())
    shown = Listing.objects.get(doctor=doctor, location=None, modality="").next_times
    start, visit_type, place = next_slot_start(20), doctor.visit_types.get(), doctor.locations.get()
    with CaptureQueriesContext(connection) as statements:
        appointment_book(
            actor=user_of(patient),
            patient_id=patient.public_id,
            visit_type_id=visit_type.public_id,
            location_id=place.pk,
            start=shown[0] if is_listed else start,
        )
    said = [statement["sql"] for statement in statements]
    savepoints = [sql for sql in said if "SAVEPOINT" in sql]
    # A nested transaction, as here, adds SAVEPOINT and RELEASE; an outermost one adds neither.
    assert (len(said) - len(savepoints), len(savepoints)) == (most, 2), "\n".join(said)


def test_a_lock_that_stays_taken_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OperationalError from errors.LockNotAvailable()

    monkeypatch.setattr("booking.services.book.lock_patient_named", refused)
    with pytest.raises(Busy):
        book(bookable_doctor())


@pytest.mark.parametrize(
    ("raised", "expected"), [("deadlock", "slot_taken"), ("doctor", "slot_taken"), ("patient", "patient_busy")]
)
def test_what_the_database_refuses_is_said_in_our_words(
    monkeypatch: pytest.MonkeyPatch, raised: str, expected: str
) -> None:
    """With the checks in front switched off, the constraints themselves refuse."""
    doctor, start, patient = bookable_doctor(), next_slot_start(), PatientFactory.create()
    if raised == "deadlock":

        def refused(*_: object) -> bool:
            raise OperationalError from errors.DeadlockDetected()

        monkeypatch.setattr("booking.services.book._free_the_time", refused)
    else:
        monkeypatch.setattr("booking.services.book._free_the_time", lambda _: False)
        book(doctor if raised == "doctor" else bookable_doctor(), start=start, patient=patient)
        patient = PatientFactory.create() if raised == "doctor" else patient
    with pytest.raises(Conflict) as refused_with:
        book(doctor, start=start, patient=patient)
    assert refused_with.value.code == expected
    assert Appointment.objects.count() == (0 if raised == "deadlock" else 1)


def test_a_reason_has_an_end_whoever_asks() -> None:
    doctor = bookable_doctor()
    with pytest.raises(Invalid) as refused:
        book(doctor, reason="x" * (REASON_LENGTH + 1))
    assert (refused.value.code, list(refused.value.fields)) == ("reason_too_long", ["reason"])
    assert not Appointment.objects.exists()
    assert book(doctor, reason="x" * REASON_LENGTH).reason


def test_a_doctor_cannot_book_a_visit_with_themselves() -> None:
    doctor = bookable_doctor()
    with pytest.raises(Conflict) as refused:
        book(doctor, patient=PatientFactory.create(user=doctor.user))
    assert refused.value.code == "own_doctor"
