"""Amounts as pages write them, from minor units and Stripe's name of the currency (pence without one)."""

from __future__ import annotations

from django import template

from common.money import Money

register = template.Library()


@register.filter
def money(minor: int | None, currency: str = "gbp") -> str:
    """£45, £45.50, £0"""
    return "" if minor is None else str(Money(minor, currency))


@register.filter
def price(minor: int | None, currency: str = "gbp") -> str:
    """As `money`, with "Free" for nothing."""
    return "Free" if minor == 0 else money(minor, currency)


@register.filter
def in_words(code: str) -> str:
    """A code of Stripe's as people read it: lost_or_stolen_card is lost or stolen card."""
    return code.replace("_", " ")
