from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet

from audit.selectors import events_of, objects_of
from common.fields import DecryptionError
from records.models import Prescription, VisitNote
from records.models.notes import NOTE_TEXTS
from records.models.prescriptions import PRESCRIPTION_TEXTS
from records.selectors import Reading, is_whole, reading_of, readings_of
from records.services.prescriptions.change import PRESCRIPTION_CHANGES

_BATCH = 500
_SIGNATURES = ("note.signed", "note.amended")


class Command(BaseCommand):
    """Holds every signed visit note and prescription against its signatures, and these against the audit log, which
    names each of them; names those that were changed or are gone, and fails if there are any. Of a prescription it
    also holds what became of it against the log.

    It says which, by their public ids, and nothing of what stands in them. `audit_verify` says whether the log itself
    is whole.
    """

    help = "Verify that every signed visit note and prescription is as it was signed."

    def handle(self, *args: Any, **options: Any) -> None:
        notes, prescriptions = _notes_seen(), _prescriptions_seen()
        for kind, seen in (("visit note", notes), ("prescription", prescriptions)):
            for name in seen.altered:
                self.stderr.write(f"Not as it was signed: {kind} {name}")
        altered = len(notes.altered) + len(prescriptions.altered)
        if altered:
            signed = notes.signed + prescriptions.signed
            raise CommandError(f"{altered} of {signed} signed notes and prescriptions are not as they were signed.")
        self.stdout.write(
            f"{notes.signed} signed notes with {notes.versions} versions and {prescriptions.signed} signed "
            "prescriptions are as they were signed."
        )


@dataclass(frozen=True, kw_only=True)
class Seen:
    signed: int
    altered: list[str]
    versions: int = 0


def _notes_seen() -> Seen:
    signed = versions = 0
    suspect, known = [], set()
    for note in _notes().order_by("pk").iterator(chunk_size=_BATCH):
        readings = readings_of(note)
        signed, versions = signed + bool(readings), versions + len(readings)
        known.add(str(note.public_id))
        if not _is_as_signed(note, readings):
            suspect.append(note.pk)
    # What was signed while this ran is looked at again.
    again = _notes().filter(pk__in=suspect).order_by("pk")
    altered = [str(note.public_id) for note in again if not _is_as_signed(note, readings_of(note))]
    return Seen(signed=signed, versions=versions, altered=altered + _gone(VisitNote, _SIGNATURES[0], known))


def _notes() -> QuerySet[VisitNote]:
    return VisitNote.objects.select_related("appointment", "patient", "doctor").defer(*NOTE_TEXTS)


def _is_as_signed(note: VisitNote, readings: Sequence[Reading]) -> bool:
    """The note's own count can be lowered with its last version; the log still names that version."""
    logged = [event.data.get("digest") for event in events_of(note, actions=_SIGNATURES)]
    return (
        _opens(note, *NOTE_TEXTS)
        and is_whole(note, readings)
        and logged == [reading.version.digest for reading in readings]
    )


def _prescriptions_seen() -> Seen:
    signed, suspect, known = 0, [], set()
    for prescription in _prescriptions().order_by("pk").iterator(chunk_size=_BATCH):
        signed += prescription.is_signed
        known.add(str(prescription.public_id))
        if not _stands_as_signed(prescription):
            suspect.append(prescription.pk)
    again = _prescriptions().filter(pk__in=suspect).order_by("pk")
    altered = [str(one.public_id) for one in again if not _stands_as_signed(one)]
    return Seen(signed=signed, altered=altered + _gone(Prescription, "prescription.signed", known))


def _prescriptions() -> QuerySet[Prescription]:
    return Prescription.objects.select_related("appointment", "patient", "doctor", "replaces").defer(
        *PRESCRIPTION_TEXTS
    )


def _stands_as_signed(prescription: Prescription) -> bool:
    """What was signed, and what became of it: a row that was made valid again behind the house's back is found."""
    logged = list(events_of(prescription, actions=PRESCRIPTION_CHANGES))
    if not _opens(prescription, "draft", "reason"):
        return False
    reading = reading_of(prescription)
    if not logged:
        return not prescription.is_signed and reading.signature is None
    digest, status = logged[0].data.get("digest"), logged[-1].data.get("after")
    is_intact = reading.is_intact and reading.signature is not None and reading.signature.digest == digest
    return is_intact and prescription.status == status


def _opens(thing: VisitNote | Prescription, *texts: str) -> bool:
    """Whether what stands beside the signature can be read: the draft, and why it was held, ended or a mistake."""
    try:
        return type(thing)._default_manager.filter(pk=thing.pk).values_list(*texts).first() is not None
    except DecryptionError:
        return False


def _gone(model: type[VisitNote | Prescription], signature: str, known: set[str]) -> list[str]:
    missing = {name for name in objects_of(signature) if name not in known}
    begun_since = model._default_manager.filter(public_id__in=missing).values_list("public_id", flat=True)
    return sorted(missing - set(map(str, begun_since)))
