from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.tests.factories import PatientFactory, UserFactory
from booking import policies
from booking.models import Appointment, BookingSettings
from booking.states import CancelReason, Status
from booking.tests.factories import AppointmentFactory, bookable_doctor
from booking.tests.steps import can_view, user_of
from common import clock
from common.permissions import grant
from doctors.models import Location, VisitType

pytestmark = pytest.mark.usefixtures("today")

START = datetime(2027, 3, 3, 10, 20, tzinfo=UTC)
MAY_CHARGE = "The clinic may charge for it, as it was cancelled after Tuesday 2 March, 10:20am"


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: START - timedelta(days=30))


def policy(price_minor: int = 4500) -> dict[str, object]:
    visit_type = VisitType(price_minor=price_minor)
    return policies.cancellation_policy(visit_type, start=START, settings=BookingSettings(free_cancellation_hours=24))


def sentence(frozen: dict[str, object], *, now: datetime) -> str:
    return policies.cancellation_sentence(frozen, start=START, now=now, zone="Europe/London")


def test_the_policy_in_one_sentence_with_its_date() -> None:
    early, late = START - timedelta(days=9), START - timedelta(hours=3)
    assert sentence(policy(), now=early) == (
        "You can cancel free of charge until Tuesday 2 March, 10:20am. After that the clinic may charge you."
    )
    assert sentence(policy(), now=late) == (
        "You can cancel until your appointment starts, but the clinic may charge you."
    )
    assert sentence(policy(price_minor=0), now=late) == "You can cancel free of charge until your appointment starts."


@pytest.mark.parametrize(("percent", "share"), [(0, "nothing"), (50, "half"), (70, "70%"), (100, "all")])
def test_who_pays_online_is_told_what_goes_back(percent: int, share: str) -> None:
    visit_type = VisitType(price_minor=4500)
    settings = BookingSettings(free_cancellation_hours=24, pay_at_clinic=False, late_refund_percent=percent)
    frozen = policies.cancellation_policy(visit_type, start=START, settings=settings)
    assert frozen["late_refund_percent"] == percent
    after = f"After that you get back {share} of what you paid."
    assert sentence(frozen, now=START - timedelta(days=9)).endswith(after)
    assert policies.cancellation_terms(visit_type, settings).endswith(after)
    late = START - timedelta(hours=3)
    assert sentence(frozen, now=late).endswith(f"but you get back {share} of what you paid.")


def test_free_of_charge_ends_at_the_instant_that_was_frozen() -> None:
    end = START - timedelta(hours=24)
    assert policies.is_free_to_cancel(policy(), now=end)
    assert not policies.is_free_to_cancel(policy(), now=end + timedelta(microseconds=1))


def test_the_24_hours_are_elapsed_time_over_a_clock_change() -> None:
    start = datetime(2027, 3, 28, 9, 0, tzinfo=UTC)
    frozen = policies.cancellation_policy(VisitType(price_minor=1), start=start, settings=BookingSettings())
    said = policies.cancellation_sentence(frozen, start=start, now=start - timedelta(days=9), zone="Europe/London")
    assert said.startswith("You can cancel free of charge until Saturday 27 March, 9:00am.")


def test_nobody_is_threatened_with_a_cost_where_the_clinic_has_none() -> None:
    visit_type, settings = VisitType(price_minor=4500), BookingSettings(free_cancellation_hours=0)
    frozen = policies.cancellation_policy(visit_type, start=START, settings=settings)
    late = START - timedelta(minutes=1)
    assert sentence(frozen, now=late) == "You can cancel free of charge until your appointment starts."
    assert policies.cancellation_terms(visit_type, settings) == sentence(frozen, now=late)


@pytest.mark.parametrize(
    ("price_minor", "reason", "hours_before", "cost"),
    [
        (4500, CancelReason.PATIENT, 25, "Nothing to pay"),
        (
            4500,
            CancelReason.PATIENT,
            1,
            MAY_CHARGE,
        ),
        (0, CancelReason.PATIENT, 1, "Nothing to pay"),
        (4500, CancelReason.DOCTOR, 1, "Nothing to pay"),
        (4500, CancelReason.WITHDRAWN, 1, "Nothing to pay"),
        (4500, "", 1, "Nothing to pay"),
    ],
)
def test_what_a_cancelled_visit_costs(price_minor: int, reason: str, hours_before: int, cost: str) -> None:
    appointment = Appointment(
        policy=policy(price_minor),
        location=Location(zone="Europe/London"),
        cancel_reason=reason,
        cancelled_at=START - timedelta(hours=hours_before) if reason else None,
    )
    assert policies.cost_of_ending(appointment) == cost


@pytest.mark.parametrize("reason", list(CancelReason))
def test_what_was_paid_ahead_for_a_cancelled_visit_goes_back_and_the_page_says_so(reason: str) -> None:
    appointment = Appointment(
        policy=policy(4500),
        location=Location(zone="Europe/London"),
        amount_due_minor=4500,
        cancel_reason=reason,
        cancelled_at=START - timedelta(hours=25),
    )
    was_booked = reason in {CancelReason.PATIENT, CancelReason.DOCTOR, CancelReason.CLINIC}
    assert ("goes back in full" in policies.cost_of_ending(appointment)) == was_booked


@pytest.mark.django_db
def test_who_may_do_what() -> None:
    appointment = AppointmentFactory.create(visit_type=bookable_doctor().visit_types.get())
    patient, doctor, carer = user_of(appointment.patient), user_of(appointment.doctor), UserFactory.create()
    for codename in ("view_appointment", "cancel_appointment"):
        grant(carer, codename, appointment)
    strangers = [UserFactory.create(), UserFactory.create(is_superuser=True), AnonymousUser()]
    everybody = [patient, doctor, carer, *strangers]
    table = {
        can_view: {patient, doctor, carer},
        policies.can_cancel: {patient, doctor, carer},
        policies.can_share: {patient},
        policies.can_answer: {doctor},
        policies.can_read_reason: {patient, doctor},
    }
    for may, those in table.items():
        assert [user for user in everybody if may(user, appointment)] == [user for user in everybody if user in those]


@pytest.mark.django_db
def test_nobody_without_an_account_owns_what_belongs_to_nobody_with_one() -> None:
    appointment = AppointmentFactory.create(patient=PatientFactory.create(user=None))
    assert not policies.can_read_reason(AnonymousUser(), appointment)
    assert not can_view(AnonymousUser(), appointment)


@pytest.mark.django_db
@pytest.mark.parametrize("status", list(Status))
def test_a_button_is_offered_only_where_the_service_would_agree(status: Status) -> None:
    appointment = AppointmentFactory.build(
        visit_type=VisitType(minutes=30, doctor=bookable_doctor()), patient=PatientFactory.create(), status=status
    )
    patient, doctor = user_of(appointment.patient), user_of(appointment.doctor)
    before, after = appointment.start - timedelta(minutes=1), appointment.start
    is_open = status in (Status.PENDING, Status.BOOKED)
    assert policies.can_cancel_now(patient, appointment, now=before) == is_open
    assert policies.can_cancel_now(patient, appointment, now=after) == (status == Status.PENDING)
    assert policies.can_cancel_now(doctor, appointment, now=after) == is_open
