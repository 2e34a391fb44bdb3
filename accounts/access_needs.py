"""What somebody needs in order to come: said once, kept encrypted, shown to those who prepare the visit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from django.db import models

from common.errors import Invalid
from common.fields import opened

INTERPRETER_LENGTH = 60
UNREADABLE_NEEDS = "What they need in order to come cannot be read any more: ask them."
OTHER_LENGTH = 300
# Stands in a row to which nobody could hand on what another keeps; `needs_kept` finds no needs in it.
_UNKNOWN = "null"


@dataclass(frozen=True, kw_only=True)
class AccessNeeds:
    """`interpreter` names the language, empty where none is needed; `other` is in the person's own words."""

    step_free: bool = False
    hearing_loop: bool = False
    interpreter: str = ""
    other: str = ""

    def __bool__(self) -> bool:
        return self != AccessNeeds()

    def __iter__(self) -> Iterator[str]:
        """Each need in words."""
        if self.step_free:
            yield "Step-free access"
        if self.hearing_loop:
            yield "Hearing loop"
        if self.interpreter:
            yield f"Interpreter: {self.interpreter}"
        if self.other:
            yield self.other


def access_needs_of(text: str) -> AccessNeeds:
    """From what a row keeps, which may be of a version that knew other needs."""
    known = json.loads(text) if text else {}
    if not isinstance(known, dict):
        raise TypeError("No needs")
    return AccessNeeds(**{name: known[name] for name in asdict(AccessNeeds()) if name in known})


def needs_kept(row: models.Model) -> AccessNeeds | None:
    """What a row keeps, or None where that cannot be read any more."""
    text = opened(row, "access_needs")
    try:
        return None if text is None else access_needs_of(text)
    except (ValueError, TypeError):
        return None


def needs_told(row: models.Model) -> AccessNeeds:
    """What a row keeps, for whoever prepares the visit: where nobody can read it, that they are to ask."""
    kept = needs_kept(row)
    return AccessNeeds(other=UNREADABLE_NEEDS) if kept is None else kept


def handed_on(row: models.Model) -> str:
    """What a row keeps, for another to keep: where nobody can read it, that it is not known, so that `needs_told` says
    of the other too that they are to ask."""
    kept = needs_kept(row)
    return _UNKNOWN if kept is None else written(kept)


def written(needs: AccessNeeds) -> str:
    """For a row to keep; empty where nothing is needed. Raises `Invalid` (`access_needs_too_long`, by field)."""
    for name, value, most in (
        ("interpreter", needs.interpreter, INTERPRETER_LENGTH),
        ("other_needs", needs.other, OTHER_LENGTH),
    ):
        if len(value) > most:
            message = f"Use at most {most} characters."
            raise Invalid("access_needs_too_long", message, fields={name: [message]})
    return json.dumps(asdict(needs)) if needs else ""
