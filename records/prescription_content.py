"""What a prescription asks for: between its form, the encrypted text of a draft, and what a signature rests on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from records.digests import canonical
from records.quantities import in_words

MOST_ITEMS = 10


@dataclass(frozen=True, kw_only=True)
class Item:
    """One medicine (FHIR R4 MedicationRequest, with its Dosage), in the doctor's words.

    `quantity` counts units ("tablets"); 0 where nobody has said yet. `repeats` is how often it may be dispensed again.
    """

    drug: str = ""
    form: str = ""
    strength: str = ""
    dose: str = ""
    frequency: str = ""
    duration: str = ""
    quantity: int = 0
    unit: str = ""
    repeats: int = 0
    instructions: str = ""

    @property
    def is_empty(self) -> bool:
        return self == Item()

    @property
    def facts(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def name(self) -> str:
        """The medicine in one line: Amoxicillin 500 mg capsules."""
        return " ".join(part for part in (self.drug, self.strength, self.form.lower()) if part)

    @property
    def quantity_told(self) -> str:
        """In figures and in words: 21 (twenty-one) capsules."""
        return f"{self.quantity} ({in_words(self.quantity)}) {self.unit}".strip() if self.quantity else ""

    @property
    def taking(self) -> str:
        """How it is taken, in one line."""
        return ", ".join(part for part in (self.dose, self.frequency, self.duration) if part)


NAMES = tuple(field.name for field in fields(Item))
_COUNTS = frozenset({"quantity", "repeats"})


@dataclass(frozen=True)
class PrescriptionContent:
    items: tuple[Item, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.items


def content_of(rows: Iterable[Mapping[str, Any]]) -> PrescriptionContent:
    """From what a form sent, without the rows in which nothing stands."""
    items = (item_of(row) for row in rows)
    return PrescriptionContent(tuple(item for item in items if not item.is_empty))


def item_of(row: Mapping[str, Any]) -> Item:
    """From names and values; what it does not name is empty."""
    told: dict[str, Any] = {name: int(row.get(name) or 0) for name in _COUNTS}
    told |= {name: " ".join(str(row.get(name) or "").split()) for name in NAMES if name not in _COUNTS}
    return replace(Item(), **told)


def to_text(content: PrescriptionContent) -> str:
    """A draft as it is stored (and encrypted there)."""
    return canonical({"items": [item.facts for item in content.items]})


def from_text(text: str) -> PrescriptionContent:
    """Raises `ValueError`, `KeyError` or `TypeError` for what is no draft of a prescription."""
    payload = json.loads(text) if text else {"items": []}
    if not isinstance(payload, dict) or not all(isinstance(item, dict) for item in payload["items"]):
        raise TypeError("No draft of a prescription")
    return from_payload(payload)


def from_payload(payload: Mapping[str, Any]) -> PrescriptionContent:
    return PrescriptionContent(tuple(item_of(item) for item in payload["items"]))
