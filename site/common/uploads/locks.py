from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from django.db import connection

from common.errors import NotFound
from common.uploads.models import Upload

UploadT = TypeVar("UploadT", bound=Upload)


def upload_locked(model: type[UploadT], upload_id: UUID) -> UploadT:
    """The file's row, held to the transaction's end. Raises `NotFound`; waits at most 3 s."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '3s'")
    rows = model._default_manager.select_for_update(of=("self",), no_key=True)
    upload = rows.filter(public_id=upload_id).first()
    if upload is None:
        raise NotFound
    return upload
