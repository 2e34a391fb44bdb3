"""The default: an officer looks at the GMC's public page and notes what it says as a check of the item."""

from __future__ import annotations

from typing import NoReturn

from integrations.registers.entries import LookUpByHand

SEARCH_PAGE = "https://www.gmc-uk.org/registrants"


def public_page(gmc_number: str) -> str:
    """Where a person finds a doctor in the GMC's public register."""
    return f"{SEARCH_PAGE}/{gmc_number.removeprefix('C')}"


def look_up(gmc_number: str) -> NoReturn:
    raise LookUpByHand(public_page(gmc_number))
