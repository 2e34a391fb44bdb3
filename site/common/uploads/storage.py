"""Where private files lie. `STORAGES["private"]` is the seam: another backend with the same methods may stand there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.utils.deconstruct import deconstructible


@deconstructible(path="common.uploads.storage.PrivateFolder")
class PrivateFolder(FileSystemStorage):
    """A folder (PRIVATE_ROOT) that no web server publishes, whose files nobody but the application's user reads."""

    def __init__(self) -> None:
        super().__init__(file_permissions_mode=0o600, directory_permissions_mode=0o700)

    @property
    def base_location(self) -> str:
        return str(settings.PRIVATE_ROOT)

    @property
    def location(self) -> str:
        return str(Path(self.base_location).absolute())

    def url(self, name: str | None) -> NoReturn:
        """Django's would fall back to MEDIA_URL. A private file has no address but its view's."""
        raise ValueError("A private file has no address of its own: see common.uploads.serving.")


def private_storage() -> Storage:
    return storages["private"]


def is_folder() -> bool:
    """Whether private files lie in a folder of this very machine."""
    return isinstance(private_storage(), FileSystemStorage)


def storage_answers() -> bool:
    """Whether private files can be kept and read now."""
    storage: Any = private_storage()
    if isinstance(storage, FileSystemStorage):
        return os.access(storage.location, os.R_OK | os.W_OK | os.X_OK)
    return bool(storage.answers())
