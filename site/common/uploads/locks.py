from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from common.locks import locked
from common.uploads.models import Upload

UploadT = TypeVar("UploadT", bound=Upload)


def upload_locked(model: type[UploadT], upload_id: UUID) -> UploadT:
    """The file's row, held to the transaction's end. Raises `NotFound` and `Busy`."""
    return locked(model._default_manager.all(), public_id=upload_id)
