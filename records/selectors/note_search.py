"""Searching one patient's notes: they are opened in memory, for no index holds a word of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from accounts.models import Patient, User
from records.models import VisitNote
from records.note_content import NoteContent
from records.selectors.note_versions import is_whole, note_readings
from records.selectors.notes import notes_about

# As many of the latest notes as are opened for one search, each held against its signatures.
SEARCHED = 300
WORDS_AT_MOST, AROUND = 8, 60


@dataclass(frozen=True, kw_only=True)
class FoundNote:
    """A note in which every word stands, and what stands around the first of them."""

    note: VisitNote
    excerpt: str


@dataclass(frozen=True, kw_only=True)
class NoteSearch:
    """`passed_over` are notes that nobody could search: they are not as they were signed. `has_older`: there are more
    than the 300 that were searched."""

    found: list[FoundNote] = field(default_factory=list)
    passed_over: list[VisitNote] = field(default_factory=list)
    has_older: bool = False


def notes_saying(user: User, patient: Patient, words: str) -> NoteSearch:
    """The notes about one patient that the person may read and that say all the words, the latest first.

    Capitals do not count, and a part of a word fits. A note of which anything was changed since its signature is passed
    over, and named.
    """
    wanted = [word.casefold() for word in words.split()][:WORDS_AT_MOST]
    if not wanted:
        return NoteSearch()
    notes = list(notes_about(user, patient, limit=SEARCHED + 1))
    texts = _texts_of(notes[:SEARCHED])
    found, passed_over = [], []
    for note in notes[:SEARCHED]:
        text = texts.get(note.pk)
        if text is None:
            passed_over.append(note)
            continue
        folded = text.casefold()
        if all(word in folded for word in wanted):
            found.append(FoundNote(note=note, excerpt=_around(text, folded, wanted[0])))
    return NoteSearch(found=found, passed_over=passed_over, has_older=len(notes) > SEARCHED)


def _texts_of(notes: list[VisitNote]) -> dict[int, str]:
    """The latest version of each as one text, by the note's key; one that is not as it was signed is left out, also
    where its latest version is: its page says so beside the text, and an excerpt has no room for that."""
    readings = zip(notes, note_readings(notes), strict=True)
    return {note.pk: _text(versions[-1].content) for note, versions in readings if is_whole(note, versions)}


def _text(content: NoteContent | None) -> str:
    return "\n".join(text for text in content.parts.values() if text) if content else ""


def _around(text: str, folded: str, word: str) -> str:
    # Where folding changes lengths (ß, İ) the place is off by a little, which an excerpt bears.
    at = folded.index(word)
    start, end = max(0, at - AROUND), min(len(text), at + len(word) + AROUND)
    return ("…" if start else "") + " ".join(text[start:end].split()) + ("…" if end < len(text) else "")
