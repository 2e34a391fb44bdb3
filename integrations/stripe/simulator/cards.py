"""The test cards that the page offers, with Stripe's own numbers for them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    name: str
    number: str
    about: str
    """What the page says of it."""
    decline_code: str | None = None
    asks_bank: bool = False
    disputed: bool = False
    refund: str = "succeeded"
    """How a refund to it begins and ends: succeeded, pending (then succeeded), failed (after it had succeeded)."""

    @property
    def last4(self) -> str:
        return self.number[-4:]


CARDS = {
    card.name: card
    for card in (
        Card("pays", "4242424242424242", "Pays at once"),
        Card("no_money", "4000000000009995", "Is declined: too little money", decline_code="insufficient_funds"),
        Card("declined", "4000000000000002", "Is declined: no reason given", decline_code="generic_decline"),
        Card("asks_bank", "4000002500003155", "Asks its bank first", asks_bank=True),
        Card("disputed", "4000000000000259", "Pays, and is disputed soon after", disputed=True),
        Card("refund_pending", "4000000000007726", "Pays; a refund takes a moment", refund="pending"),
        Card("refund_fails", "4000000000005126", "Pays; a refund fails in the end", refund="failed"),
    )
}
