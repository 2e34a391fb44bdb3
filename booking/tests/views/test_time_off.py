from __future__ import annotations

import re
from datetime import datetime, time, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from booking.models import AvailabilityException
from booking.states import Status
from booking.tests.factories import AppointmentFactory, LeaveFactory, bookable_doctor, next_slot_start
from booking.tests.steps import book, user_of
from common import clock
from doctors.models import Doctor
from notifications.models import Message

pytestmark = pytest.mark.django_db

PAGE, ADD_LEAVE, ADD_EXTRA = (reverse(f"booking:{name}") for name in ("availability", "leave_add", "extra_add"))
LATE, REST = reverse("booking:running_late"), reverse("booking:cancel_rest")


@pytest.fixture
def doctor() -> Doctor:
    return bookable_doctor(start=time(9), end=time(12))


@pytest.fixture
def client(client: Client, doctor: Doctor) -> Client:
    client.force_login(user_of(doctor))
    return client


def in_days(days: int) -> str:
    return clock.clinic_day(next_slot_start(days)).isoformat()


def leave_with(client: Client, standing: str) -> str:
    """Time off in two days, through the preview; the page that follows."""
    asked = {"first_day": in_days(2)}
    seen = client.post(ADD_LEAVE, asked).context["previewed"]
    answer = client.post(ADD_LEAVE, asked | {"previewed": seen, "standing": standing}, follow=True)
    return answer.content.decode()


def test_who_is_booked_is_shown_before_time_off_is_added(client: Client, doctor: Doctor) -> None:
    visit = book(doctor, start=next_slot_start(2))
    asked = {"first_day": in_days(2), "note": "Conference"}
    preview = client.post(ADD_LEAVE, asked)
    page = preview.content.decode()
    assert "1 appointment in this time" in page
    assert reverse("booking:appointment_detail", args=[visit.public_id]) in page
    assert 'value="Conference"' in page
    assert not AvailabilityException.objects.exists()
    undecided = client.post(ADD_LEAVE, asked | {"previewed": preview.context["previewed"]})
    assert undecided.status_code == 422
    assert "Choose whether they are kept or cancelled." in undecided.content.decode()


def test_those_who_are_booked_are_kept(client: Client, doctor: Doctor) -> None:
    visit = book(doctor, start=next_slot_start(2))
    assert "1 appointment still stands in this time" in leave_with(client, "keep")
    visit.refresh_from_db()
    assert visit.status == Status.BOOKED


def test_those_who_are_booked_are_cancelled_and_told(client: Client, doctor: Doctor) -> None:
    visits = [book(doctor, start=next_slot_start(2, time(hour))) for hour in (9, 10)]
    assert "2 appointments are cancelled. The patients are told and offered new times." in leave_with(client, "cancel")
    told = Message.objects.filter(kind="appointment_cancelled").values_list("user", flat=True)
    assert set(told) == {visit.patient.user_id for visit in visits}


def test_whom_the_preview_did_not_show_is_not_cancelled(client: Client, doctor: Doctor) -> None:
    book(doctor, start=next_slot_start(2, time(9)))
    asked = {"first_day": in_days(2)}
    seen = client.post(ADD_LEAVE, asked).context["previewed"]
    book(doctor, start=next_slot_start(2, time(10)))
    again = client.post(ADD_LEAVE, asked | {"previewed": seen, "standing": "cancel"}).content.decode()
    assert "2 appointments in this time" in again
    assert not AvailabilityException.objects.exists()


def test_those_who_were_kept_are_cancelled_later(client: Client, doctor: Doctor) -> None:
    visit = book(doctor, start=next_slot_start(2))
    leave = LeaveFactory.create(doctor=doctor, start=next_slot_start(2, time(9)))
    path = reverse("booking:leave_appointments", args=[leave.public_id])
    assert path in client.get(PAGE).content.decode()
    page = client.get(path)
    assert "Cancel 1 appointment" in re.sub(r"\s+", " ", page.content.decode())
    assert client.post(path).status_code == 200
    visit.refresh_from_db()
    assert visit.status == Status.BOOKED
    assert client.post(path, {"previewed": page.context["previewed"]})["Location"] == PAGE
    visit.refresh_from_db()
    assert visit.status == Status.CANCELLED
    assert "Nobody is booked then." in client.get(path).content.decode()


