"""Text for files that people open in a spreadsheet."""

from __future__ import annotations

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def plain_cell(value: object) -> str:
    """A value as a cell that no spreadsheet runs: what would start a formula gets an apostrophe before it."""
    text = str(value)
    return f"'{text}" if text.startswith(_STARTS_A_FORMULA) else text
