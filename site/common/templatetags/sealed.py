"""Encrypted texts on pages: one that cannot be read says so beside what can, and ends nothing."""

from __future__ import annotations

from django import template
from django.db import models

from common.fields import opened, opened_or_words

register = template.Library()


@register.filter
def text_of(row: models.Model, column: str) -> str:
    """What an encrypted column of a row says, or that it cannot be read any more."""
    return opened_or_words(row, column)


@register.filter
def cannot_read(row: models.Model, column: str) -> bool:
    """Whether an encrypted column of a row cannot be read."""
    return opened(row, column) is None
