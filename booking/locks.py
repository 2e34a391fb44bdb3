"""Every row lock of booking. The order is always the doctor's row, then the patient's, then appointments by key."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

from django.db.models import CharField, Func, Model, Q, QuerySet, Value

from accounts.models import Patient
from booking.models import Appointment
from common.errors import NotFound
from doctors.models import Doctor

LOCK_TIMEOUT = "3s"

ModelT = TypeVar("ModelT", bound=Model)


def _locked(rows: QuerySet[ModelT], *, skip_locked: bool = False) -> QuerySet[ModelT]:
    return rows.select_for_update(of=("self",), no_key=True, skip_locked=skip_locked)


def _first_of_transaction(rows: QuerySet[Doctor], *, skip_locked: bool = False) -> QuerySet[Doctor]:
    # PostgreSQL locks a row after it has computed what is selected, so the time-out holds for this very statement.
    timeout = Func(
        Value("lock_timeout"), Value(LOCK_TIMEOUT), Value(True), function="set_config", output_field=CharField()
    )
    return _locked(rows.annotate(lock_timeout=timeout), skip_locked=skip_locked)


def _one(rows: QuerySet[ModelT]) -> ModelT:
    found = next(iter(rows.order_by()), None)
    if found is None:
        raise NotFound
    return found


def lock_doctor(doctor_id: int) -> Doctor:
    """The doctor, locked until the transaction ends, with the account. Raises `NotFound`."""
    return _one(_first_of_transaction(Doctor.objects.select_related("user").filter(pk=doctor_id)))


def lock_doctor_of_visit_type(visit_type_id: UUID) -> Doctor:
    """The doctor who offers a visit type, locked until the transaction ends. Raises `NotFound`."""
    doctors = Doctor.objects.select_related("user").filter(visit_types__public_id=visit_type_id)
    return _one(_first_of_transaction(doctors))


def lock_doctor_named(public_id: UUID) -> Doctor:
    """The doctor of this public id, locked until the transaction ends. Raises `NotFound`."""
    return _one(_first_of_transaction(Doctor.objects.select_related("user").filter(public_id=public_id)))


def lock_free_doctors(doctor_ids: Iterable[int]) -> list[Doctor]:
    """Those of the doctors whom nobody else has locked, locked in the order of their keys."""
    doctors = Doctor.objects.filter(pk__in=list(doctor_ids)).order_by("pk")
    return list(_first_of_transaction(doctors, skip_locked=True))


def lock_patient(patient_id: int) -> Patient:
    """The patient, locked until the transaction ends; lock the doctor first. Raises `NotFound`."""
    return _one(_locked(Patient.objects.select_related("user").filter(pk=patient_id)))


def lock_patient_named(public_id: UUID) -> Patient:
    """The patient of this public id, locked until the transaction ends; lock the doctor first. Raises `NotFound`."""
    return _one(_locked(Patient.objects.select_related("user").filter(public_id=public_id)))


def lock_appointments(which: Q) -> list[Appointment]:
    """Appointments by key, locked until the transaction ends, with what their messages name."""
    rows = Appointment.objects.select_related("doctor__user", "patient__user", "location", "visit_type", "booked_by")
    return list(_locked(rows.filter(which).order_by("pk")))


def lock_appointment(appointment: Appointment) -> Appointment:
    """An appointment as it is now, locked after its doctor and its patient. Raises `NotFound`."""
    lock_doctor(appointment.doctor_id)
    lock_patient(appointment.patient_id)
    found = lock_appointments(Q(pk=appointment.pk))
    if not found:
        raise NotFound
    return found[0]
