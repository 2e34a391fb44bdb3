from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from booking.facts import calendar_event
from booking.tests.factories import AppointmentFactory
from common import clock
from doctors.states import Modality
from integrations.calendars import to_ics

pytestmark = pytest.mark.django_db


def calendar_file(**fields: Any) -> str:
    event = calendar_event(AppointmentFactory.create(**fields), now=clock.now())
    return to_ics(event, "PUBLISH").decode().replace("\r\n ", "")


def test_an_event_is_called_by_the_doctor_and_keeps_its_name() -> None:
    event = calendar_event(AppointmentFactory.create(), now=clock.now())
    assert event.uid.endswith("@testserver")
    assert event.summary.startswith("Appointment with Dr ")


def test_a_visit_in_person_names_the_place_and_another_does_not_send_anybody_there() -> None:
    appointment = AppointmentFactory.create(modality=Modality.IN_PERSON)
    event = calendar_event(appointment, now=clock.now())
    assert event.location == f"{appointment.location.name}, {appointment.location.address}"
    assert "LOCATION:By video" in calendar_file(modality=Modality.VIDEO)
    assert "LOCATION:By phone" in calendar_file(modality=Modality.PHONE)


@pytest.mark.parametrize(
    ("trait", "status"),
    [
        ({}, "CONFIRMED"),
        ({"requested": True}, "TENTATIVE"),
        ({"held": True}, "TENTATIVE"),
        ({"held": True, "expires_at": clock.now() - timedelta(minutes=1)}, "CANCELLED"),
        ({"cancelled": True}, "CANCELLED"),
    ],
)
def test_a_calendar_is_told_how_the_appointment_stands(trait: dict[str, Any], status: str) -> None:
    assert f"STATUS:{status}" in calendar_file(**trait)


def test_a_doctors_calendar_names_no_patient_and_no_kind_of_visit() -> None:
    appointment = AppointmentFactory.create(
        modality=Modality.VIDEO, visit_type__name="canary", patient__given_name="canary"
    )
    event = calendar_event(appointment, now=clock.now(), for_doctor=True)
    assert event.summary == f"Appointment {appointment.reference}, video"
    assert "canary" not in repr(event)


def test_a_calendar_never_learns_why() -> None:
    assert "canary" not in calendar_file(reason="canary", visit_type__name="canary")
