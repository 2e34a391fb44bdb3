"""How sure NHS login is of who somebody is: vectors of trust (RFC 8485) in NHS login's profile of them."""

from __future__ import annotations

import json
from enum import StrEnum


class Level(StrEnum):
    """The identity proofing levels, the lowest first (DCB3051: low, medium, high)."""

    P0 = "P0"
    P5 = "P5"
    P9 = "P9"

    def reaches(self, wanted: Level) -> bool:
        order = list(Level)
        return order.index(self) >= order.index(wanted)


# Always by two factors: a password and a device, a password and a key, or a key that asks for its owner.
CREDENTIALS = ("Cp.Cd", "Cp.Ck", "Cm")


def asked_for(level: Level) -> str:
    """The `vtr` parameter: any of these vectors will do."""
    return json.dumps([f"{level}.{credentials}" for credentials in CREDENTIALS], separators=(",", ":"))


def level_given(vot: object, asked: Level) -> Level | None:
    """The level that a token's `vot` claims; None where it is none of the vectors that were asked for.

    A higher proof of identity than asked is good, and so are more credentials; fewer are not.
    """
    if not isinstance(vot, str):
        return None
    parts = vot.split(".")
    proofs = [Level(one) for one in parts if one in set(Level)]
    credentials = {one for one in parts if not one.startswith("P")}
    if len(proofs) != 1 or len(parts) != len(credentials) + 1 or not proofs[0].reaches(asked):
        return None
    meets = any(set(wanted.split(".")) <= credentials for wanted in CREDENTIALS)
    return proofs[0] if meets else None
