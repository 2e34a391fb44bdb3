"""The medicines that ship with the product (`data/drugs.csv`), and what the law says of them for ever.

The table `Drug` begins with these and is the editors' own from then on; but an edit there takes no shipped medicine out
of its schedule, nor does another name that holds its name.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
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
