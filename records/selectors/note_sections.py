"""Which sections a note has: what its doctor's specialties ask for, and whatever is written already."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from doctors.models import Doctor, Specialty
from records.digests import digest_of
from records.headings import USUAL, Heading, Headings, once_each
from records.models import NoteSection, VisitNote
from records.note_content import NoteContent


@dataclass(frozen=True, kw_only=True)
class SectionSet:
    """A section as an administrator sets it; one without a `key` is new. The lower `position` comes first."""

    key: str
    label: str
    patient_label: str
    hint: str
    position: int
    is_on: bool

    @property
    def heading(self) -> Heading:
        return Heading(key=self.key, label=self.label, patient_label=self.patient_label, hint=self.hint)


def sections_of(specialty: Specialty) -> list[SectionSet]:
    """What is set for a specialty, what is switched off too; the usual six where nothing is."""
    names = ("key", "label", "patient_label", "hint", "position", "is_on")
    # In memory: a page of all of them brings their rows along.
    rows = sorted(specialty.note_sections.all(), key=lambda row: row.position)
    return [SectionSet(**{name: getattr(row, name) for name in names}) for row in rows] or usual_sections()


def usual_sections() -> list[SectionSet]:
    return [
        SectionSet(
            key=one.key,
            label=one.label,
            patient_label=one.patient_label,
            hint=one.hint,
            position=position,
            is_on=True,
        )
        for position, one in enumerate(USUAL, start=1)
    ]


def sections_stamp(sections: Iterable[SectionSet]) -> str:
    """Names what was set when somebody looked, so that nobody writes over what they have not seen."""
    return digest_of({"sections": [vars(one) for one in sections]})


def specialties_with_sections() -> QuerySet[Specialty]:
    """Every specialty, with what is set for it."""
    return Specialty.objects.prefetch_related("note_sections").order_by("name")


def layout_of(doctor: Doctor) -> Headings:
    """The sections of a new note of a doctor's. One with several specialties has those of each, by their positions;
    of two with the same key the label of the first."""
    found = [
        (one.position, specialty.name, one.heading)
        for specialty in doctor.specialties.prefetch_related("note_sections")
        for one in sections_of(specialty)
        if one.is_on
    ]
    return once_each(heading for _, _, heading in sorted(found, key=lambda one: one[:2])) or USUAL


def headings_to_write(note: VisitNote, stored: NoteContent, typed: Iterable[str] = ()) -> Headings:
    """Under which headings a doctor goes on writing. `stored` is the draft, or what was signed last; `typed` are the
    keys of what was typed besides.

    A signed note keeps the headings that it was signed under, in every amendment. A note that nobody has signed has
    those that its doctor's specialties have now, and behind them whatever else something is written under.
    """
    if note.is_signed:
        return stored.headings
    layout = layout_of(note.doctor)
    there = {one.key for one in layout}
    kept = [key for key in dict.fromkeys([*stored.sections, *typed]) if key not in there]
    return (*layout, *_known(kept, stored)) if kept else layout


def _known(keys: list[str], stored: NoteContent) -> list[Heading]:
    """As the draft calls them, else as any specialty does: what was switched off while somebody wrote is not lost."""
    known = {
        row.key: Heading(key=row.key, label=row.label, patient_label=row.patient_label, hint=row.hint)
        for row in NoteSection.objects.filter(key__in=keys).order_by("-pk")
    }
    known |= {one.key: one for one in (*USUAL, *stored.headings) if one.key in keys}
    return [known[key] for key in keys if key in known]
