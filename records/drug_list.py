"""The medicines that ship with the product (`data/drugs.csv`), and what the law says of them for ever.

The table `Drug` begins with these and is the editors' own from then on; but an edit there takes no shipped medicine out
of its schedule, nor does another name that holds its name.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "drugs.csv"
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, kw_only=True)
class ShippedDrug:
    """`schedule` is 1 to 5 of the Misuse of Drugs Regulations 2001, None for what is not controlled."""

    name: str
    forms: tuple[str, ...]
    strengths: tuple[str, ...]
    schedule: int | None
    category: str
    groups: tuple[str, ...]


# What a name says of a medicine besides its substance.
_UNITS = frozenset({"mg", "ml", "g", "micrograms", "microgram", "mcg", "in", "and", "with"})


@cache
def shipped_drugs() -> tuple[ShippedDrug, ...]:
    with _FILE.open(encoding="utf-8", newline="") as lines:
        return tuple(_drug(row) for row in csv.DictReader(lines, delimiter="|"))


def _drug(row: dict[str, str]) -> ShippedDrug:
    return ShippedDrug(
        name=row["name"],
        forms=_several(row["forms"]),
        strengths=_several(row["strengths"]),
        schedule=int(row["schedule"]) if row["schedule"] else None,
        category=row["category"],
        groups=_several(row["groups"]),
    )


def _several(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def words_of(text: str) -> list[str]:
    """The words of a name, small: what two names are compared by."""
    return _WORD.findall(text.casefold())


def shipped_schedule(name: str) -> int | None:
    """The strictest schedule of the shipped medicines whose names stand in this name; None where none does."""
    words = set(words_of(name))
    found = [drug.schedule for drug in shipped_drugs() if drug.schedule and words.issuperset(words_of(drug.name))]
    return min(found, default=None)


@lru_cache(maxsize=1024)
def substances_of(name: str, groups: tuple[str, ...] = ()) -> frozenset[str]:
    """What a medicine of this name is made of, by the shipped list, however its form and strength are written.

    Of a combined one the parts that the list knows, from `groups` too (those of the editors' list). What the shipped
    list does not know is told by the words of its name that are no form, strength or unit.
    """
    words = words_of(name)
    known = [(plain, drug) for plain, drug in _shipped_by_name().items() if set(words).issuperset(plain.split())]
    of_known = [group for _, drug in known for group in drug.groups]
    parts = {_plain(group) for group in (*groups, *of_known)} & _shipped_by_name().keys()
    own = {plain for plain, _ in known} or {" ".join(word for word in words if _tells(word))}
    return frozenset(own | parts) - {""}


@cache
def _shipped_by_name() -> dict[str, ShippedDrug]:
    return {_plain(drug.name): drug for drug in shipped_drugs()}


def _plain(name: str) -> str:
    return " ".join(words_of(name))


def _tells(word: str) -> bool:
    return not any(sign.isdigit() for sign in word) and word not in _UNITS | _form_words()


@cache
def _form_words() -> frozenset[str]:
    words = {word for drug in shipped_drugs() for form in drug.forms for word in words_of(form)}
    return frozenset(words | {word.removesuffix("s") for word in words})
