from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class RegisterEntry:
    """A doctor as the medical register has them at `retrieved_at`. `conditions` are words, empty for none."""

    number: str
    name: str
    status: str
    licence: bool
    specialist_register: bool
    gp_register: bool
    conditions: str
    retrieved_at: datetime


class RegisterAway(Exception):
    """The register does not answer now."""


class LookUpByHand(Exception):
    """A person has to look, at `url`."""

    def __init__(self, url: str) -> None:
        super().__init__("This installation has no access to the register.")
        self.url = url
