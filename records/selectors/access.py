"""What opens a patient's record to somebody who did not write it (docs/decisions/0020, 0021)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from accounts.models import Patient, User
from accounts.policies import has_role
from accounts.roles import Role
from accounts.selectors import carer_rule
from accounts.states import Scope
from booking.models import Appointment
from booking.states import Status as VisitStatus
from common import clock
from common.errors import NotFound
from doctors.models import Doctor
from records.models import HealthRecordUserGrant, RecordShare, RecordsSettings

BY_SHARE, BY_GLASS = "view_healthrecord", "open_healthrecord"


def the_one(found: QuerySet[Any]) -> QuerySet[Any, Any]:
    """A subquery of one row, which the planner may ask once."""
    return found.order_by().values("pk")[:1]


def records_settings() -> RecordsSettings:
    """Without writing a row for whoever looks first."""
    return RecordsSettings.objects.first() or RecordsSettings()


def for_doctors(user: User, codename: str) -> str:
    """The right on one thing of a record that grants give: to doctors alone, so "" for whoever is none any more."""
    return codename if has_role(user, Role.DOCTOR) else ""


def own_rules(user: User, *, patients_read: Q) -> list[Q]:
    """What is a person's own of whatever has a `patient` and a `doctor`, an arm for each of the two: as the patient
    what `patients_read` names, as the doctor all of it; nothing as a doctor who is suspended."""
    rules = []
    if user.may_be_patient:
        rules.append(Q(patient=the_one(Patient.objects.filter(user=user))) & patients_read)
    if has_role(user, Role.DOCTOR):
        rules.append(Q(doctor=the_one(Doctor.objects.filter(user=user, is_barred=False))))
    return rules


def cared_rule(user: User, scope: Scope) -> Q:
    """What those whom the person helps let them read by that scope, of whatever has a `patient` and may have an
    `appointment`: not of a visit that the patient keeps from carers. What belongs to no visit, a repeated prescription
    say, may come from such a one: it is hidden as long as the patient keeps any."""
    kept = Appointment.objects.filter(patient=OuterRef("patient"), is_confidential=True)
    is_of_no_visit = Q(~Exists(kept), appointment__isnull=True)
    return carer_rule(user, scope, "patient__") & (Q(appointment__is_confidential=False) | is_of_no_visit)


def unbarred_rule(user: User) -> Q:
    """A suspended doctor reads nothing but what is their own as a patient, also where a grant opens more: `has_perm`
    alone does not know that."""
    return Q(patient__user=user) if Doctor.objects.filter(user=user, is_barred=True).exists() else Q()


def record_rules(user: User, *, now: datetime) -> list[Q]:
    """The ways in which patients' records are open to a person, on whatever has a `patient`: each is an arm of its own.

    They open what is signed or current there, never a draft. None for whoever is neither a
    doctor nor has opened one in an emergency.
    """
    return [Q(patient__in=keys) for keys in patients_open_to(user, now=now)]


def patients_open_to(user: User, *, now: datetime) -> list[QuerySet[Any, Any]]:
    """The primary keys of the patients whose whole record a person may read, a subquery for each of the ways."""
    return [*patients_open_unasked_to(user, now=now), *patients_shared_with(user, now=now)]


def patients_open_unasked_to(user: User, *, now: datetime) -> list[QuerySet[Any, Any]]:
    """Of these the ways that no patient has chosen: a visit about now, and an emergency."""
    is_doctor = has_role(user, Role.DOCTOR)
    treated = [patients_treated_by(user, now=now)] if is_doctor else []
    may_break = is_doctor or user.is_superuser or has_role(user, Role.ADMINISTRATOR)
    # By the database's clock, whatever that of the machine says which asks.
    broken = Q(permission__codename=BY_GLASS, expires_at__gt=Now())
    return [*treated, *([_patients_granted_to(user, broken)] if may_break else [])]


def patients_shared_with(user: User, *, now: datetime) -> list[QuerySet[Any, Any]]:
    """Of these those who share their record with the doctor."""
    shared = Q(permission__codename=BY_SHARE) & (Q(expires_at=None) | Q(expires_at__gt=now))
    return [_patients_granted_to(user, shared)] if has_role(user, Role.DOCTOR) else []


def patients_treated_by(user: User, *, now: datetime) -> QuerySet[Any, Any]:
    """The primary keys of the patients whom a doctor has seen or will see within the days that the settings count."""
    doctor = the_one(Doctor.objects.filter(user=user, is_barred=False))
    return _visits_about_now(now).filter(doctor=doctor).order_by().values("patient")


def _visits_about_now(now: datetime) -> QuerySet[Appointment]:
    """The visits for the sake of which a doctor reads what colleagues have signed."""
    window = records_settings()
    return Appointment.objects.filter(
        status__in=[VisitStatus.BOOKED, VisitStatus.ARRIVED, VisitStatus.FULFILLED],
        start__gt=now - timedelta(days=window.treating_days_after),
        start__lt=now + timedelta(days=window.treating_days_before),
    )


@dataclass(frozen=True, kw_only=True)
class Treating:
    """A doctor who reads a record for the sake of a visit, the latest of theirs, until an instant."""

    doctor: Doctor
    visit: Appointment
    until: datetime


def treating_doctors_of(patient: Patient, *, now: datetime) -> list[Treating]:
    """Whom `patients_treated_by` lets read the patient's record, nobody who is suspended or has no account."""
    after = timedelta(days=records_settings().treating_days_after)
    visits = _visits_about_now(now).filter(
        patient=patient, doctor__is_barred=False, doctor__user__is_active=True, doctor__user__groups__name=Role.DOCTOR
    )
    latest = visits.exclude(doctor__user=patient.user_id).order_by("doctor_id", "-start").distinct("doctor_id")
    found = latest.select_related("doctor", "location", "visit_type")
    treating = [Treating(doctor=one.doctor, visit=one, until=one.start + after) for one in found]
    return sorted(treating, key=lambda one: one.until, reverse=True)


