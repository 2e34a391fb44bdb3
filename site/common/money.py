from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

SYMBOLS = {"gbp": "£", "eur": "€", "usd": "$"}


@dataclass(frozen=True, order=True)
class Money:
    """An amount in minor units (pence) of a currency named as Stripe does: three small letters."""

    minor: int
    currency: str = "gbp"

    def __str__(self) -> str:
        """As pages show it: £45, £45.50, -£45.50; "Free" is the page's word, not this class's."""
        major, minor = divmod(abs(self.minor), 100)
        symbol = SYMBOLS.get(self.currency, f"{self.currency.upper()} ")
        sign = "-" if self.minor < 0 else ""
        return f"{sign}{symbol}{major:,}.{minor:02}" if minor else f"{sign}{symbol}{major:,}"


def major(minor: int) -> Decimal:
    """Minor units of a currency that has a hundred of them, as a number that a spreadsheet can add up."""
    return Decimal(minor).scaleb(-2)
