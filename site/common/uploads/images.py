from __future__ import annotations

from io import BytesIO
from typing import BinaryIO

from PIL import Image, ImageOps

from common.uploads.models import MediaType
from common.uploads.refusals import Refused

MAX_PIXELS = 50_000_000
MAX_PIXELS_WORDS = "50 megapixels"
# A progressive JPEG is decoded once a scan; cameras and editors write ten or so.
MAX_SCANS = 64
JPEG_QUALITY = 90
START_OF_SCAN = b"\xff\xda"
# What Pillow calls a JPEG; a camera's picture with a small second view beside the first is an MPO.
JPEG_FORMATS = frozenset({"JPEG", "MPO"})
_UNREADABLE = "This picture is damaged or not complete. Choose another one."


def examine(file: BinaryIO, media_type: MediaType) -> None:
    """Refuses what is damaged, too large when unpacked, or moves. Decodes as little as that takes. Raises `Refused`."""
    image = _opened(file)
    if (image.format in JPEG_FORMATS) != (media_type is MediaType.JPEG):
        raise Refused(_UNREADABLE)
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise Refused(f"This picture has more than {MAX_PIXELS_WORDS}. Choose a smaller one.")
    if media_type is MediaType.PNG and getattr(image, "is_animated", False):
        raise Refused("This picture moves. Choose one that does not.")
    if media_type is MediaType.JPEG:
        _refuse_many_scans(file)
    try:
        _decode_cheaply(file, media_type)
    except Exception as error:
        raise Refused(_UNREADABLE) from error


def _opened(file: BinaryIO) -> Image.Image:
    try:
        return Image.open(file, formats=["JPEG", "PNG"])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused(f"This picture has more than {MAX_PIXELS_WORDS}. Choose a smaller one.") from error
    except Exception as error:  # whatever a decoder stumbles over in a hostile file
        raise Refused(_UNREADABLE) from error


def _refuse_many_scans(file: BinaryIO) -> None:
    file.seek(0)
    if file.read().count(START_OF_SCAN) > MAX_SCANS:
        raise Refused(_UNREADABLE)


def _decode_cheaply(file: BinaryIO, media_type: MediaType) -> None:
    """Reads to the end: a PNG by its chunks' checksums, a JPEG at an eighth of its size."""
    file.seek(0)
    image = Image.open(file, formats=["JPEG", "PNG"])
    if media_type is MediaType.PNG:
        image.verify()
        return
    image.draft(None, (image.width // 8, image.height // 8))
    image.load()


def written_anew(file: BinaryIO, media_type: MediaType) -> bytes:
    """The picture alone, upright: without EXIF (place, camera, owner), comments, or anything hidden behind its end.

    Raises `Refused` where it cannot be decoded to the end.
    """
    try:
        image = Image.open(file, formats=["JPEG", "PNG"])
        upright = ImageOps.exif_transpose(image)
        plain = _in_plain_colours(upright, media_type)
        # Pillow carries over what it finds here.
        plain.info = {}
        out = BytesIO()
        options = {"quality": JPEG_QUALITY, "optimize": True} if media_type is MediaType.JPEG else {}
        plain.save(out, MediaType(media_type).label, **options)
    except Exception as error:
        raise Refused(_UNREADABLE) from error
    return out.getvalue()


def _in_plain_colours(image: Image.Image, media_type: MediaType) -> Image.Image:
    """Colours that need no table or profile to be shown; a palette's or print's are worked out."""
    if media_type is MediaType.JPEG:
        return image if image.mode in {"L", "RGB"} else image.convert("RGB")
    if image.mode == "P" or "transparency" in image.info:
        return image.convert("RGBA" if "transparency" in image.info else "RGB")
    return image
