"""Decodes a picture, and writes it anew. Run by `readers.__main__`, in a process of its own.

`kind` is `JPEG` or `PNG`.
"""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageOps

LIBRARY = "PIL"
JPEG, FORMATS = "JPEG", ["JPEG", "PNG"]
JPEG_QUALITY = 90
IS_WHOLE = b"whole"


def decoded(content: bytes, kind: str) -> bytes:
    """`IS_WHOLE`, read to the end: a PNG by its chunks' checksums, a JPEG at an eighth of its size."""
    image = Image.open(BytesIO(content), formats=FORMATS)
    if kind == JPEG:
        image.draft(None, (image.width // 8, image.height // 8))
        image.load()
    else:
        image.verify()
    return IS_WHOLE


def rewritten(content: bytes, kind: str) -> bytes:
    """A line with its width and height in pixels, then the picture alone, upright."""
    image = Image.open(BytesIO(content), formats=FORMATS)
    upright = ImageOps.exif_transpose(image)
    plain = _in_plain_colours(upright, kind)
    # Pillow carries over what it finds here.
    plain.info = {}
    out = BytesIO()
    options = {"quality": JPEG_QUALITY, "optimize": True} if kind == JPEG else {}
    plain.save(out, kind, **options)
    return b"%d %d\n" % plain.size + out.getvalue()


def _in_plain_colours(image: Image.Image, kind: str) -> Image.Image:
    """Colours that need no table or profile to be shown; a palette's or print's are worked out."""
    if kind == JPEG:
        return image if image.mode in {"L", "RGB"} else image.convert("RGB")
    if image.mode == "P" or "transparency" in image.info:
        return image.convert("RGBA" if "transparency" in image.info else "RGB")
    return image
