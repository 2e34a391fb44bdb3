from __future__ import annotations

from django.db import models
from modelcluster.fields import ParentalKey
from simple_history.models import HistoricalRecords


class ChildHistory(HistoricalRecords):
    """History for a model whose parent is a ParentalKey, which its history must hold as a plain foreign key."""

    def copy_fields(self, model: type[models.Model]) -> dict[str, models.Field]:
        return {name: _plain(field) for name, field in super().copy_fields(model).items()}


def _plain(field: models.Field) -> models.Field:
    if not isinstance(field, ParentalKey):
        return field
    parent = field.remote_field.model
    plain = models.ForeignKey(
        parent, on_delete=models.DO_NOTHING, null=True, blank=True, related_name="+", db_constraint=False
    )
    plain.name = field.name
    return plain