def _patients_granted_to(user: User, live: Q) -> QuerySet[Any, Any]:
    """Those on whose whole record the person holds such a grant; none for a suspended doctor."""
    granted = HealthRecordUserGrant.objects.filter(live, user=user)
    return granted.exclude(user__doctor__is_barred=True).order_by().values("content_object__patient")


def patient_open_to(user: User | AnonymousUser, patient_id: UUID) -> Patient:
    """A patient whose record is open to the person as a doctor. Raises `NotFound`, the same for everybody else."""
    if isinstance(user, User):
        for keys in patients_open_to(user, now=clock.now()):
            found = Patient.objects.filter(public_id=patient_id, pk__in=keys).first()
            if found is not None:
                return found
    raise NotFound("We cannot find a record that is open to you at the moment.")


def shares_of(patient: Patient, *, now: datetime) -> QuerySet[RecordShare]:
    """What of a patient's is shared at the moment, the latest first."""
    return _standing(now).filter(patient=patient)


def shares_with(user: User, *, now: datetime) -> QuerySet[RecordShare]:
    """What is shared with a doctor at the moment, the latest first; nothing while they are suspended."""
    if not has_role(user, Role.DOCTOR):
        return RecordShare.objects.none()
    return _standing(now).filter(doctor__user=user, doctor__is_barred=False)


def shares_given_by(user: User, *, now: datetime) -> QuerySet[RecordShare]:
    """What a doctor shares of other people's records at the moment, the latest first."""
    return _standing(now).filter(shared_by=user).exclude(patient__user=user)


def share_of(user: User | AnonymousUser, share_id: UUID) -> RecordShare:
    """A share that the person may end: of their own record, or one that they made. Raises `NotFound`."""
    own = Q(patient__user=user.pk) | Q(shared_by=user.pk)
    found = RecordShare.objects.filter(own, public_id=share_id).select_related("patient", "doctor__user").first()
    if found is None:
        raise NotFound("We cannot find that share.")
    return found


def _standing(now: datetime) -> QuerySet[RecordShare]:
    rows = RecordShare.objects.filter(ended_at=None, expires_at__gt=now)
    return rows.select_related("patient", "doctor", "shared_by")
