"""How often Python looks for garbage, where a process ends soon or most of what it holds lives until the end."""

from __future__ import annotations

import gc


def look_seldom() -> None:
    """For commands and tests: a fifth of the migrations' time would else go into looking for garbage among the models
    that Django copies, and every model, view and template lives until the process ends anyway."""
    gc.set_threshold(100_000, 50, 100)
