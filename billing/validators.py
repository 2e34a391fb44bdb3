"""Rules about the shape of what people enter about money."""

from __future__ import annotations

import re

from stdnum import luhn

from common.errors import Invalid

_CARD_LENGTHS = r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)"


def assert_no_card_number(reference: str) -> None:
    """Nobody's card number is kept here (PCI DSS): a till's own reference is shorter, or does not add up as a card's.

    Raises `Invalid` (`card_number`).
    """
    digits = (re.sub(r"\D", "", found) for found in re.findall(_CARD_LENGTHS, reference))
    if any(luhn.is_valid(number) for number in digits):
        message = "This looks like a card number, which may not be kept. Enter the reference of the till or the bank."
        raise Invalid("card_number", message, fields={"reference": [message]})
