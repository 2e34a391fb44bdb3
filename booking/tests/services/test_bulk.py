"""Many appointments cancelled for one reason: a few at once, the rest by workers that may fall over at any of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Patient
from booking.locks import lock_appointment
from booking.models import Appointment, Cancelling, CancellingVisit
from booking.selectors import cancelling_progress, cancellings_lately
from booking.selectors.cancelling import AT_ONCE
from booking.services import (
    appointment_approve,
    appointment_move,
    bulk,
    cancelling_go_on,
    cancelling_stop,
    cancellings_sweep,
)
from booking.services.moves import release
from booking.states import CancellingState, CancelReason, Status
from booking.tests.factories import AppointmentFactory, bookable_doctor, next_slot_start
from booking.tests.steps import user_of
from common import clock
from common.errors import Busy, NotFound
from doctors.models import Doctor
from notifications.models import Message
from notifications.selectors import notices_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def doctor() -> Doctor:
    return bookable_doctor()


def visits_of(doctor: Doctor, count: int) -> list[Appointment]:
    start, visit_type = next_slot_start(3), doctor.visit_types.get()
    return [
        AppointmentFactory.create(visit_type=visit_type, start=start + timedelta(minutes=30) * number)
        for number in range(count)
    ]


def cancel(doctor: Doctor, visits: list[Appointment]) -> Cancelling:
    return bulk.cancel_many(visits, CancelReason.DOCTOR, actor=user_of(doctor), now=clock.now())


def told(visits: list[Appointment]) -> int:
    return Message.objects.filter(
        kind="appointment_cancelled", user__in=[visit.patient.user for visit in visits]
    ).count()


def test_a_few_are_cancelled_at_once_and_the_others_by_a_worker(doctor: Doctor) -> None:
    visits = visits_of(doctor, AT_ONCE + 2)
    cancelling = cancel(doctor, visits)
    progress = cancelling_progress(cancelling)
    assert (progress.total, progress.done, progress.waiting) == (12, 10, 2)
    assert cancelling_go_on(cancelling_id=cancelling.public_id) == 0
    assert cancelling_progress(cancelling).is_smooth
    # Once more changes nothing: everybody is told once.
    assert cancelling_go_on(cancelling_id=cancelling.public_id) == 0
    assert set(Appointment.objects.values_list("status", flat=True)) == {Status.CANCELLED}
    assert told(visits) == 12


def test_what_was_moved_while_it_waited_is_not_what_was_meant(doctor: Doctor) -> None:
    visits = visits_of(doctor, AT_ONCE + 2)
    cancelling = cancel(doctor, visits)
    moved = visits[-1]
    start = moved.start + timedelta(days=7)
    appointment_move(actor=user_of(doctor), appointment_id=moved.public_id, start=start)
    cancelling_go_on(cancelling_id=cancelling.public_id)
    moved.refresh_from_db()
    assert (moved.status, moved.start) == (Status.BOOKED, start)
    assert [left.state for left in cancelling_progress(cancelling).left] == [CancellingState.MOVED]
    assert told(visits) == AT_ONCE + 1


def test_what_was_approved_while_it_waited_has_the_time_that_was_meant(doctor: Doctor) -> None:
    visits = visits_of(doctor, AT_ONCE)
    start = visits[-1].start + timedelta(minutes=30)
    asked = AppointmentFactory.create(requested=True, visit_type=doctor.visit_types.get(), start=start)
    cancelling = cancel(doctor, [*visits, asked])
    appointment_approve(actor=user_of(doctor), appointment_id=asked.public_id)
    cancelling_go_on(cancelling_id=cancelling.public_id)
    assert cancelling_progress(cancelling).is_smooth


def test_one_that_cannot_be_cancelled_holds_up_no_other(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    visits = visits_of(doctor, 3)

    def broken(appointment: Appointment, *args: Any, **more: Any) -> Any:
        if appointment.pk == visits[0].pk:
            raise ValueError(appointment.patient.family_name)
        release(appointment, *args, **more)

    monkeypatch.setattr(bulk, "release", broken)
    cancelling = cancel(doctor, visits)
    assert (cancelling_progress(cancelling).cancelled, told(visits)) == (2, 2)
    for _ in range(bulk.MOST_ATTEMPTS):
        assert cancellings_sweep() == 1
    assert [left.state for left in cancelling_progress(cancelling).left] == [CancellingState.FAILED]
    assert "ValueError" in caplog.text
    assert visits[0].patient.family_name not in caplog.text


def test_whoever_asked_is_told_of_the_end_once_and_finds_the_way_back(doctor: Doctor, client: Any) -> None:
    client.force_login(user_of(doctor), backend="accounts.backends.AccountBackend")
    ended, availability = Message.objects.filter(kind="cancelling_ended"), reverse("booking:availability")
    small = cancel(doctor, visits_of(doctor, 1))
    assert str(small.public_id) not in client.get(availability).content.decode(), "they have seen its end"
    visits = visits_of(doctor, AT_ONCE + 2)
    cancelling = cancel(doctor, visits)
    way = f"/cancelling/{cancelling.public_id}/"
    page = client.get(availability).content.decode()
    assert way in page
    assert "Cancelling 12 appointments: 2 not done yet" in page
    assert not ended
    Appointment.objects.filter(pk=visits[-1].pk).update(status=Status.FULFILLED)
    cancelling_go_on(cancelling_id=cancelling.public_id)
    # A worker that fell over with nothing left to do but to say so.
    Cancelling.objects.filter(pk=cancelling.pk).update(lease_until=clock.now())
    assert cancellings_sweep() == 1
    assert cancellings_sweep() == 0
    message = ended.get()
    assert (message.user, message.facts["path"]) == (user_of(doctor), way)
    assert [notice.title for notice in notices_all(user_of(doctor))] == ["11 of 12 appointments cancelled"]
    assert "11 of 12 appointments cancelled" in client.get(availability).content.decode()
    assert cancellings_lately(user_of(visits[0].patient), now=clock.now()) == []
    assert cancellings_lately(user_of(doctor), now=clock.now() + timedelta(days=6))
    assert not cancellings_lately(user_of(doctor), now=clock.now() + timedelta(days=8))


def test_whoever_asked_stops_it_and_the_others_stand(doctor: Doctor, client: Any) -> None:
    visits = visits_of(doctor, AT_ONCE + 2)
    cancelling = cancel(doctor, visits)
    with pytest.raises(NotFound):
        cancelling_stop(actor=user_of(visits[0].patient), cancelling_id=cancelling.public_id)
    client.force_login(user_of(doctor), backend="accounts.backends.AccountBackend")
    page = f"/cancelling/{cancelling.public_id}/"
    assert "Stop here" in client.get(page).content.decode()
    after = client.post(page, follow=True).content.decode()
    assert "10 of 12 are cancelled." in after
    assert "Stop here" not in after
    assert cancelling_go_on(cancelling_id=cancelling.public_id) == 0
    assert Appointment.objects.filter(status=Status.BOOKED).count() == 2
    assert told(visits) == AT_ONCE


def test_what_a_worker_left_is_gone_on_with_once_its_lease_is_over(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    visits = visits_of(doctor, 3)

    class Died(BaseException):
        """As `kill -9` in the middle of the second visit's transaction."""

    def deadly(appointment: Appointment, *args: Any, **more: Any) -> Any:
        release(appointment, *args, **more)
        if appointment.pk == visits[1].pk:
            raise Died

    monkeypatch.setattr(bulk, "release", deadly)
    with pytest.raises(Died):
        cancel(doctor, visits)
    monkeypatch.setattr(bulk, "release", release)
    assert told(visits) == 1
    assert cancellings_sweep() == 0
    Cancelling.objects.update(lease_until=clock.now())
    assert cancellings_sweep() == 1
    assert cancelling_progress(Cancelling.objects.get()).is_smooth
    assert told(visits) == 3


