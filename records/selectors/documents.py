from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet, Sum

from accounts.models import Patient, User
from accounts.policies import has_role
from accounts.roles import Role
from accounts.states import Scope
from booking.models import Appointment
from common import clock
from common.among import Among, OfEach
from common.errors import NotFound
from common.keyset import KeyPage, latest_first
from common.uploads.states import UploadState
from records.models import Document
from records.selectors.access import cared_rule, granted_rules, is_open_to, own_rules, record_rules, rows_open
from records.selectors.ways import Ways, visits_treated_at, ways_of
from records.states import NOTED, OPEN_TO_COLLEAGUES, DocumentStatus

_SHOWN_WITH = ("patient", "doctor", "appointment__location", "appointment__visit_type")
KEPT = (UploadState.QUARANTINED, UploadState.CURRENT)
# What somebody sent lately is shown to them where they send more, also what was refused.
SENT_LATELY = timedelta(hours=1)
SHOWN_SENT = 30
SHOWN_VISITS = 30
SHOWN_TO_MOVE = 100


def documents_visible_to(
    user: User | AnonymousUser,
    *,
    filters: Q | None = None,
    order_by: Sequence[str] = ("-uploaded_at", "-pk"),
    limit: int | None = None,
    in_error: bool = False,
    patient: Patient | None = None,
) -> QuerySet[Document]:
    """The documents that a person may see: as the patient, as the doctor who added them, as the doctor of the visit to
    which the patient added them, as somebody to whom the record is open or a carer whom the patient lets look what
    `OPEN_TO_COLLEAGUES` names, or by a grant.

    What is not found clean yet, or was refused, only its uploader sees. Nothing else opens a document: no place where
    one works, no office, no superuser. `filters`, order and limit go into each arm; of one patient's `patient` asks,
    which costs least. What was entered in error is hidden unless `in_error` asks for it. A suspended doctor sees
    nothing but what is their own as a patient.
    """
    if not user.is_authenticated:
        return Document.objects.none()
    ways = ways_of(user, Document, now=clock.now(), patient=patient)
    owned = [*own_rules(user, ways, patients_read=Q()), *granted_rules(ways), *colleague_document_rules(ways)]
    if user.may_be_carer:
        owned.append(cared_documents_rule(user))
    wanted = (filters or Q()) & (Q() if in_error else ~Q(status=DocumentStatus.ENTERED_IN_ERROR))
    return rows_open(
        Document.objects.select_related(*_SHOWN_WITH).defer("error_reason"),
        user=user,
        ways=ways,
        owned=owned,
        filters=wanted & (Q(state=UploadState.CURRENT) | Q(uploaded_by=user)),
        order_by=order_by,
        limit=limit,
        patient=patient,
    )


def colleague_document_rules(ways: Ways) -> list[Q | OfEach]:
    """What the records that are open to a person show of what others added, and the visits of a doctor of what their
    patients, whose records are open to them, added to these visits: checked, and never a mistake."""
    added_to_visits = Q(Among("appointment", ways.visits), doctor__isnull=True)
    return record_rules(ways, shown=_shown_to_others(or_else=added_to_visits if ways.visits else None))


def _shown_to_others(or_else: Q | None = None) -> Q:
    """Of the kinds that others than the patient see, or whatever else is named."""
    of_their_kind = Q(category__in=sorted(OPEN_TO_COLLEAGUES))
    checked = Q(state=UploadState.CURRENT) & ~Q(status=DocumentStatus.ENTERED_IN_ERROR)
    return (of_their_kind | or_else if or_else else of_their_kind) & checked


def cared_documents_rule(user: User) -> Q:
    """What those who let the person look as a carer have: of the kinds that colleagues see too, for proofs of identity
    and consents are not care; checked, and never a mistake."""
    return cared_rule(user, Scope.DOCUMENTS) & _shown_to_others()


def documents_as_carer(user: User, patient: Patient, *, limit: int) -> QuerySet[Document]:
    """What a carer sees of somebody's documents, the latest first, whatever else they may see besides."""
    return documents_visible_to(user, patient=patient, filters=cared_documents_rule(user), limit=limit)


def document_for(user: User | AnonymousUser, document_id: UUID) -> Document:
    """One document that the person may see, also one that was entered in error.

    Raises `NotFound`, the same for what exists and what does not.
    """
    found = documents_visible_to(user, filters=Q(public_id=document_id), in_error=True).first()
    if found is None:
        raise NotFound("We cannot find that document.")
    return found


def documents_of(
    user: User,
    patient: Patient,
    *,
    category: str = "",
    size: int,
    before: UUID | None = None,
    after: UUID | None = None,
) -> KeyPage[Document]:
    """A page of what the person may see of a patient's documents, the latest first, from the edge that `before` or
    `after` name; a document that they cannot see names no page, which is the first one then.

    What waits for its check and what was refused stands in `documents_sent` alone.
    """
    wanted = Q(state=UploadState.CURRENT) & (Q(category=category) if category else Q())
    rows_found = partial(documents_visible_to, user, patient=patient)
    return latest_first(rows_found, wanted, "uploaded_at", size=size, before=before, after=after)


