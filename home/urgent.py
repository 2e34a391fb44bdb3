"""Words that people type when it cannot wait, and whether somebody has typed one of them, however it is spelt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher

from doctors.selectors.words import plain, singular

# Signs for which the NHS says to call 999 or 111, or to go to an emergency department, as people write them. Slips of a
# letter and plurals are found by themselves. Editors add words of their own to these, and take none away.
WORDS = (
    *("chest pain", "pain in chest", "pain in my chest", "chest hurts", "tight chest", "chest tightness"),
    *("heart attack", "cardiac arrest", "stroke", "face drooping", "slurred speech"),
    *("cannot breathe", "cant breathe", "unable to breathe", "not breathing", "struggling to breathe", "choking"),
    *("difficulty breathing", "trouble breathing", "short of breath", "shortness of breath"),
    *("overdose", "took too many tablets", "poisoned", "poisoning", "swallowed bleach"),
    *("anaphylaxis", "anafilaxis", "anaphylactic", "throat closing", "severe allergic reaction"),
    *("unconscious", "collapsed", "seizure", "severe bleeding", "heavy bleeding", "bleeding wont stop"),
    *("coughing blood", "coughing up blood", "vomiting blood", "head injury", "meningitis", "sepsis", "heatstroke"),
    *("suicide", "suicidal", "kill myself", "end my life", "want to die", "self harm", "cauda equina"),
    *("ambulance", "999", "111"),
)
# Below that many letters one slip makes another word of it.
SHORTEST_SLIP = 6
ALMOST = 0.87
# What two slips take or add.
_LETTERS_OFF = 2


def is_urgent(text: str, more: Iterable[str] = ()) -> bool:
    """Whether words of `WORDS` or of `more` stand in the text: in their order, with a slip, or run together.

    Rather once too often than not when it is needed: it hides nothing of what was found.
    """
    words = _parts(text)
    runs = {size: ["".join(words[at : at + size]) for at in range(len(words) - size + 1)] for size in range(1, 7)}
    phrases = (*_KNOWN, *filter(None, map(_parts, more)))
    return any(_is_like(typed, "".join(phrase)) for phrase in phrases for typed in _near(runs, len(phrase)))


def _parts(text: str) -> list[str]:
    """As they are compared: "can’t" as "cant", "self-harm" as two words, "pains" as "pain"."""
    return singular(plain(text.replace("-", " ")).replace("'", "")).split()


def _near(runs: Mapping[int, list[str]], length: int) -> Iterator[str]:
    """So many words in a row, or one less or more, each row as one word: "chestpain", "heart at tack"."""
    for size in (length - 1, length, length + 1):
        yield from runs.get(size, ())


def _is_like(typed: str, meant: str) -> bool:
    if typed == meant:
        return True
    if len(meant) < SHORTEST_SLIP or abs(len(typed) - len(meant)) > _LETTERS_OFF:
        return False
    # Tells most words apart at a hundredth of the price of comparing them.
    if len(set(typed) ^ set(meant)) > 2 * _LETTERS_OFF:
        return False
    likeness = SequenceMatcher(None, typed, meant, autojunk=False)
    return likeness.quick_ratio() >= ALMOST and likeness.ratio() >= ALMOST


_KNOWN = [_parts(phrase) for phrase in WORDS]