def test_another_doctors_time_off_does_not_exist(client: Client) -> None:
    path = reverse("booking:leave_appointments", args=[LeaveFactory.create().public_id])
    assert client.get(path).status_code == 404


def extra(doctor: Doctor, **changes: str) -> dict[str, str]:
    asked = {"location": str(doctor.locations.get().pk), "day": in_days(2), "from_time": "12:00", "until_time": "14:00"}
    return asked | changes


def test_extra_hours_are_added_and_removed(client: Client, doctor: Doctor) -> None:
    assert client.post(ADD_EXTRA, extra(doctor))["Location"] == PAGE
    row = AvailabilityException.objects.get()
    assert (row.kind, row.start, row.location) == ("extra", next_slot_start(2, time(12)), doctor.locations.get())
    path = reverse("booking:extra_remove", args=[row.public_id])
    page = client.get(PAGE).content.decode()
    assert "12:00pm to 2:00pm" in page
    assert path in page
    assert client.post(path)["Location"] == PAGE
    assert not AvailabilityException.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"from_time": "11:00"}, "from_time", "This overlaps your hours on"),
        ({"until_time": "11:00"}, "until_time", "The end has to be later"),
        ({"day": ""}, "day", "Enter a day."),
        ({"until_time": ""}, "until_time", "Enter the time when these hours end."),
        ({"location": "0"}, "location", "Choose one of the places where you work."),
    ],
)
def test_wrong_extra_hours_are_refused_beside_the_field_and_kept(
    client: Client, doctor: Doctor, changes: dict[str, str], field: str, message: str
) -> None:
    answer = client.post(ADD_EXTRA, extra(doctor, **changes))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert message in page
    assert f'id="extra_{field}_error"' in page
    if field != "until_time":
        assert 'value="14:00"' in page


def today_at_nine(client: Client, doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Two visits later today: it is nine in the clinic."""
    nine = next_slot_start(2, time(9))
    monkeypatch.setattr(clock, "now", lambda: nine)
    client.force_login(user_of(doctor))
    for after in (1, 2):
        AppointmentFactory.create(visit_type=doctor.visit_types.get(), start=nine + timedelta(hours=after))
    return nine


@pytest.mark.parametrize(("path", "kind"), [(LATE, "appointment_running_late"), (REST, "appointment_cancelled")])
def test_who_is_told_today_is_shown_first_and_told_once_it_is_confirmed(
    client: Client, doctor: Doctor, monkeypatch: pytest.MonkeyPatch, path: str, kind: str
) -> None:
    nine = today_at_nine(client, doctor, monkeypatch)
    page = client.get(path)
    assert len(page.context["affected"]) == 2
    AppointmentFactory.create(visit_type=doctor.visit_types.get(), start=nine + timedelta(minutes=30))
    changed = client.post(path, {"previewed": page.context["previewed"], "minutes": "20"})
    assert "Your day has changed meanwhile" in changed.content.decode()
    assert not Message.objects.filter(kind=kind).exists()
    done = client.post(path, {"previewed": changed.context["previewed"], "minutes": "20"})
    assert done["Location"] == reverse("booking:day")
    assert Message.objects.filter(kind=kind).count() == 3


def test_the_minutes_are_asked_for(client: Client, doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    today_at_nine(client, doctor, monkeypatch)
    answer = client.post(LATE, {"minutes": "7"})
    assert answer.status_code == 422
    assert "Choose how late you are." in answer.content.decode()


def test_an_empty_day_says_so(client: Client) -> None:
    assert "Nobody is booked later today" in client.get(LATE).content.decode()
    assert "Close the rest of today" in client.get(REST).content.decode()
    assert client.post(REST, {"previewed": client.get(REST).context["previewed"]}).status_code == 302
    assert AvailabilityException.objects.count() == 1
