from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Demographics:
    """What a trace is asked with: the number as ten digits, and what its owner must have."""

    nhs_number: str
    family_name: str
    birth_date: date


@dataclass(frozen=True, kw_only=True)
class Traced:
    """Who was found. The number may be a newer one, which replaced the one that was asked for."""

    nhs_number: str


class DemographicsAway(Exception):
    """The provider does not answer now."""
