"""What an uploaded file is, by its content alone. Neither its name nor the type that the browser sent is believed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import BinaryIO

import puremagic
from django.core.files.uploadedfile import UploadedFile

from common.errors import Invalid
from common.uploads import images, pdfs
from common.uploads.models import MediaType
from common.uploads.names import ALLOWED_SUFFIXES, cleaned_name, name_for, suffix_of
from common.uploads.refusals import Refused

MAX_BYTES = 20 * 1024 * 1024
HEAD_BYTES = 8192
ALLOWED_WORDS = "a PDF, a JPEG or a PNG"


@dataclass(frozen=True, kw_only=True)
class Inspected:
    """What is known of a file before its virus check."""

    name: str
    media_type: MediaType
    size: int
    sha256: str


def inspect(file: UploadedFile) -> Inspected:
    """Raises `Invalid` (code `upload_refused`, words under `file`) for what we do not take. Leaves `file` rewound."""
    try:
        name = cleaned_name(file.name or "")
        size, sha256 = _measured(file)
        media_type = _media_type(file, name)
        _examine(file, media_type)
    except Refused as refused:
        words = str(refused)
        raise Invalid("upload_refused", words, fields={"file": [words]}) from refused
    file.seek(0)
    return Inspected(name=name_for(name, media_type), media_type=media_type, size=size, sha256=sha256)


def _examine(file: UploadedFile, media_type: MediaType) -> None:
    stream: BinaryIO = file.file  # type: ignore[assignment]
    stream.seek(0)
    if media_type is MediaType.PDF:
        pdfs.examine(stream)
    else:
        images.examine(stream, media_type)


def _measured(file: UploadedFile) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    for chunk in file.chunks():
        digest.update(chunk)
        size += len(chunk)
        if size > MAX_BYTES:
            raise Refused("This file is larger than 20 MB. Choose a smaller one.")
    if not size:
        raise Refused("This file is empty. Choose another one.")
    return size, digest.hexdigest()


def _media_type(file: UploadedFile, name: str) -> MediaType:
    file.seek(0)
    kind = _kind(file.read(HEAD_BYTES))
    if kind is None:
        raise Refused(f"We cannot take this kind of file. Choose {ALLOWED_WORDS}.")
    suffix = suffix_of(name)
    if suffix and suffix not in ALLOWED_SUFFIXES:
        raise Refused(f"The name of this file ends in “{suffix}”, which we cannot take. Choose {ALLOWED_WORDS}.")
    return kind


def _kind(head: bytes) -> MediaType | None:
    try:
        found = {match.mime_type for match in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        return None
    return next((kind for kind in MediaType if kind.value in found), None)
