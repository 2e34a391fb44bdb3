from __future__ import annotations

from uuid import UUID

from django.db import transaction

from accounts.models import User
from audit.services import event_record
from booking.policies import acts_as_doctor
from booking.selectors import appointment_for
from common import clock
from common.errors import Conflict, Forbidden
from common.history import sign
from records.locks import appointment_locked
from records.models import VisitNote
from records.models.notes import NOTE_TEXTS
from records.states import NOTED, NoteStatus


@transaction.atomic
def note_begin(*, actor: User, appointment_id: UUID) -> VisitNote:
    """The note of a visit, begun by its doctor; beginning it again answers with the one that is there.

    Raises `NotFound`, `Forbidden`, `Busy`, and `Conflict` (`no_visit`, data `current`) for a visit that does not stand.
    """
    appointment = appointment_locked(appointment_for(actor, appointment_id))
    if not acts_as_doctor(actor, appointment):
        raise Forbidden("doctors_only", "Only the doctor of a visit can write its note.")
    of_it = VisitNote.objects.filter(appointment=appointment).defer(*NOTE_TEXTS)
    known = of_it.exclude(status=NoteStatus.ENTERED_IN_ERROR).first()
    if known is not None:
        return known
    if appointment.status not in NOTED:
        message = "This visit does not stand, so there is no note to write."
        raise Conflict("no_visit", message, current=appointment.status)
    now = clock.now()
    note = VisitNote(
        appointment=appointment,
        patient=appointment.patient,
        doctor=appointment.doctor,
        created_at=now,
        draft_saved_at=now,
    )
    sign(note, actor)
    note.save(force_insert=True)
    event_record("note.begun", note, actor=actor)
    return note
