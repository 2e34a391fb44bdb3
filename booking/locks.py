"""Every row lock of booking. The order is always the doctor's row, then the patient's, then appointments by key.

A booking holds the place's row too, shared, behind doctor and patient.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

from django.db.models import Q

from accounts.models import Patient, User
from booking.models import Appointment
from booking.rows import Reader, columns, fetch
from common.errors import NotFound
from common.locks import LOCK_TIMEOUT, for_update, locked
from doctors.models import Doctor, Location

FOR_UPDATE = "FOR NO KEY UPDATE OF person"
# For what a booking relies on and does not change: others may rely on it too, and nobody may change it meanwhile.
FOR_SHARE = "FOR SHARE"

PersonT = TypeVar("PersonT", Doctor, Patient)


def _lock_person(model: type[PersonT], where: str, value: int | UUID) -> PersonT:
    """A doctor or patient with the account. Raises `NotFound`."""
    # PostgreSQL locks a row after it has computed what is selected, so the time-out holds for this very statement.
    sql = f"""
        SELECT set_config('lock_timeout', %s, true), {columns(model, "person")}, {columns(User, "account")}
        FROM {model._meta.db_table} person LEFT JOIN accounts_user account ON account.id = person.user_id
        WHERE {where} {FOR_UPDATE}
    """  # noqa: S608 — names of ours, the values are parameters
    rows = fetch(sql, [LOCK_TIMEOUT, value])
    if not rows:
        raise NotFound
    reader = Reader(rows[0][1:])
    person, account = reader.instance(model), reader.instance(User)
    assert person is not None
    if account is not None:
        person.user = account
    return person


def lock_doctor(doctor_id: int) -> Doctor:
    """The doctor, locked until the transaction ends, with the account. Raises `NotFound`."""
    return _lock_person(Doctor, "person.id = %s", doctor_id)


def lock_doctor_of_visit_type(visit_type_id: UUID) -> Doctor:
    """The doctor who offers a visit type, locked until the transaction ends. Raises `NotFound`."""
    offers = "person.id = (SELECT doctor_id FROM doctors_visittype WHERE public_id = %s)"
    return _lock_person(Doctor, offers, visit_type_id)


def lock_doctor_named(public_id: UUID) -> Doctor:
    """The doctor of this public id, locked until the transaction ends. Raises `NotFound`."""
    return _lock_person(Doctor, "person.public_id = %s", public_id)


def lock_patient(patient_id: int) -> Patient:
    """The patient, locked until the transaction ends; lock the doctor first. Raises `NotFound`."""
    return _lock_person(Patient, "person.id = %s", patient_id)


def lock_patient_named(public_id: UUID) -> Patient:
    """The patient of this public id, locked until the transaction ends; lock the doctor first. Raises `NotFound`."""
    return _lock_person(Patient, "person.public_id = %s", public_id)


def lock_location(location_id: int) -> Location:
    """The place, held to the transaction's end, alone: no booking there can be on its way, for each holds it shared.

    Take no doctor's lock behind it, for bookings hold that first. Raises `NotFound` and `Busy`.
    """
    return locked(Location.objects.all(), pk=location_id)


def lock_free_doctors(doctor_ids: Iterable[int]) -> list[Doctor]:
    """Those of the doctors whom nobody else has locked, locked in the order of their keys."""
    doctors = Doctor.objects.filter(pk__in=list(doctor_ids)).order_by("pk")
    return list(for_update(doctors, skip_locked=True))


def lock_appointments(which: Q) -> list[Appointment]:
    """Appointments by key, locked until the transaction ends, with what their messages name."""
    rows = Appointment.objects.select_related("doctor__user", "patient__user", "location", "visit_type", "booked_by")
    return list(for_update(rows.filter(which).order_by("pk")))


def lock_appointment(appointment: Appointment) -> Appointment:
    """An appointment as it is now, locked after its doctor and its patient. Raises `NotFound`."""
    lock_doctor(appointment.doctor_id)
    lock_patient(appointment.patient_id)
    found = lock_appointments(Q(pk=appointment.pk))
    if not found:
        raise NotFound
    return found[0]
