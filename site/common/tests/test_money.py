from __future__ import annotations

import pytest
from django.template import Context, Template

from common.money import Money


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [
        (4500, "gbp", "£45"),
        (4550, "gbp", "£45.50"),
        (5, "gbp", "£0.05"),
        (0, "gbp", "£0"),
        (123456700, "gbp", "£1,234,567"),
        (4505, "eur", "€45.05"),
        (4500, "chf", "CHF 45"),
    ],
)
def test_an_amount_as_pages_show_it(minor: int, currency: str, shown: str) -> None:
    assert str(Money(minor, currency)) == shown


def test_an_amount_owed_back_keeps_its_size() -> None:
    assert str(Money(-4550)) == "-£45.50"


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        ("0|price", "Free"),
        ("4500|price", "£45"),
        ("4500|price:'eur'", "€45"),
        ("0|money", "£0"),
        ("nothing|money", ""),
        ("nothing|price", ""),
    ],
)
def test_the_filters(expression: str, shown: str) -> None:
    template = Template("{% load money %}{{ " + expression + " }}")
    assert template.render(Context({"nothing": None})) == shown
