"""One press from booked to done: in the doctor's day and in the diary of the place, with htmx and without."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Patient, User
from accounts.tests.factories import CarerFactory, PatientFactory
from booking.models import Appointment
from booking.states import Status
from booking.tests.factories import AppointmentFactory, next_slot_start
from booking.tests.services.test_appointment_attend import begun
from booking.tests.steps import at_the_desk_of, book, told
from booking.tests.views.pages import CANARY, HTMX, text_of
from common import clock
from doctors.models import Doctor
from doctors.states import Modality

pytestmark = pytest.mark.django_db

SignIn = Callable[[User | Patient | Doctor], Client]
DAY = "/my-day/"


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that what began a while ago is of the same day, whenever this runs."""
    noon = next_slot_start(0, time(12))
    monkeypatch.setattr(clock, "now", lambda: noon)


@pytest.fixture
def client(as_user: SignIn, doctor: Doctor) -> Client:
    return as_user(doctor)


@pytest.fixture
def desk(as_user: SignIn, doctor: Doctor) -> Client:
    return as_user(at_the_desk_of(doctor.locations.get()))


@pytest.fixture
def visit(doctor: Doctor) -> Appointment:
    """It began a quarter of an hour ago."""
    return begun(doctor, patient=PatientFactory.create(given_name="Leila", family_name="Haddad"), reason=CANARY)


def press(client: Client, appointment: Appointment, step: str, **more: Any) -> Any:
    path = reverse(f"booking:{step}", args=[appointment.public_id])
    return client.post(f"{path}?date={day_of(appointment)}", **more)


def day_of(appointment: Appointment) -> str:
    return appointment.start.astimezone(clock.clinic_zone()).date().isoformat()


def clinic_of(appointment: Appointment) -> str:
    return f"{reverse('booking:clinic_day', args=[appointment.location.slug])}?date={day_of(appointment)}"


def offered(page: Any, step: str) -> bool:
    return f"/{step}/?date=" in page.content.decode()


def status_of(appointment: Appointment) -> str:
    appointment.refresh_from_db()
    return appointment.status


def test_from_booked_to_arrived_to_done_and_back_without_scripts(client: Client, visit: Appointment) -> None:
    page = client.get(DAY, {"date": day_of(visit)})
    assert [offered(page, step) for step in ("arrive", "fulfil", "missed", "unarrive")] == [True, True, True, False]
    done = press(client, visit, "arrive")
    assert done["Location"] == f"{DAY}?date={day_of(visit)}#visit-{visit.public_id}"
    assert status_of(visit) == Status.ARRIVED
    page = client.get(done["Location"])
    assert "Leila Haddad has arrived." in text_of(page)
    assert [offered(page, step) for step in ("arrive", "fulfil", "missed", "unarrive")] == [False, True, False, True]
    press(client, visit, "unarrive")
    assert status_of(visit) == Status.BOOKED
    press(client, visit, "fulfil")
    assert status_of(visit) == Status.FULFILLED
    page = client.get(DAY, {"date": day_of(visit)})
    assert "Seen" in text_of(page)
    assert not any(offered(page, step) for step in ("arrive", "fulfil", "missed", "unarrive"))


def test_htmx_gets_the_day_with_the_focus_on_the_row(client: Client, visit: Appointment) -> None:
    answer = press(client, visit, "arrive", headers=HTMX)
    body = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in body
    assert f'id="visit-{visit.public_id}" tabindex="-1" data-focus' in body
    toast = json.loads(answer["HX-Trigger"])["toast"]
    assert (toast["message"], toast["kind"]) == ("Leila Haddad has arrived.", "success")
    assert CANARY not in body


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_somebody_else_has_done_meanwhile_is_refused_on_the_day(
    client: Client, visit: Appointment, headers: dict[str, str]
) -> None:
    Appointment.objects.filter(pk=visit.pk).update(status=Status.NOSHOW)
    answer = press(client, visit, "fulfil", headers=headers)
    assert answer.status_code == 409
    assert "can no longer be changed" in text_of(answer)
    assert 'id="day"' in answer.content.decode()


def test_a_step_that_is_too_early_is_neither_offered_nor_taken(client: Client, doctor: Doctor) -> None:
    ahead = book(doctor)
    page = client.get(DAY, {"date": day_of(ahead)})
    assert not any(offered(page, step) for step in ("arrive", "fulfil", "missed"))
    answer = press(client, ahead, "arrive")
    assert answer.status_code == 409
    assert "from an hour before" in text_of(answer)


def test_the_desk_says_who_came_and_who_did_not(desk: Client, doctor: Doctor, visit: Appointment) -> None:
    page = desk.get(clinic_of(visit))
    assert [offered(page, step) for step in ("arrive", "missed", "fulfil")] == [True, True, False]
    answer = press(desk, visit, "arrive")
    assert answer["Location"] == f"{clinic_of(visit)}#visit-{visit.public_id}"
    press(desk, visit, "unarrive")
    part = press(desk, visit, "noshow", headers=HTMX)
    assert "<html" not in part.content.decode()
    assert "Did not attend" in text_of(part)
    assert status_of(visit) == Status.NOSHOW
    refused = press(desk, visit, "arrive", headers=HTMX)
    assert refused.status_code == 409
    assert press(desk, begun(doctor, start=clock.now() - timedelta(hours=2)), "fulfil").status_code == 403


