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
from records.states import Section

_WORDS, _LINES, _WHOLE = re.compile(r"\s+|\S+"), re.compile(r"[^\n]*\n|[^\n]+"), re.compile(r"(?s).+")
# Pairs of words: some 200 by 200 places. Text made to be slow takes time with the third power of a side.
COMPARED_AT_MOST = 60_000
TEXT_LENGTH = 10_000


@dataclass(frozen=True, kw_only=True)
class NoteContent:
    """The text of a note; `summary` is for the patient, in plain words."""

    sections: Mapping[str, str] = field(default_factory=dict)
    summary: str = ""

    @property
    def is_empty(self) -> bool:
        return not any(text.strip() for text in self.parts.values())

    @property
    def parts(self) -> dict[str, str]:
        """Every part by its name, in order; empty ones too."""
        return {**{one.value: self.sections.get(one.value, "") for one in Section}, "summary": self.summary}


def content_of(parts: Mapping[str, Any]) -> NoteContent:
    """From what a form sent: ends of lines are one character, whichever browser wrote them."""
    clean = {name: _clean(str(parts.get(name) or "")) for name in (*Section.values, "summary")}
    summary = clean.pop("summary")
    return NoteContent(sections={name: text for name, text in clean.items() if text}, summary=summary)


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def to_text(content: NoteContent) -> str:
    """A draft as it is stored (and encrypted there)."""
    return canonical({"sections": dict(content.sections), "summary": content.summary})


def from_text(text: str) -> NoteContent:
    return from_payload(json.loads(text)) if text else NoteContent()


def from_payload(payload: Mapping[str, Any]) -> NoteContent:
    return NoteContent(sections=payload["sections"], summary=payload["summary"])


@dataclass(frozen=True)
class Run:
    """Words in a row that stayed (`equal`), came (`insert`) or went (`delete`)."""

    kind: str
    text: str


def difference(old: NoteContent, new: NoteContent) -> dict[str, list[Run]]:
    """What changed, word by word, of the parts in which anything did."""
    before, after = old.parts, new.parts
    return {name: _runs(before[name], after[name]) for name in after if before[name] != after[name]}


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
