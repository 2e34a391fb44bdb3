"""One patient's record at a glance: for the patient, and for a doctor to whom it is open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import nlargest
from itertools import chain

from django.db.models import Q

from accounts.models import Patient, User
from booking.models import Appointment
from booking.selectors import appointments_visible_to
from booking.states import STANDING, Status
from common.uploads.states import UploadState
from records.models import Allergy, Document, Prescription, VisitNote
from records.prescription_content import Item
from records.selectors.allergies import allergies_visible_to
from records.selectors.documents import documents_visible_to
from records.selectors.notes import notes_about
from records.selectors.prescription_signatures import prescription_readings
from records.selectors.prescriptions import prescriptions_visible_to, signed_rule, taken_of
from records.states import DocumentStatus

LATEST = 10
TIMELINE = 20


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What came into a record at an instant: `kind` is note, document or prescription."""

    kind: str
    at: datetime
    thing: VisitNote | Document | Prescription


@dataclass(frozen=True, kw_only=True)
class Medicine:
    """What a prescription that is valid or on hold says; no items where it is not as it was signed."""

    prescription: Prescription
    items: tuple[Item, ...]


@dataclass(frozen=True, kw_only=True)
class Overview:
    """As far as the reader may read it: `medicines` is what is valid, on hold or was dispensed lately, of all else the
    latest ten."""

    allergies: list[Allergy]
    medicines: list[Medicine]
    notes: list[VisitNote]
    documents: list[Document]
    prescriptions: list[Prescription]
    visits: list[Appointment]

    @property
    def timeline(self) -> list[Entry]:
        """What the three kinds hold of late, the latest first."""
        return nlargest(TIMELINE, self._entries(), key=lambda entry: entry.at)

    def _entries(self) -> Iterable[Entry]:
        return chain(
            (Entry(kind="note", at=one.signed_at, thing=one) for one in self.notes if one.signed_at),
            (Entry(kind="document", at=one.uploaded_at, thing=one) for one in self.documents),
            (Entry(kind="prescription", at=one.signed_at, thing=one) for one in self.prescriptions if one.signed_at),
        )


def _medicines(prescriptions: Sequence[Prescription]) -> list[Medicine]:
    """Each with what was signed."""
    signed = [reading.signed for reading in prescription_readings(prescriptions)]
    return [
        Medicine(prescription=one, items=tuple(text.content.items) if text else ())
        for one, text in zip(prescriptions, signed, strict=True)
    ]


def overview_of(user: User, patient: Patient, *, now: datetime) -> Overview:
    """Each part through the selector that lists it elsewhere; who may read nothing gets nothing."""
    current = Q(state=UploadState.CURRENT, status=DocumentStatus.CURRENT)
    took_place = Q(patient=patient, status__in=[*STANDING, Status.FULFILLED], start__lte=now)
    latest = ("-signed_at", "-pk")
    return Overview(
        allergies=list(allergies_visible_to(user, patient)),
        medicines=_medicines(taken_of(user, patient, now=now)[:LATEST]),
        notes=list(notes_about(user, patient, limit=LATEST)),
        documents=list(documents_visible_to(user, patient=patient, filters=current, limit=LATEST)),
        prescriptions=list(
            prescriptions_visible_to(user, patient=patient, filters=signed_rule(), order_by=latest, limit=LATEST)
        ),
        visits=list(
            appointments_visible_to(user, filters=took_place, order_by=("-start", "-pk"), limit=LATEST, at_work=False)
        ),
    )