def test_ones_own_visits_have_no_buttons_at_the_desk(as_user: SignIn, doctor: Doctor) -> None:
    receptionist = at_the_desk_of(doctor.locations.get())
    own = begun(doctor, patient=PatientFactory.create(user=receptionist))
    helped = begun(doctor, start=clock.now() - timedelta(minutes=50))
    CarerFactory.create(patient=helped.patient, user=receptionist)
    page = as_user(receptionist).get(clinic_of(own))
    assert own.patient.name in text_of(page)
    assert not offered(page, "arrive")


def test_a_missed_visit_is_corrected_with_a_reason(client: Client, visit: Appointment) -> None:
    press(client, visit, "noshow")
    path = reverse("booking:correct_noshow", args=[visit.public_id])
    for page in (DAY + f"?date={day_of(visit)}", reverse("booking:appointment_detail", args=[visit.public_id])):
        assert f'href="{path}"' in client.get(page).content.decode()
    assert "What happened instead?" in text_of(client.get(path))
    unsaid = client.post(path, {"reason": "else"})
    assert unsaid.status_code == 422
    assert status_of(visit) == Status.NOSHOW
    corrected = client.post(path, {"reason": "seen-late"}, follow=True)
    assert "The visit counts as done." in text_of(corrected)
    assert status_of(visit) == Status.FULFILLED
    again = client.post(path, {"reason": "excused"})
    assert again.status_code == 409
    assert "not marked as missed" in text_of(again)


def test_whoever_could_not_help_it_is_told(client: Client, visit: Appointment) -> None:
    press(client, visit, "noshow")
    path = reverse("booking:correct_noshow", args=[visit.public_id])
    page = client.post(path, {"reason": "excused"}, follow=True)
    assert "the patient owes nothing" in text_of(page)
    assert told(visit.patient) == ["appointment_cancelled"]


def test_what_was_not_missed_has_nothing_to_correct(client: Client, visit: Appointment) -> None:
    page = client.get(reverse("booking:correct_noshow", args=[visit.public_id]))
    assert "This cannot be corrected here" in text_of(page)


def test_what_was_entered_in_error_leaves_every_list(desk: Client, as_user: SignIn, visit: Appointment) -> None:
    detail = reverse("booking:appointment_detail", args=[visit.public_id])
    path = reverse("booking:enter_in_error", args=[visit.public_id])
    assert f'href="{path}"' in desk.get(detail).content.decode()
    assert f'href="{path}"' not in as_user(visit.doctor).get(detail).content.decode()
    assert "Take it out of the diary?" in text_of(desk.get(path))
    assert desk.post(path, {}).status_code == 422
    answers = [desk.post(path, {"reason": "twice"}) for _ in range(2)]
    assert [answer["Location"] for answer in answers] == [clinic_of(visit)] * 2
    assert status_of(visit) == Status.ENTERED_IN_ERROR
    assert f"Appointment {visit.reference} is taken out of the diary." in text_of(desk.get(clinic_of(visit)))
    for reader in (desk, as_user(visit.doctor), as_user(visit.patient)):
        assert reader.get(detail).status_code == 404


def test_the_next_patient_is_who_waits_or_comes(client: Client, doctor: Doctor, visit: Appointment) -> None:
    late = begun(
        doctor, Status.ARRIVED, start=clock.now() - timedelta(hours=1), end=clock.now() - timedelta(minutes=30)
    )
    assert client.get(DAY, {"date": day_of(visit)}).context["next"] == late
    press(client, late, "fulfil")
    assert client.get(DAY, {"date": day_of(visit)}).context["next"] == visit
    press(client, visit, "noshow")
    assert client.get(DAY, {"date": day_of(visit)}).context["next"] is None


def test_many_requests_are_shown_by_their_urgency(client: Client, doctor: Doctor) -> None:
    for hours in range(1, 23):
        AppointmentFactory.create(
            visit_type=doctor.visit_types.get(),
            requested=True,
            start=clock.now() + timedelta(days=5, hours=hours),
            expires_at=clock.now() + timedelta(hours=hours),
        )
    page = client.get(DAY)
    assert len(page.context["requests"]) == 20
    assert "20+" in text_of(page)
    assert "As you answer them, the others follow." in text_of(page)


@pytest.mark.parametrize("where", ["doctor", "clinic"])
def test_the_buttons_cost_no_statement_each(client: Client, desk: Client, doctor: Doctor, where: str) -> None:
    first = begun(doctor)
    reader, path = (client, f"{DAY}?date={day_of(first)}") if where == "doctor" else (desk, clinic_of(first))

    def statements() -> int:
        with CaptureQueriesContext(connection) as taken:
            assert offered(reader.get(path), "arrive")
        return len(taken)

    statements()
    few = statements()
    for minutes in (31, 62, 93, 124):
        AppointmentFactory.create(
            visit_type=doctor.visit_types.get(), start=first.start - timedelta(minutes=minutes), status=Status.ARRIVED
        )
    assert statements() == few <= 15


def test_how_a_visit_takes_place_is_said_where_it_has_no_address(client: Client, doctor: Doctor) -> None:
    visit = begun(doctor, modality=Modality.VIDEO)
    detail = reverse("booking:appointment_detail", args=[visit.public_id])
    for path in (f"{DAY}?date={day_of(visit)}", detail):
        assert Modality.VIDEO.label in text_of(client.get(path))
