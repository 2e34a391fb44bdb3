from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from django.db.models import QuerySet

from common.uploads.models import Upload
from common.uploads.states import UploadState

UploadT = TypeVar("UploadT", bound=Upload)


def uploads_waiting(model: type[UploadT], older_than: datetime) -> QuerySet[UploadT]:
    """What has waited for its virus check since before `older_than`, the oldest first."""
    waiting = model._default_manager.filter(state=UploadState.QUARANTINED, uploaded_at__lt=older_than)
    return waiting.order_by("uploaded_at", "pk")
