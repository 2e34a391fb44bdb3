"""The code on a prescription, by which anybody who holds it can ask whether it is valid."""

from __future__ import annotations

import re
import secrets
from hashlib import sha256

# Without what is taken for something else when it is read off paper: 0 and O, 1, I and L, U and V.
_LETTERS = "23456789ABCDEFGHJKMNPQRSTWXYZ"
LENGTH, _GROUP = 16, 4
# Whatever stands between them: spaces, and every kind of dash.
_GAPS = re.compile(r"[^0-9A-Za-z]+")


def new_code() -> str:
    """Sixteen letters and figures: 77 random bits."""
    return "".join(secrets.choice(_LETTERS) for _ in range(LENGTH))


def code_typed(text: str) -> str:
    """As it is stored, from what somebody typed: in small letters, with gaps or dashes."""
    return _GAPS.sub("", text).upper()


def code_for_people(code: str) -> str:
    """In fours: 7KQM-2XHT-9RWB-C4ZD."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def digest_of_code(code: str) -> str:
    return sha256(code.encode()).hexdigest()
