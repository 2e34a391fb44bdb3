from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeVar

from django.apps import apps
from django.db.models import QuerySet

from common.uploads.models import Upload
from common.uploads.states import UploadState

UploadT = TypeVar("UploadT", bound=Upload)


WAITS_LONG = timedelta(hours=1)


def uploads_kept() -> list[type[Upload]]:
    """The models of every app that keeps uploads."""
    return [model for model in apps.get_models() if issubclass(model, Upload)]


def uploads_overdue(now: datetime) -> int:
    """How many files have waited for their check for more than an hour: the scanner, the workers or the storage are
    away."""
    return sum(uploads_waiting(model, now - WAITS_LONG).order_by().count() for model in uploads_kept())


def uploads_waiting(model: type[UploadT], older_than: datetime) -> QuerySet[UploadT]:
    """What has waited for its virus check since before `older_than`, the oldest first."""
    waiting = model._default_manager.filter(state=UploadState.QUARANTINED, uploaded_at__lt=older_than)
    return waiting.order_by("uploaded_at", "pk")
