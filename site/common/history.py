from __future__ import annotations

from typing import Any

from django.db import models
from simple_history.models import HistoricalRecords

from common.fields import EncryptedTextField, opened


def sign(row: models.Model, actor: Any) -> None:
    """The next version of the row that history keeps names the actor (None: the system)."""
    row._history_user = actor  # type: ignore[attr-defined]  # noqa: SLF001


class HistoryOfTexts(HistoricalRecords):
    """For a model whose encrypted texts are kept in its history too: a version is written without one that nobody can
    read, or that would end every change of its row."""

    def fields_included(self, model: type[models.Model] | models.Model) -> list[models.Field]:
        fields: list[models.Field] = super().fields_included(model)
        if isinstance(model, type):
            return fields
        return [
            one for one in fields if not isinstance(one, EncryptedTextField) or opened(model, one.attname) is not None
        ]
