"""A note's content as pages show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from records.note_content import NoteContent, Run, difference
from records.selectors import Reading

SUMMARY = "In plain words, for the patient"


@dataclass(frozen=True)
class Part:
    label: str
    text: str


@dataclass(frozen=True)
class Change:
    label: str
    runs: list[Run]


def parts_of(content: NoteContent, *, for_patient: bool) -> list[Part]:
    """The sections in which anything stands."""
    written = [(one, text) for one in content.headings if (text := content.sections.get(one.key, ""))]
    return [Part(one.patient_label if for_patient else one.label, text) for one, text in written]


def changes_between(old: NoteContent, new: NoteContent) -> list[Change]:
    labels = {one.key: one.label for one in (*old.headings, *new.headings)} | {"summary": SUMMARY}
    return [Change(labels[name], runs) for name, runs in difference(old, new).items()]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A signed version with its parts; the latest one with what it changed of the one before."""

    reading: Reading
    parts: list[Part]
    changes: list[Change]


def shown(readings: Sequence[Reading], *, for_patient: bool) -> list[Shown]:
    """The latest version first."""
    found: list[Shown] = []
    for number, reading in enumerate(readings, start=1):
        content = reading.content
        before = readings[number - 2].content if number == len(readings) > 1 else None
        parts = parts_of(content, for_patient=for_patient) if content else []
        changes = changes_between(before, content) if before and content else []
        found.append(Shown(reading=reading, parts=parts, changes=changes))
    return found[::-1]
