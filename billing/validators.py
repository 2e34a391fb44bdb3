"""Rules about the shape of what people enter about money."""

from __future__ import annotations

import re

from stdnum import luhn

from common.errors import Invalid

_CARD_LENGTHS = r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)"


CARD_NUMBER = "This looks like a card number, which may not be kept. Enter the reference of the till or the bank."
REFERENCE_LETTERS = 60


def has_card_number(reference: str) -> bool:
    """Nobody's card number is kept here (PCI DSS). A till's own reference is shorter, or does not add up as one."""
    digits = (re.sub(r"\D", "", found) for found in re.findall(_CARD_LENGTHS, reference))
    return any(luhn.is_valid(number) for number in digits)


def assert_reference(reference: str) -> None:
    """Of the till or of a bank. Raises `Invalid` (`card_number`, `reference_too_long`)."""
    if has_card_number(reference):
        raise Invalid("card_number", CARD_NUMBER, fields={"reference": [CARD_NUMBER]})
    if len(reference.strip()) > REFERENCE_LETTERS:
        message = f"Enter a reference of no more than {REFERENCE_LETTERS} letters and digits."
        raise Invalid("reference_too_long", message, fields={"reference": [message]})
