"""A quantity as a prescription writes it: in figures and in words, so that a figure cannot be made another."""

from __future__ import annotations

LARGEST = 9_999

_ONES = (
    *("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def in_words(number: int) -> str:
    """A whole number from 1 to 9,999 in British English. Raises `ValueError` for any other."""
    if not 1 <= number <= LARGEST:
        raise ValueError(number)
    thousands, rest = divmod(number, 1000)
    hundreds, small = divmod(rest, 100)
    parts = [f"{_ONES[thousands]} thousand"] if thousands else []
    parts += [f"{_ONES[hundreds]} hundred"] if hundreds else []
    parts += ["and"] if parts and small else []
    return " ".join([*parts, _below_hundred(small)] if small else parts)


def _below_hundred(number: int) -> str:
    if number < len(_ONES):
        return _ONES[number]
    tens, ones = divmod(number, 10)
    return f"{_TENS[tens]}-{_ONES[ones]}" if ones else _TENS[tens]
