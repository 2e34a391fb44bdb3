"""Under which headings a note is written: its sections in their order, as its doctor and as its patient read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from records.states import IN_PLAIN_WORDS, Section


@dataclass(frozen=True, kw_only=True)
class Heading:
    """A section of notes. Its text is known by `key`; `hint` helps whoever writes, and is no part of a note."""

    key: str
    label: str
    patient_label: str
    hint: str = field(default="", compare=False)


Headings = tuple[Heading, ...]

USUAL: Headings = tuple(
    Heading(key=one.value, label=str(one.label), patient_label=IN_PLAIN_WORDS[one]) for one in Section
)


def to_stored(headings: Headings) -> dict[str, Any]:
    """What a draft and a signed text say of them; nothing where they are the usual ones, as of all older notes."""
    if headings == USUAL:
        return {}
    return {"headings": [[one.key, one.label, one.patient_label] for one in headings]}


def from_stored(stored: Sequence[Sequence[str]] | None) -> Headings:
    """Raises `ValueError` and `TypeError` for what is none."""
    if stored is None:
        return USUAL
    return tuple(Heading(key=key, label=label, patient_label=told) for key, label, told in stored)


def once_each(headings: Iterable[Heading]) -> Headings:
    """Each key where it comes first."""
    found: dict[str, Heading] = {}
    for one in headings:
        found.setdefault(one.key, one)
    return tuple(found.values())
