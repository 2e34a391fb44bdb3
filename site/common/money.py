from __future__ import annotations

from dataclasses import dataclass

SYMBOLS = {"gbp": "£", "eur": "€", "usd": "$"}


@dataclass(frozen=True, order=True)
class Money:
    """An amount in minor units (pence) of a currency named as Stripe does: three small letters."""

    minor: int
    currency: str = "gbp"

    def __str__(self) -> str:
        """As pages show it: £45, £45.50; "Free" is the page's word, not this class's."""
        major, minor = divmod(self.minor, 100)
        symbol = SYMBOLS.get(self.currency, f"{self.currency.upper()} ")
        return f"{symbol}{major:,}.{minor:02}" if minor else f"{symbol}{major:,}"
