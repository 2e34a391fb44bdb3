from __future__ import annotations

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from doctors.models import Specialty
from records.states import Section

OWN = "own_"
KEY_FORM = rf"^{OWN}[a-z0-9_]{{1,40}}$"
LABEL_LENGTH, HINT_LENGTH = 80, 200


class NoteSection(models.Model):
    """A section that the visit notes of a specialty's doctors have; a specialty without any has the six of `Section`.

    Only `note_sections_set` writes them. None is deleted, it is switched off: drafts may hold text under its `key`.
    What is signed carries its own headings, so nothing here changes a signed note.
    """

    specialty = models.ForeignKey(Specialty, on_delete=models.PROTECT, related_name="note_sections")
    key = models.CharField(max_length=44)
    label = models.CharField(max_length=LABEL_LENGTH)
    patient_label = models.CharField(max_length=LABEL_LENGTH)
    hint = models.CharField(max_length=HINT_LENGTH, blank=True)
    position = models.PositiveSmallIntegerField()
    is_on = models.BooleanField(default=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["specialty", "position"]
        constraints = [
            models.UniqueConstraint(fields=["specialty", "key"], name="note_section_once"),
            models.UniqueConstraint(
                fields=["specialty", "position"], name="note_section_in_order", deferrable=models.Deferrable.DEFERRED
            ),
            # The name of a field beside those that the form of a note has besides.
            models.CheckConstraint(
                condition=Q(key__in=Section.values) | Q(key__regex=KEY_FORM), name="note_section_key"
            ),
            models.CheckConstraint(condition=~Q(label="") & ~Q(patient_label=""), name="note_section_has_labels"),
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.specialty})"
