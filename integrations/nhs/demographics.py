"""Whether an NHS number is a person's, by whoever PDS_PROVIDER names.

The NHS keeps that in its Personal Demographics Service. An installation with access to it adds a module with a
`Trace`, and its name to `PROVIDERS` (docs/decisions/0040).
"""

from __future__ import annotations

from typing import Protocol

from django.conf import settings

from integrations.nhs import sample_people
from integrations.nhs.people import Demographics, DemographicsAway, Traced

__all__ = ["Demographics", "DemographicsAway", "Traced", "is_offered", "trace"]


class Trace(Protocol):
    def __call__(self, asked: Demographics) -> Traced | None:
        """The person of that number, where name and birthday are theirs; else None. Raises `DemographicsAway`."""


PROVIDERS: dict[str, Trace] = {"sample": sample_people.trace}


def is_offered() -> bool:
    return bool(settings.PDS_PROVIDER)


def trace(asked: Demographics) -> Traced | None:
    """Ask the installation's provider. It may take its time: never inside a database transaction."""
    return PROVIDERS[settings.PDS_PROVIDER](asked)
