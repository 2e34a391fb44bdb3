from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet

from audit.selectors import events_of, objects_of
from records.models import VisitNote
from records.selectors import Reading, is_whole, readings_of

_BATCH = 500
_SIGNATURES = ("note.signed", "note.amended")


class Command(BaseCommand):
    """Holds every signed visit note against its signatures, and these against the audit log, which names each of them;
    names those that were changed or are gone, and fails if there are any.

    It says which notes, by their public ids, and nothing of what stands in them. `audit_verify` says whether the log
    itself is whole.
    """

    help = "Verify that every signed visit note is as it was signed."

    def handle(self, *args: Any, **options: Any) -> None:
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
        altered += _gone(known)
        for name in altered:
            self.stderr.write(f"Not as it was signed: visit note {name}")
        if altered:
            raise CommandError(f"{len(altered)} of {signed} signed notes are not as they were signed.")
        self.stdout.write(f"{signed} signed notes with {versions} versions are as they were signed.")


def _notes() -> QuerySet[VisitNote]:
    return VisitNote.objects.select_related("appointment", "patient", "doctor").defer("draft", "error_reason")


def _is_as_signed(note: VisitNote, readings: Sequence[Reading]) -> bool:
    """The note's own count can be lowered with its last version; the log still names that version."""
    logged = [event.data.get("digest") for event in events_of(note, actions=_SIGNATURES)]
    return is_whole(note, readings) and logged == [reading.version.digest for reading in readings]


def _gone(known: set[str]) -> list[str]:
    missing = {name for name in objects_of(_SIGNATURES[0]) if name not in known}
    begun_since = VisitNote.objects.filter(public_id__in=missing).values_list("public_id", flat=True)
    return sorted(missing - set(map(str, begun_since)))
