"""What the words of a search mean: a specialty, a condition that editors have written down, or else a name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, NamedTuple

from doctors.places import TOWNS

LONGEST_PHRASE = 4
# Fewer letters fit too much: neither the beginning of a condition nor a slip in one.
SHORTEST_BEGINNING = 3
SHORTEST_SLIP = 4
SHORTEST_PLURAL = 4
LIKE_ENOUGH = 0.45
# Below that one only asks whether it was meant.
LIKE_AT_ALL = 0.25
# The share of letters in their order, of a town's name and of what was typed together.
ALMOST_A_TOWN = 0.8
# What people say around a name or a condition; it never narrows a search.
FILLERS = frozenset(["a", "and", "dr", "doctor", "for", "in", "my", "of", "or", "the", "with"])


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Some words of a search. Without `specialty_ids` they are taken for a name; `meant` is the word that was read.

    `is_guess` where the words are only spelt much like `meant`; a name that is spelt so goes before it.
    """

    typed: str
    meant: str = ""
    specialty_ids: tuple[int, ...] = ()
    is_guess: bool = False


class _Known(NamedTuple):
    phrase: str
    specialty_ids: tuple[int, ...]


def told(text: str) -> list[str]:
    """The words of a search that tell something: not "Dr" or "and", unless there are no others."""
    words = text.split()
    return [word for word in words if plain(word) not in FILLERS] or words


def readings_of(words: Sequence[str], specialties: Iterable[Any]) -> list[Reading]:
    """The words as readings, in their order. Specialties carry `search_words`, the conditions that lead to them."""
    if not words:
        return []
    known = _vocabulary(specialties)
    exact = {singular(entry.phrase): entry for entry in known}
    readings: list[Reading] = []
    rest: list[str] = []
    position = 0
    while position < len(words):
        for length in range(min(LONGEST_PHRASE, len(words) - position), 0, -1):
            typed = " ".join(words[position : position + length])
            if found := exact.get(singular(plain(typed))):
                readings += [*_unknown(rest, known), _as(typed, found)]
                rest = []
                break
        else:
            length = 1
            rest.append(words[position])
        position += length
    return [*readings, *_unknown(rest, known)]


def nearest_phrase(text: str, specialties: Iterable[Any]) -> str:
    """The specialty or condition that is spelt most like all of `text`, to ask whether it was meant; "" where none is.

    Nothing for what is such a phrase itself.
    """
    asked = plain(" ".join(told(text)))
    near = {entry.phrase: likeness(asked, entry.phrase) for entry in _vocabulary(specialties)}
    best = max(near, key=lambda phrase: near[phrase], default="")
    return best if LIKE_AT_ALL <= near.get(best, 0) < 1 else ""


def parts_of(text: str, specialties: Iterable[Any]) -> tuple[list[str], str]:
    """Those of the words that are a specialty or a condition each, such as "ear" and "infection" of "ear infection",
    and the rest of them. None is a part where all are one."""
    readings = readings_of(told(text), specialties)
    known = [one.typed for one in readings if one.specialty_ids and not one.is_guess]
    rest = " ".join(one.typed for one in readings if one.typed not in known)
    return (known if len(readings) > 1 else []), rest


def town_like(text: str) -> str:
    """The town that is spelt most like it, to ask whether it was meant; "" where none is."""
    if not text:
        return ""
    asked = text.upper()
    name = max(TOWNS, key=lambda town: likeness(asked, town))
    if likeness(asked, name) >= LIKE_ENOUGH:
        return TOWNS[name].name
    # Letters that have changed places leave few of the pieces that likeness counts.
    return next((TOWNS[town].name for town in get_close_matches(asked, TOWNS, n=1, cutoff=ALMOST_A_TOWN)), "")


def plain(text: str) -> str:
    """Small letters without punctuation, one space between words: as phrases are compared."""
    return " ".join(re.findall(r"[\w'’-]+", text.casefold())).replace("’", "'")


def singular(phrase: str) -> str:
    """Each word without the ending of a plural, to compare two that have both been through here: "chest pains" as
    "chest pain", "injuries" as "injury". What only looks like a plural loses its ending on both sides."""
    return " ".join(map(_singular, phrase.split()))


def _singular(word: str) -> str:
    if len(word) < SHORTEST_PLURAL or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word.removesuffix("es") if word.endswith(("ches", "shes", "sses", "xes")) else word[:-1]


def _vocabulary(specialties: Iterable[Any]) -> list[_Known]:
    ids: dict[str, list[int]] = {}
    for specialty in specialties:
        for phrase in (specialty.name, *getattr(specialty, "search_words", ())):
            ids.setdefault(" ".join(told(plain(phrase))), []).append(specialty.pk)
    return [_Known(phrase, tuple(found)) for phrase, found in ids.items()]


def _unknown(words: Sequence[str], known: Sequence[_Known]) -> list[Reading]:
    """Words that are no phrase as they stand: the beginning of one, or one with a slip in it, or a name."""
    if len(words) > 1 and (found := _spelt_like(" ".join(words), known)):
        return [found]
    return [_begun(word, known) or _spelt_like(word, known) or Reading(typed=word) for word in words]


def _begun(typed: str, known: Sequence[_Known]) -> Reading | None:
    """One is still typing "palpit", or names a part of a specialty."""
    word = plain(typed)
    enough = len(word) >= SHORTEST_BEGINNING
    return _read(typed, known, lambda entry: enough and any(part.startswith(word) for part in _begins(entry.phrase)))


def _begins(phrase: str) -> list[str]:
    parts = phrase.split()
    return [phrase, *parts[1:]]


def _spelt_like(typed: str, known: Sequence[_Known]) -> Reading | None:
    word = plain(typed)
    if len(word) < SHORTEST_SLIP:
        return None
    best = max(known, key=lambda entry: likeness(word, entry.phrase), default=None)
    nearness = likeness(word, best.phrase) if best else 0
    if best is None or nearness < LIKE_ENOUGH:
        return None
    # The same words in another order are no slip.
    return _as(typed, best, is_guess=nearness < 1)


def _read(typed: str, known: Sequence[_Known], fits: Callable[[_Known], bool]) -> Reading | None:
    found = [entry for entry in known if fits(entry)]
    if not found:
        return None
    ids = {pk: None for entry in found for pk in entry.specialty_ids}
    return Reading(typed=typed, meant=found[0].phrase, specialty_ids=tuple(ids))


def _as(typed: str, entry: _Known, *, is_guess: bool = False) -> Reading:
    return Reading(typed=typed, meant=entry.phrase, specialty_ids=entry.specialty_ids, is_guess=is_guess)


def likeness(one: str, other: str) -> float:
    """As PostgreSQL's `similarity`: the share of three-letter pieces that both have, from 0 to 1."""
    ours, theirs = _pieces(one), _pieces(other)
    return len(ours & theirs) / (len(ours | theirs) or 1)


@lru_cache(maxsize=4096)
def _pieces(text: str) -> frozenset[str]:
    padded = (f"  {word} " for word in re.findall(r"\w+", text))
    return frozenset(word[start : start + 3] for word in padded for start in range(len(word) - 2))
