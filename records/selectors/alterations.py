from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Model

from records.models import Prescription, VisitNote
from records.selectors.note_versions import is_whole, note_readings
from records.selectors.prescription_signatures import prescription_readings


def altered_among(things: Iterable[Model]) -> frozenset[UUID]:
    """The public ids of the signed notes and prescriptions among them that are not as they were signed.

    Read and hashed each time, as on their own pages: nothing is remembered that could be changed or out of date. Two
    statements however many they are, so for what one page of a list shows.
    """
    signed = [one for one in things if isinstance(one, VisitNote | Prescription) and one.is_signed]
    notes = [one for one in signed if isinstance(one, VisitNote)]
    prescriptions = [one for one in signed if isinstance(one, Prescription)]
    altered: set[UUID] = set()
    if notes:
        read = zip(notes, note_readings(notes), strict=True)
        altered |= {note.public_id for note, readings in read if not is_whole(note, readings)}
    if prescriptions:
        found = zip(prescriptions, prescription_readings(prescriptions), strict=True)
        altered |= {one.public_id for one, reading in found if not reading.is_intact}
    return frozenset(altered)
