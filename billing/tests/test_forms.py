"""Forms of money speak as people do."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from billing.forms import PoundsField


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Enter an amount."),
        ("ten", "Enter an amount in pounds, such as 12.50."),
        ("12,50", "Enter an amount in pounds, such as 12.50."),
        ("0", "Enter an amount above zero."),
        ("-1", "Enter an amount above zero."),
        ("1.005", "Enter pounds and pence, such as 12.50."),
        ("12345678901", "Enter a smaller amount."),
    ],
)
def test_a_wrong_amount_is_told_in_plain_words(typed: str, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        PoundsField().clean(typed)
    assert said in refused.value.messages
    assert not any("Ensure" in message for message in refused.value.messages)


def test_an_amount_is_minor_units() -> None:
    assert PoundsField().clean("12.50") == PoundsField().clean(" £12.50") == 1250


def test_a_browser_makes_no_other_number_of_it() -> None:
    """A field for numbers drops a comma: 12,50 went out as 1250."""
    assert PoundsField().widget.input_type == "text"
