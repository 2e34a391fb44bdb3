"""Recorded answers about the demo's patients, none of whom exists. Never a proof of anything."""

from __future__ import annotations

from datetime import date

from integrations.nhs.people import Demographics, DemographicsAway, Traced

# A number for seeing what happens while nobody answers.
AWAY = "9991006656"
_RECORDED = {
    "9991002375": ("tomlinson", date(1987, 4, 12)),
    "9991003746": ("powell", date(1959, 11, 3)),
    "9991005110": ("shah", date(1994, 7, 28)),
    "9991006486": ("fraser", date(2001, 1, 19)),
}


def trace(asked: Demographics) -> Traced | None:
    if asked.nhs_number == AWAY:
        raise DemographicsAway
    known = _RECORDED.get(asked.nhs_number)
    found = known == (asked.family_name.casefold(), asked.birth_date)
    return Traced(nhs_number=asked.nhs_number) if found else None
