from __future__ import annotations

from typing import Any

import pytest

from booking.facts import calendar_event
from booking.tests.factories import AppointmentFactory
from doctors.states import Modality
from integrations.calendars import to_ics

pytestmark = pytest.mark.django_db


def calendar_file(**fields: Any) -> str:
    return to_ics(*calendar_event(AppointmentFactory.create(**fields))).decode().replace("\r\n ", "")


def test_a_visit_in_person_names_the_place_and_another_does_not_send_anybody_there() -> None:
    appointment = AppointmentFactory.create(modality=Modality.IN_PERSON)
    assert calendar_event(appointment)[0].location == f"{appointment.location.name}, {appointment.location.address}"
    assert "LOCATION:By video" in calendar_file(modality=Modality.VIDEO)
    assert "LOCATION:By phone" in calendar_file(modality=Modality.PHONE)


@pytest.mark.parametrize(
    ("trait", "method", "status"),
    [
        ({}, "PUBLISH", "CONFIRMED"),
        ({"requested": True}, "PUBLISH", "TENTATIVE"),
        ({"held": True}, "PUBLISH", "TENTATIVE"),
        ({"cancelled": True}, "CANCEL", "CANCELLED"),
    ],
)
def test_a_calendar_is_told_how_the_appointment_stands(trait: dict[str, bool], method: str, status: str) -> None:
    content = calendar_file(**trait)
    assert f"METHOD:{method}" in content
    assert f"STATUS:{status}" in content


def test_a_calendar_never_learns_why() -> None:
    assert "canary" not in calendar_file(reason="canary", visit_type__name="canary")