def documents_sent(user: User, patient: Patient, *, now: datetime) -> list[Document]:
    """What the person sent to this record within the hour, and what of theirs still waits; the latest first."""
    lately = Q(uploaded_at__gt=now - SENT_LATELY) | Q(state=UploadState.QUARANTINED)
    mine = Q(uploaded_by=user, moved_from__isnull=True) & lately
    return list(documents_visible_to(user, patient=patient, filters=mine, limit=SHOWN_SENT))


def versions_of(user: User, document: Document) -> list[Document]:
    """The other versions of a document that the person may see, the latest first. Two statements, however many."""
    keys = _chain_of(document) - {document.pk}
    others = Q(pk__in=keys, state=UploadState.CURRENT)
    return list(documents_visible_to(user, patient=document.patient, filters=others)) if keys else []


def has_other_versions(document: Document) -> bool:
    """Whether another version counts, did so, or may once it is checked: none that was entered in error."""
    others = Document.objects.filter(pk__in=_chain_of(document) - {document.pk}, state__in=KEPT)
    return others.exclude(status=DocumentStatus.ENTERED_IN_ERROR).exists()


def _chain_of(document: Document) -> set[int]:
    """The primary keys of all versions, by one look at what replaces what in the record."""
    links = Document.objects.filter(patient=document.patient_id, replaces__isnull=False)
    pairs = list(links.order_by().values_list("pk", "replaces_id"))
    chain, before = {document.pk}, 0
    while len(chain) != before:
        before = len(chain)
        chain.update(*(pair for pair in pairs if chain & set(pair)))
    return chain


def sees_patient(user: User | AnonymousUser, patient: Patient) -> bool:
    """Whether a doctor has, had or will have a visit of the patient's that stands: who adds to a record. Never to their
    own, where they are the patient."""
    if not isinstance(user, User) or not has_role(user, Role.DOCTOR) or patient.user_id == user.pk:
        return False
    own = Appointment.objects.filter(patient=patient, doctor__user=user, doctor__is_barred=False)
    return own.filter(status__in=sorted(NOTED)).exists()


def is_record_open(user: User | AnonymousUser, patient: Patient, *, now: datetime) -> bool:
    """Whether somebody may come to a patient's documents: as a doctor who sees them, or because the record is open to
    them, in an emergency say. Whoever is the patient has pages of their own.
    """
    if not isinstance(user, User) or patient.user_id == user.pk:
        return False
    return sees_patient(user, patient) or is_open_to(user, patient, now=now)


def patient_for(user: User | AnonymousUser, patient_id: UUID) -> Patient:
    """The patient to whose documents somebody may come. Raises `NotFound`, the same for whoever exists and who not."""
    patient = Patient.objects.select_related("user").filter(public_id=patient_id).first()
    if patient is None or not is_record_open(user, patient, now=clock.now()):
        raise NotFound("We cannot find that patient.")
    return patient


def visits_to_file_under(user: User, patient: Patient) -> list[Appointment]:
    """The visits to which the person can add a document of the patient's, the latest first: the patient to any of
    their own that stands, a doctor to what they saw the patient at.
    """
    visits = Appointment.objects.filter(patient=patient, status__in=sorted(NOTED))
    if patient.user_id != user.pk:
        visits = visits.filter(doctor__user=user, doctor__is_barred=False)
    return list(visits.select_related("doctor", "visit_type", "location").order_by("-start", "-pk")[:SHOWN_VISITS])


def visits_to_move_to(user: User, document: Document, *, now: datetime) -> list[Appointment]:
    """The visits of a doctor's to which a document of theirs may belong, if it was filed at the wrong patient."""
    visits = visits_treated_at(user, now=now).filter(doctor=document.doctor_id).exclude(patient=document.patient_id)
    shown = visits.exclude(patient__user=user).select_related("patient", "visit_type", "location")
    return list(shown.order_by("-start", "-pk")[:SHOWN_TO_MOVE])


@dataclass(frozen=True)
class Taken:
    """How much of its quota a record has used."""

    files: int
    size: int


def taken_by(patient: Patient) -> Taken:
    """What counts: every file that is kept, older versions and mistakes too. Hold the patient's row to rely on it."""
    kept = Document.objects.filter(patient=patient, state__in=KEPT).aggregate(files=Count("pk"), size=Sum("size"))
    return Taken(files=kept["files"], size=kept["size"] or 0)


def sent_since(user: User, since: datetime) -> int:
    return Document.objects.filter(uploaded_by=user, uploaded_at__gt=since).count()
