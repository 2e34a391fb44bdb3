"""What an appointment's page leads to in the patient's record: it names a template of ours, and imports nothing."""

from __future__ import annotations

from dataclasses import dataclass

from django import template
from django.db.models import Q

from accounts.models import User
from booking.models import Appointment
from common import clock
from common.uploads.states import UploadState
from records.models import Document, Prescription, VisitNote
from records.selectors import documents_visible_to, note_of_visit, prescriptions_of_visit

register = template.Library()
SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class VisitRecord:
    """What was written at a visit, prescribed from it and filed under it, as far as its reader may read it."""

    note: VisitNote | None
    prescriptions: list[Prescription]
    documents: list[Document]

    @property
    def signed(self) -> list[VisitNote | Prescription]:
        return [*([self.note] if self.note else []), *self.prescriptions]

    def __bool__(self) -> bool:
        return bool(self.note or self.prescriptions or self.documents)


@register.simple_tag
def record_of_visit(appointment: Appointment, user: User) -> VisitRecord | None:
    """For the patient, once the visit has begun: what is signed and released, and what was found clean.

    For nobody else: whoever else reads a record comes to it where each look is told to the patient.
    """
    if appointment.patient.user_id != user.pk or appointment.start > clock.now():
        return None
    filed = Q(appointment=appointment, state=UploadState.CURRENT)
    return VisitRecord(
        note=note_of_visit(user, appointment),
        prescriptions=prescriptions_of_visit(user, appointment),
        documents=list(documents_visible_to(user, patient=appointment.patient, filters=filed, limit=SHOWN)),
    )
