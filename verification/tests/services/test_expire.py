"""Credentials run out: warnings before their last day, the end of new bookings after it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from audit.models import Event
from booking.models import Appointment
from booking.tests.factories import AppointmentFactory
from common import clock
from doctors.models import Doctor, DoctorPage, Listing
from doctors.tests.factories import DoctorPageFactory
from notifications.models import Message
from verification import services
from verification.models import VerificationCase
from verification.services import steps
from verification.states import ItemKind, ItemStatus, Status
from verification.tasks import expire_credentials
from verification.tests.factories import CaseFactory, case_in, in_days, item_in
from verification.tests.steps import own_case, told

pytestmark = pytest.mark.django_db


def verified_until(days: int) -> tuple[User, VerificationCase]:
    """A verified doctor whose indemnity has its last day in so many days."""
    actor, case = own_case(Status.VERIFIED)
    item_in(case, ItemKind.INDEMNITY, expires_on=in_days(days))
    return actor, case


def test_after_the_last_day_the_page_goes_down_bookings_stop_and_appointments_stay() -> None:
    actor, case = verified_until(-1)
    Doctor.objects.filter(pk=case.doctor_id).update(verified_at=clock.now())
    page = DoctorPageFactory.create(doctor=case.doctor)
    Listing.objects.create(doctor=case.doctor)
    appointment = AppointmentFactory.create(doctor=case.doctor)

    assert services.credentials_expire(now=clock.now()) == 1

    case.refresh_from_db()
    assert case.status == Status.EXPIRED
    assert Doctor.objects.get(pk=case.doctor_id).verification_status == Status.EXPIRED
    assert not DoctorPage.objects.get(pk=page.pk).live
    assert not Listing.objects.exists()
    assert Appointment.objects.get(pk=appointment.pk).status == "booked"
    assert told(actor) == ["verification_expired"]
    [event] = Event.objects.filter(action="verification.expired")
    assert (event.actor_id, event.data["items"]) == (None, [ItemKind.INDEMNITY])


def test_on_its_last_day_a_credential_still_counts() -> None:
    _, case = verified_until(0)

    assert services.credentials_expire(now=clock.now()) == 0
    case.refresh_from_db()
    assert case.status == Status.VERIFIED


def test_a_day_ends_at_the_clinics_midnight() -> None:
    """In July the clinic's clock is an hour ahead of UTC."""
    _, case = own_case(Status.VERIFIED)
    item_in(case, ItemKind.INDEMNITY, expires_on=datetime(2027, 7, 6, tzinfo=UTC).date())

    assert services.credentials_expire(now=datetime(2027, 7, 6, 22, 59, tzinfo=UTC)) == 0
    assert services.credentials_expire(now=datetime(2027, 7, 6, 23, 0, tzinfo=UTC)) == 1


def test_a_second_run_finds_nothing() -> None:
    actor, _ = verified_until(-1)

    assert [expire_credentials(), expire_credentials()] == [1, 0]
    assert told(actor) == ["verification_expired"]


def test_one_doctor_with_whom_something_is_wrong_keeps_nobody_else_from_expiring(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (_, broken), (_, other) = verified_until(-1), verified_until(-1)
    tell = steps.tell

    def fails(case: VerificationCase, *args: Any, **facts: Any) -> None:
        if case.pk == broken.pk:
            raise ValueError("CANARY")
        tell(case, *args, **facts)

    monkeypatch.setattr("verification.services.expire.steps.tell", fails)

    assert services.credentials_expire(now=clock.now()) == 1

    assert set(VerificationCase.objects.filter(status=Status.EXPIRED)) == {other}
    assert "ValueError" in caplog.text
    assert "CANARY" not in caplog.text


def test_what_is_not_required_may_run_out() -> None:
    case = case_in(Status.VERIFIED)
    item_in(case, ItemKind.QUALIFICATIONS, expires_on=in_days(-1))

    assert services.credentials_expire(now=clock.now()) == 0


@pytest.mark.parametrize("status", [status for status in Status if status != Status.VERIFIED])
def test_nothing_but_a_verification_expires(status: Status) -> None:
    case = case_in(status)
    item_in(case, ItemKind.INDEMNITY, expires_on=in_days(-1))

    assert services.credentials_expire(now=clock.now()) == 0
    case.refresh_from_db()
    assert case.status == status


def test_a_renewal_that_waits_saves_nobody_from_the_last_day_of_the_old_one() -> None:
    actor, case = verified_until(-1)
    item_in(case, ItemKind.INDEMNITY, status=ItemStatus.PROVIDED)

    assert services.credentials_expire(now=clock.now()) == 1
    assert told(actor) == ["verification_expired"]


def test_many_are_done_in_batches() -> None:
    for _ in range(5):
        item_in(CaseFactory.create(status=Status.VERIFIED), ItemKind.INDEMNITY, expires_on=in_days(-1))

    assert services.credentials_expire(now=clock.now(), batch=2) == 5


def test_doctors_are_warned_once_at_60_30_and_7_days() -> None:
    actor, case = verified_until(61)
    start = clock.now()
    warned = {}

    for day in range(63):
        for _ in range(2):
            services.credentials_warn(now=start + timedelta(days=day))
        warned[61 - day] = Message.objects.filter(kind="credential_expiring").count()

    firsts = [left for left in warned if warned[left] > warned.get(left + 1, 0)]
    assert firsts == [60, 30, 7]
    assert told(actor) == ["credential_expiring"] * 3
    assert [event.data["days"] for event in Event.objects.filter(action="verification.warned").order_by("pk")] == [
        60,
        30,
        7,
    ]
    expires_on = case.items.get(kind=ItemKind.INDEMNITY).expires_on
    assert expires_on
    message = Message.objects.filter(kind="credential_expiring").first()
    assert message
    assert message.facts["expires_on"].endswith(f"{expires_on:%B %Y}")


def test_whoever_is_verified_late_is_warned_of_the_nearest_stage_alone() -> None:
    actor, _ = verified_until(25)

    services.credentials_warn(now=clock.now())

    assert told(actor) == ["credential_expiring"]
    assert Event.objects.get(action="verification.warned").data["days"] == 30


def test_whoever_has_sent_the_new_one_is_not_asked_for_it_and_a_new_last_day_warns_anew() -> None:
    actor, case = verified_until(25)
    services.credentials_warn(now=clock.now())
    item_in(case, ItemKind.INDEMNITY, status=ItemStatus.PROVIDED)
    services.credentials_warn(now=clock.now() + timedelta(days=20))
    assert told(actor) == ["credential_expiring"]

    item_in(case, ItemKind.INDEMNITY, status=ItemStatus.ACCEPTED, expires_on=in_days(390))
    services.credentials_warn(now=clock.now() + timedelta(days=365))
    assert told(actor) == ["credential_expiring"] * 2


def test_a_doctor_without_an_account_is_not_warned() -> None:
    item_in(case_in(Status.VERIFIED), ItemKind.INDEMNITY, expires_on=in_days(5))

    assert services.credentials_warn(now=clock.now()) == 0
    assert not Message.objects.exists()