def test_the_page_says_what_was_left_and_why(doctor: Doctor, monkeypatch: pytest.MonkeyPatch, client: Any) -> None:
    gone, begun, held, fine = visits_of(doctor, 4)
    Patient.objects.update(family_name="Quillfeather")
    Appointment.objects.filter(pk=gone.pk).update(status=Status.FULFILLED)
    Appointment.objects.filter(pk=begun.pk).update(start=clock.now() - timedelta(minutes=5), end=clock.now())

    def busy(appointment: Appointment) -> Appointment:
        if appointment.pk == held.pk:
            raise Busy
        return lock_appointment(appointment)

    monkeypatch.setattr(bulk, "lock_appointment", busy)
    cancelling = cancel(doctor, [gone, begun, held, fine])
    client.force_login(user_of(doctor), backend="accounts.backends.AccountBackend")
    page = client.get(f"/cancelling/{cancelling.public_id}/").content.decode()
    assert "3 of 4 are done." in page
    # Without JavaScript it looks again by itself.
    assert '<noscript><meta http-equiv="refresh"' in page
    for _ in range(bulk.MOST_ATTEMPTS):
        cancellings_sweep()
    states = dict(CancellingVisit.objects.values_list("appointment_id", "state"))
    assert states == {
        gone.pk: CancellingState.GONE,
        begun.pk: CancellingState.BEGUN,
        held.pk: CancellingState.FAILED,
        fine.pk: CancellingState.CANCELLED,
    }
    page = client.get(f"/cancelling/{cancelling.public_id}/").content.decode()
    assert "1 of 4 are cancelled." in page
    assert "refresh" not in page
    for visit, state in ((gone, CancellingState.GONE), (begun, CancellingState.BEGUN), (held, CancellingState.FAILED)):
        assert f'href="/appointments/{visit.public_id}/"' in page
        assert visit.reference in page
        assert state.label in page
    assert "Quillfeather" not in page
