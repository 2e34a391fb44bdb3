from __future__ import annotations

from typing import Any

from django.db import models


def sign(row: models.Model, actor: Any) -> None:
    """The next version of the row that history keeps names the actor (None: the system)."""
    row._history_user = actor  # type: ignore[attr-defined]  # noqa: SLF001
