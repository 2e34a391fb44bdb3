"""What a note says: between its form, the encrypted text of the database, the digest that a signature rests on, and the
difference between two versions."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from records.digests import canonical
from records.headings import USUAL, Headings, from_stored, to_stored

_WORDS, _LINES, _WHOLE = re.compile(r"\s+|\S+"), re.compile(r"[^\n]*\n|[^\n]+"), re.compile(r"(?s).+")
# Pairs of words: some 200 by 200 places. Text made to be slow takes time with the third power of a side.
COMPARED_AT_MOST = 60_000
TEXT_LENGTH = 10_000


@dataclass(frozen=True, kw_only=True)
class NoteContent:
    """The text of a note; `summary` is for the patient, in plain words.

    `headings` are those under which it was written. Two with the same text are equal, whatever stands above it.
    """

    sections: Mapping[str, str] = field(default_factory=dict)
    summary: str = ""
    headings: Headings = field(default=USUAL, compare=False)

    @property
    def is_empty(self) -> bool:
        return not any(text.strip() for text in self.parts.values())

    @property
    def parts(self) -> dict[str, str]:
        """Every part by its name, in order; empty ones too."""
        return {**{one.key: self.sections.get(one.key, "") for one in self.headings}, "summary": self.summary}

    def under(self, headings: Headings) -> NoteContent:
        """The same under other headings; what stands under none of them is left out."""
        keys = {one.key for one in headings}
        kept = {key: text for key, text in self.sections.items() if key in keys}
        return NoteContent(sections=kept, summary=self.summary, headings=headings)


def content_of(parts: Mapping[str, Any], headings: Headings = USUAL) -> NoteContent:
    """From what a form sent: ends of lines are one character, whichever browser wrote them."""
    clean = {name: _clean(str(parts.get(name) or "")) for name in (*(one.key for one in headings), "summary")}
    summary = clean.pop("summary")
    written = {name: text for name, text in clean.items() if text}
    return NoteContent(sections=written, summary=summary, headings=headings)


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def to_text(content: NoteContent) -> str:
    """A draft as it is stored (and encrypted there)."""
    return canonical(to_payload(content))


def to_payload(content: NoteContent) -> dict[str, Any]:
    """As JSON; its headings too, where they are not the usual ones."""
    return {"sections": dict(content.sections), "summary": content.summary, **to_stored(content.headings)}


def from_text(text: str) -> NoteContent:
    """Raises `ValueError`, `KeyError` or `TypeError` for what is no draft of a note."""
    payload = json.loads(text) if text else {"sections": {}, "summary": ""}
    if not isinstance(payload, dict) or not isinstance(payload["sections"], dict):
        raise TypeError("No draft of a note")
    return from_payload(payload)


def from_payload(payload: Mapping[str, Any]) -> NoteContent:
    headings = from_stored(payload.get("headings"))
    return NoteContent(sections=payload["sections"], summary=payload["summary"], headings=headings)


@dataclass(frozen=True)
class Run:
    """Words in a row that stayed (`equal`), came (`insert`) or went (`delete`)."""

    kind: str
    text: str


def difference(old: NoteContent, new: NoteContent) -> dict[str, list[Run]]:
    """What changed, word by word, of the parts in which anything did."""
    before, after = old.parts, new.parts
    names = dict.fromkeys([*after, *before])
    pairs = {name: (before.get(name, ""), after.get(name, "")) for name in names}
    return {name: _runs(*pair) for name, pair in pairs.items() if pair[0] != pair[1]}


def _runs(old: str, new: str) -> list[Run]:
    """By words; where so many of them changed that comparing each with each takes long, by lines, or as one."""
    return next(
        runs
        for pattern in (_WORDS, _LINES, _WHOLE)
        if (runs := _compared(pattern.findall(old), pattern.findall(new))) is not None
    )


def _compared(before: list[str], after: list[str]) -> list[Run] | None:
    """The runs of what changed between what both begin and end with; None where it is too much to compare."""
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    if len(old) * len(new) > COMPARED_AT_MOST:
        return None
    runs = [Run("equal", "".join(before[:start]))]
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, come = "".join(old[a:b]), "".join(new[c:d])
        runs += [Run("equal", gone)] if kind == "equal" else [Run("delete", gone), Run("insert", come)]
    runs.append(Run("equal", "".join(before[len(before) - end :])))
    return [run for run in runs if run.text]


def _common(one: list[str], other: list[str]) -> int:
    """How many both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(one), len(other)))
