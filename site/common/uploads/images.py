from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image

from common.uploads import child
from common.uploads.models import MediaType
from common.uploads.readers.picture import IS_WHOLE
from common.uploads.refusals import Refused

MAX_PIXELS = 50_000_000
MAX_PIXELS_WORDS = "50 megapixels"
# Written anew a picture may grow, because it was packed better or had fewer colours; so far we go along.
MAX_WRITTEN_BYTES = 40 * 1024 * 1024
# A progressive JPEG is decoded once a scan; cameras and editors write ten or so.
MAX_SCANS = 64
START_OF_SCAN = b"\xff\xda"
# What stands in front of a JPEG's first scan: frames and tables, restart interval, what applications add, comments.
HEAD_MARKERS = frozenset({*range(0xC0, 0xC8), *range(0xC9, 0xD0), 0xDB, 0xDD, *range(0xE0, 0xF0), 0xFE})
FILL = 0xFF
# Decoders walk over these one by one, and slowly; a real picture's largest number is a tenth of it.
MAX_SEGMENTS = 2000
MAX_CHUNKS = 20_000
PNG_SIGNATURE_BYTES = 8
# What Pillow calls a JPEG; a camera's picture with a small second view beside the first is an MPO.
JPEG_FORMATS = frozenset({"JPEG", "MPO"})
# In a request, which the web server ends after half a minute: 50 megapixels take a tenth of it.
LOOK_SECONDS = 10
# A worker's: they are decoded and packed again in a tenth of it.
WRITE_SECONDS = 60
logger = logging.getLogger(__name__)
_UNREADABLE = "This picture is damaged or not complete. Choose another one."


def examine(file: BinaryIO, media_type: MediaType) -> None:
    """Refuses what is damaged, too large when unpacked, or moves. Decodes as little as that takes, in a process of its
    own. Raises `Refused`."""
    _refuse_many_parts(file.read(), media_type)
    file.seek(0)
    image = _opened(file)
    if (image.format in JPEG_FORMATS) != (media_type is MediaType.JPEG):
        raise Refused(_UNREADABLE)
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise Refused(f"This picture has more than {MAX_PIXELS_WORDS}. Choose a smaller one.")
    if media_type is MediaType.PNG and getattr(image, "is_animated", False):
        raise Refused("This picture moves. Choose one that does not.")
    file.seek(0)
    try:
        child.read(
            "picture", "decoded", file.read(), MediaType(media_type).label, most=len(IS_WHOLE), within=LOOK_SECONDS
        )
    except Refused as error:
        raise Refused(_UNREADABLE) from error
    except child.ToolBroken:
        # The worker decodes it once more before anybody is served it.
        logger.warning("Pictures are taken into quarantine undecoded, for their reader cannot be run")


def _opened(file: BinaryIO) -> Image.Image:
    try:
        return Image.open(file, formats=["JPEG", "PNG"])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused(f"This picture has more than {MAX_PIXELS_WORDS}. Choose a smaller one.") from error
    except Exception as error:  # whatever a decoder stumbles over in a hostile file
        raise Refused(_UNREADABLE) from error


def _refuse_many_parts(content: bytes, media_type: MediaType) -> None:
    """Before a decoder sees it: 20 MB of nothing but the beginnings of parts would hold one for a minute."""
    if media_type is MediaType.PNG:
        acceptable = _has_few_chunks(content)
    else:
        acceptable = _has_plain_head(content) and content.count(START_OF_SCAN) <= MAX_SCANS
    if not acceptable:
        raise Refused(_UNREADABLE)


def _has_plain_head(content: bytes) -> bool:
    """Whether a JPEG comes to its first scan over few segments, all of them of the usual kinds."""
    position = len(START_OF_SCAN)
    for _ in range(MAX_SEGMENTS):
        marker = content[position : position + 2]
        if marker == START_OF_SCAN:
            return True
        if len(marker) < len(START_OF_SCAN) or marker[0] != FILL or marker[1] not in {FILL, *HEAD_MARKERS}:
            return False
        length = int.from_bytes(content[position + 2 : position + 4], "big")
        position += 1 if marker[1] == FILL else 2 + max(length, 2)
    return False


def _has_few_chunks(content: bytes) -> bool:
    position = PNG_SIGNATURE_BYTES
    for _ in range(MAX_CHUNKS):
        if position >= len(content):
            return True
        # Its length, its kind and its checksum have four bytes each.
        position += 12 + int.from_bytes(content[position : position + 4], "big")
    return False


@dataclass(frozen=True)
class Picture:
    """A picture's bytes, and its width and height in pixels."""

    content: bytes
    width: int
    height: int


def written_anew(file: BinaryIO, media_type: MediaType) -> Picture:
    """The picture alone, upright: without EXIF (place, camera, owner), comments, or anything hidden behind its end.

    Raises `Refused` where it cannot be decoded to the end or grows too large, and `ToolBroken`.
    """
    told = child.read(
        "picture", "rewritten", file.read(), MediaType(media_type).label, most=MAX_WRITTEN_BYTES, within=WRITE_SECONDS
    )
    size, _, content = told.partition(b"\n")
    width, height = size.split()
    return Picture(content, int(width), int(height))
