"""Professional registers: what is known of a GMC number, by the provider that REGISTER_PROVIDER names.

Nothing here reads a website (docs/decisions/0011). A provider is a module with `look_up`.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings

from integrations.registers import manual, sample
from integrations.registers.entries import LookUpByHand, RegisterAway, RegisterEntry
from integrations.registers.manual import public_page

__all__ = ["LookUpByHand", "RegisterAway", "RegisterEntry", "look_up", "provider_name", "public_page"]

_PROVIDERS: dict[str, Callable[[str], RegisterEntry | None]] = {"manual": manual.look_up, "sample": sample.look_up}


def provider_name() -> str:
    return settings.REGISTER_PROVIDER


def look_up(gmc_number: str) -> RegisterEntry | None:
    """What the register says of a number; None where it is not on it.

    It may take its time: never call it inside a database transaction. Raises `LookUpByHand` where the installation
    has no access (with the address at which a person can look), and `RegisterAway`.
    """
    return _PROVIDERS[provider_name()](gmc_number.removeprefix("C"))
