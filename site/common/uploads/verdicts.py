"""What a virus scanner says of a file. `integrations.antivirus` asks one; the kernel only reads the answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Finding(Enum):
    CLEAN = "clean"
    INFECTED = "infected"
    AWAY = "away"


@dataclass(frozen=True)
class Verdict:
    """`detail` is the virus's name where the file is infected, and what went wrong where the scanner is away.

    Neither says anything of the file's name or owner, so it may be logged.
    """

    finding: Finding
    detail: str = ""

    @classmethod
    def clean(cls) -> Verdict:
        return cls(Finding.CLEAN)

    @classmethod
    def infected(cls, signature: str) -> Verdict:
        return cls(Finding.INFECTED, signature)

    @classmethod
    def away(cls, reason: str) -> Verdict:
        """Anything but a plain yes or no: the file stays in quarantine."""
        return cls(Finding.AWAY, reason)
