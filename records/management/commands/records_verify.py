from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from records.models import VisitNote
from records.selectors import is_whole, readings_of

_BATCH = 500


class Command(BaseCommand):
    """Holds every signed visit note against its signatures; names those that were changed, and fails if there are any.

    It says which notes, by their public ids, and nothing of what stands in them.
    """

    help = "Verify that every signed visit note is as it was signed."

    def handle(self, *args: Any, **options: Any) -> None:
        notes = VisitNote.objects.select_related("appointment", "patient", "doctor").defer("draft", "error_reason")
        signed = versions = 0
        altered = []
        for note in notes.order_by("pk").iterator(chunk_size=_BATCH):
            readings = readings_of(note)
            signed, versions = signed + bool(readings), versions + len(readings)
            if not is_whole(note, readings):
                altered.append(str(note.public_id))
        for name in altered:
            self.stderr.write(f"Not as it was signed: visit note {name}")
        if altered:
            raise CommandError(f"{len(altered)} of {signed} signed notes are not as they were signed.")
        self.stdout.write(f"{signed} signed notes with {versions} versions are as they were signed.")
