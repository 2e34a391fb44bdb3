"""A note's content as pages show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from records.note_content import NoteContent, Run, difference
from records.selectors import Reading
from records.states import IN_PLAIN_WORDS, Section

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
    labels: Mapping[Section, str] = IN_PLAIN_WORDS if for_patient else {one: str(one.label) for one in Section}
    return [Part(labels[one], text) for one in Section if (text := content.sections.get(one, ""))]


def changes_between(old: NoteContent, new: NoteContent) -> list[Change]:
    labels = {one.value: str(one.label) for one in Section} | {"summary": SUMMARY}
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
