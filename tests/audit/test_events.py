"""Whom the events of the product concern."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.tests.factories import PatientFactory, UserFactory
from audit.models import Event
from audit.services import event_record
from booking.models import Appointment
from booking.tests.factories import AppointmentFactory

pytestmark = pytest.mark.django_db


def test_the_patient_is_found_on_the_object_that_names_one(django_assert_num_queries: Any) -> None:
    appointment = AppointmentFactory.create()
    with django_assert_num_queries(1):
        event_record("appointment.booked", appointment, actor=None)
    assert Event.objects.get().patient_id == appointment.patient.public_id


def test_a_patient_concerns_themselves() -> None:
    patient = PatientFactory.create()
    event_record("patient.changed", patient, actor=None)
    assert Event.objects.get().patient_id == patient.public_id


def test_a_patient_may_be_named_where_the_object_has_none() -> None:
    patient = PatientFactory.create()
    event_record("grant.given", UserFactory.create(), actor=None, patient=patient)
    assert Event.objects.get().patient_id == patient.public_id


def test_a_patient_who_is_named_is_not_looked_up(django_assert_num_queries: Any) -> None:
    patient = PatientFactory.create()
    appointment = Appointment.objects.get(pk=AppointmentFactory.create(patient=patient).pk)
    with django_assert_num_queries(1):
        event_record("appointment.booked", appointment, actor=None, patient=patient)
    assert Event.objects.get().patient_id == patient.public_id
