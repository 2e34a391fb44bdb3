"""Searching one patient's notes: they are opened in memory, for no index holds a word of them."""

from __future__ import annotations

import json
from dataclasses import dataclass

from cryptography.fernet import InvalidToken
from django.db.models import F, TextField
from django.db.models.functions import Cast

from accounts.models import Patient, User
from common.fields import cipher
from records.models import NoteVersion, VisitNote
from records.note_content import NoteContent, from_payload
from records.selectors.notes import notes_about

# As many of the latest notes as are opened for one search: some 2 ms of decryption a hundred.
SEARCHED = 300
WORDS_AT_MOST, AROUND = 8, 60


@dataclass(frozen=True, kw_only=True)
class FoundNote:
    """A note in which every word stands, and what stands around the first of them."""

    note: VisitNote
    excerpt: str


def notes_saying(user: User, patient: Patient, words: str) -> tuple[list[FoundNote], bool]:
    """The notes about one patient that the person may read and that say all the words, the latest first.

    Capitals do not count, and a part of a word fits. Second: whether there are older notes than the 300 that were
    searched. What was changed since its signature is passed over, as its page would show nothing of it.
    """
    wanted = [word.casefold() for word in words.split()][:WORDS_AT_MOST]
    if not wanted:
        return [], False
    notes = list(notes_about(user, patient, limit=SEARCHED + 1))
    texts = _texts_of(notes[:SEARCHED])
    found = []
    for note in notes[:SEARCHED]:
        text = texts.get(note.pk, "")
        folded = text.casefold()
        if all(word in folded for word in wanted):
            found.append(FoundNote(note=note, excerpt=_around(text, folded, wanted[0])))
    return found, len(notes) > SEARCHED


def _texts_of(notes: list[VisitNote]) -> dict[int, str]:
    """The latest version of each as one text, by the note's key; one that no key opens is left out.

    As the database holds them, in one statement: read as the field does, one that is spoilt would end it for all.
    """
    latest = NoteVersion.objects.filter(note__in=[note.pk for note in notes], number=F("note__version_count"))
    texts = {}
    for note_id, stored in latest.order_by().values_list("note_id", Cast("payload", TextField())):
        try:
            texts[note_id] = _text(from_payload(json.loads(cipher().decrypt(stored.encode()))))
        except (InvalidToken, ValueError, KeyError, TypeError):
            continue
    return texts


def _text(content: NoteContent) -> str:
    return "\n".join(text for text in content.parts.values() if text)


def _around(text: str, folded: str, word: str) -> str:
    # Where folding changes lengths (ß, İ) the place is off by a little, which an excerpt bears.
    at = folded.index(word)
    start, end = max(0, at - AROUND), min(len(text), at + len(word) + AROUND)
    return ("…" if start else "") + " ".join(text[start:end].split()) + ("…" if end < len(text) else "")
