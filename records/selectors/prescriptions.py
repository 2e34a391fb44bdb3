from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from accounts.models import Patient, User
from accounts.states import Scope
from booking.models import Appointment
from common import clock
from common.among import OfEach
from common.errors import NotFound
from common.keyset import KeyPage, latest_first
from records.models import Prescription
from records.models.prescriptions import PRESCRIPTION_TEXTS
from records.selectors.access import authored_rules, cared_rule, granted_rules, own_rules, record_rules, rows_open
from records.selectors.ways import Ways, ways_of
from records.states import STANDING, PrescriptionStatus

# How long a medicine is taken stands in words; few prescriptions are for more than three months.
TAKEN_AFTER = timedelta(days=90)
_SHOWN_WITH = ("doctor", "patient", "appointment", "replaces")


def prescriptions_visible_to(
    user: User | AnonymousUser,
    *,
    filters: Q | None = None,
    order_by: Sequence[str] = ("-created_at", "-pk"),
    limit: int | None = None,
    in_error: bool = False,
    patient: Patient | None = None,
    as_author: bool = False,
) -> QuerySet[Prescription]:
    """The prescriptions that a person may read: as the doctor who writes them, as the patient what is signed, as a
    carer whom the patient lets read that, as a doctor to whom the patient's record is open what colleagues have signed,
    or by a grant.

    All else is as in `notes_visible_to`.
    """
    if not user.is_authenticated:
        return Prescription.objects.none()
    ways = Ways() if as_author else ways_of(user, Prescription, now=clock.now(), patient=patient)
    return rows_open(
        Prescription.objects.select_related(*_SHOWN_WITH).defer(*PRESCRIPTION_TEXTS),
        user=user,
        ways=ways,
        owned=authored_rules(user) if as_author else _rules(user, ways),
        filters=(filters or Q()) & (Q() if in_error else ~Q(status=PrescriptionStatus.ENTERED_IN_ERROR)),
        order_by=order_by,
        limit=limit,
        patient=patient,
    )


def _rules(user: User, ways: Ways) -> list[Q | OfEach]:
    own = [*own_rules(user, ways, patients_read=signed_rule()), *granted_rules(ways)]
    cared = [cared_prescriptions_rule(user)] if user.may_be_carer else []
    return [*own, *cared, *prescription_rules(ways)]


def signed_rule() -> Q:
    """What others than its doctor may read: what is signed, whatever became of it since."""
    return Q(signed_at__isnull=False)


def cared_prescriptions_rule(user: User) -> Q:
    """What is signed and was no mistake, of those who let the person read it as a carer."""
    return cared_rule(user, Scope.PRESCRIPTIONS) & signed_rule() & ~Q(status=PrescriptionStatus.ENTERED_IN_ERROR)


def prescriptions_as_carer(user: User, patient: Patient, *, limit: int) -> QuerySet[Prescription]:
    """What a carer reads of somebody's prescriptions, the latest first, whatever else they may read besides."""
    cared, latest = cared_prescriptions_rule(user), ("-signed_at", "-pk")
    return prescriptions_visible_to(user, patient=patient, filters=cared, order_by=latest, limit=limit)


def prescription_rules(ways: Ways) -> list[Q | OfEach]:
    """What colleagues have signed, and was not entered in error, in the records that are open to a doctor."""
    return record_rules(ways, shown=signed_rule() & ~Q(status=PrescriptionStatus.ENTERED_IN_ERROR))


def prescription_for(user: User | AnonymousUser, prescription_id: UUID) -> Prescription:
    """One prescription that the person may read, also one that was entered in error.

    Raises `NotFound`, the same for what exists and what does not.
    """
    found = prescriptions_visible_to(user, filters=Q(public_id=prescription_id), in_error=True).first()
    if found is None:
        raise NotFound("We cannot find that prescription.")
    return found


def standing_of(user: User, patient: Patient, *, now: datetime) -> list[Prescription]:
    """What the patient can get by now, as far as the person may read it: the latest 50 that are valid or on hold."""
    return _latest_of(user, patient, _stands(now))


def taken_of(user: User, patient: Patient, *, now: datetime) -> list[Prescription]:
    """What the patient takes by now, as far as the person may read it: as `standing_of`, and what was dispensed lately,
    which they have at home."""
    lately = Q(status=PrescriptionStatus.COMPLETED, changed_at__gte=now - TAKEN_AFTER)
    return _latest_of(user, patient, _stands(now) | lately)


def _stands(now: datetime) -> Q:
    """Also what stands by its signature alone: a row whose last day was changed is not as it was signed, which whoever
    is shown it is told, and not one of the past."""
    today = clock.clinic_day(now)
    return Q(status__in=sorted(STANDING)) & (Q(valid_until__gte=today) | Q(signature__valid_until__gte=today))


def _latest_of(user: User, patient: Patient, wanted: Q) -> list[Prescription]:
    latest = ("-signed_at", "-pk")
    return list(prescriptions_visible_to(user, patient=patient, filters=wanted, order_by=latest, limit=50))


def prescriptions_of_visit(user: User, appointment: Appointment) -> list[Prescription]:
    """What was prescribed from a visit, as far as the person may read it, the latest first; at most 50."""
    return list(prescriptions_visible_to(user, filters=Q(appointment=appointment), limit=50))


def replacement_of(user: User, prescription: Prescription) -> Prescription | None:
    """What was signed in the place of a prescription, where the person may read it; for its doctor the draft too."""
    return prescriptions_visible_to(user, filters=Q(replaces=prescription), limit=1).first()


def prescriptions_of_patient(
    user: User, *, size: int, before: UUID | None = None, after: UUID | None = None
) -> KeyPage[Prescription]:
    """A page of the person's own as a patient, the latest first, from the edge that `before` or `after` name."""
    own, found = Q(patient__user=user) & signed_rule(), partial(prescriptions_visible_to, user)
    return latest_first(found, own, "signed_at", size=size, before=before, after=after)


def prescriptions_of_doctor(
    user: User, *, size: int, before: UUID | None = None, after: UUID | None = None
) -> KeyPage[Prescription]:
    """A page of what the person has written as a doctor, drafts too, the latest first."""
    found = partial(prescriptions_visible_to, user, as_author=True)
    return latest_first(found, Q(), "created_at", size=size, before=before, after=after)


def changed_by(prescription: Prescription) -> str:
    """Who made of a signed prescription what it is; empty where that is nobody or its doctor."""
    latest = prescription.history.filter(status=prescription.status, changed_at=prescription.changed_at).first()
    person = latest.history_user if latest else None
    return person.shown_name if person and person.pk != prescription.doctor.user_id else ""
