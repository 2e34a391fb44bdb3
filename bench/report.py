from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HEADINGS = ("", "measured", "goal", "")
NO_GOAL = "–"


@dataclass(frozen=True)
class Check:
    """One figure against its goal; without a goal it is there to be seen."""

    measured: str
    goal: str = NO_GOAL
    is_reached: bool = True


@dataclass(frozen=True)
class Row:
    name: str
    checks: Sequence[Check]

    @property
    def verdict(self) -> str:
        """Empty for a row without goals."""
        if all(check.goal == NO_GOAL for check in self.checks):
            return ""
        missed = [check.measured for check in self.checks if not check.is_reached]
        return f"missed: {', '.join(missed)}" if missed else "reached"

    @property
    def cells(self) -> tuple[str, str, str, str]:
        measured, goals = ([getattr(check, side) for check in self.checks] for side in ("measured", "goal"))
        return self.name, ", ".join(measured), ", ".join(goals), self.verdict


def at_most(value: float, limit: float | None, unit: str, *, digits: int = 0) -> Check:
    """A value and its highest goal, if it has one; judged by the value itself, not by the digits that are shown."""
    said = f"{value:.{digits}f} {unit}"
    return Check(said) if limit is None else Check(said, f"≤ {limit:g}", value <= limit)


def table(rows: Sequence[Row]) -> str:
    """For a terminal, and how many rows reached their goals."""
    cells = [HEADINGS, *(row.cells for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEADINGS))]
    lines = ["  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in cells]
    verdicts = [row.verdict for row in rows if row.verdict]
    reached = verdicts.count("reached")
    return "\n".join(
        [lines[0], "─" * sum(widths), *lines[1:], "", f"{reached} of {len(verdicts)} rows reach their goals."]
    )
