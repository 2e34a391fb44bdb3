"""What opens a patient's record to somebody who did not write it (docs/decisions/0020, 0021)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from accounts.models import Patient, User
from accounts.policies import has_role
from accounts.roles import Role
from accounts.selectors import cared_for
from accounts.states import Scope
from booking.models import Appointment
from common import clock
from common.among import Among, OfEach
from common.errors import NotFound
from common.permissions import visible_rows
from doctors.models import Doctor
from records.models import RecordShare, RecordsSettings
from records.selectors.ways import Ways, visits_about_now, visits_treated_at, ways_of

ModelT = TypeVar("ModelT", bound=Model)


def records_settings() -> RecordsSettings:
    """Without writing a row for whoever looks first."""
    return RecordsSettings.objects.first() or RecordsSettings()


def the_one(found: QuerySet[Any]) -> QuerySet[Any, Any]:
    """A subquery of one row, which the planner may ask once."""
    return found.order_by().values("pk")[:1]


def authored_rules(user: User) -> list[Q | OfEach]:
    """What a person has written as the doctor who they are today: nothing as one who is suspended."""
    own = Q(doctor=the_one(Doctor.objects.filter(user=user, is_barred=False)))
    return [own] if has_role(user, Role.DOCTOR) else []


def own_rules(user: User, ways: Ways, *, patients_read: Q) -> list[Q | OfEach]:
    """What is a person's own of whatever has a `patient` and a `doctor`, an arm for each of the two: as the patient
    what `patients_read` names, as the doctor all of it; nothing as a doctor who is suspended."""
    rules: list[Q | OfEach] = []
    if user.may_be_patient:
        rules.append(Q(patient=the_one(Patient.objects.filter(user=user))) & patients_read)
    if ways.doctor:
        rules.append(Q(doctor=ways.doctor))
    return rules


def cared_rule(user: User, scope: Scope) -> Q:
    """What those whom the person helps let them read by that scope, of whatever has a `patient` and may have an
    `appointment`: not of a visit that the patient keeps from carers. What belongs to no visit, a repeated prescription
    say, may come from such a one: it is hidden as long as the patient keeps any."""
    kept = Appointment.objects.filter(patient=OuterRef("patient"), is_confidential=True)
    is_of_no_visit = Q(~Exists(kept), appointment__isnull=True)
    return helped_rule(user, scope) & (Q(appointment__is_confidential=False) | is_of_no_visit)


def helped_rule(user: User, scope: Scope) -> Q:
    """What is those patients' whom the person may help in that way as a carer."""
    return Q(patient__in=cared_for(user, scope).values("pk"))


def record_rules(ways: Ways, *, shown: Q) -> list[Q | OfEach]:
    """The ways in which patients' records are open to a person, on whatever has a `patient`: `shown` says what of it.

    They open what is signed or current there, never a draft. None for whoever is neither a
    doctor nor has opened one in an emergency.
    """
    return of_patients(ways.open, shown)


def of_patients(keys: list[int], shown: Q) -> list[Q | OfEach]:
    return [OfEach(column="patient", keys=keys, rule=shown)] if keys else []


def granted_rules(ways: Ways) -> list[Q]:
    """The single things on which a person holds a grant."""
    return [Q(Among("pk", ways.granted))] if ways.granted else []


def rows_open(
    queryset: QuerySet[ModelT],
    *,
    user: User,
    ways: Ways,
    owned: list[Q | OfEach],
    filters: Q,
    order_by: Sequence[str],
    limit: int | None,
    patient: Patient | None,
) -> QuerySet[ModelT]:
    """`visible_rows` of things that have a `patient`. Where that one is named, here and for `ways`, they are few, and
    each is asked for all the ways at once.

    A suspended doctor reads nothing but what is their own as a patient, also where a grant opens more: `has_perm` alone
    does not know that.
    """
    of_patient = Q(patient=patient) if patient else Q()
    if patient:
        # Said twice whose they are, the planner takes them for so few that it sorts them all.
        owned = [one.rule if isinstance(one, OfEach) and set(one.keys) == {patient.pk} else one for one in owned]
    own_alone = Q(patient__user=user) if ways.is_barred else Q()
    return visible_rows(
        queryset,
        user=user,
        permission="",
        owned=owned,
        filters=filters & of_patient & own_alone,
        order_by=order_by,
        limit=limit,
        is_narrow=patient is not None,
    )


def is_open_to(user: User | AnonymousUser, patient: Patient, *, now: datetime) -> bool:
    """Whether the whole record of that patient is open to the person, by any of the ways."""
    return isinstance(user, User) and bool(ways_of(user, now=now, patient=patient).open)


def is_treated_by(user: User, patient: Patient, *, now: datetime) -> bool:
    """Whether a doctor has seen or will see the patient within the days that the settings count."""
    return visits_treated_at(user, now=now).filter(patient=patient).exists()


@dataclass(frozen=True, kw_only=True)
class Treating:
    """A doctor who reads a record for the sake of a visit, the latest of theirs, until an instant."""

    doctor: Doctor
    visit: Appointment
    until: datetime


def treating_doctors_of(patient: Patient, *, now: datetime) -> list[Treating]:
    """Whom `is_treated_by` lets read the patient's record, nobody who is suspended or has no account."""
    after = timedelta(days=records_settings().treating_days_after)
    visits = visits_about_now(now).filter(
        patient=patient, doctor__is_barred=False, doctor__user__is_active=True, doctor__user__groups__name=Role.DOCTOR
    )
    latest = visits.exclude(doctor__user=patient.user_id).order_by("doctor_id", "-start").distinct("doctor_id")
    found = latest.select_related("doctor", "location", "visit_type")
    treating = [Treating(doctor=one.doctor, visit=one, until=one.start + after) for one in found]
    return sorted(treating, key=lambda one: one.until, reverse=True)


def patient_open_to(user: User | AnonymousUser, patient_id: UUID) -> Patient:
    """A patient whose record is open to the person as a doctor. Raises `NotFound`, the same for everybody else."""
    found = Patient.objects.filter(public_id=patient_id).first()
    if found is None or not is_open_to(user, found, now=clock.now()):
        raise NotFound("We cannot find a record that is open to you at the moment.")
    return found


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
