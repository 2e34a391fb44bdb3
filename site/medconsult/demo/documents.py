"""Sample files for the demo, drawn here: nobody's passport, certificate or result, and they say so."""

from __future__ import annotations

from datetime import date
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFont

PAPER, INK, PALE, TEAL = "#fbf8f1", "#10212b", "#8a969c", "#0b5c57"
CARD = (860, 560)
SHEET = (900, 1240)
MARGIN = 60


def identity(name: str, number: str) -> SimpleUploadedFile:
    """A picture of an identity card of a country that does not exist."""
    image, draw = _blank(CARD)
    draw.rectangle((0, 0, CARD[0], 96), fill=TEAL)
    draw.text((MARGIN, 28), "IDENTITY CARD", font=_font(40), fill=PAPER)
    _silhouette(draw, MARGIN, 150)
    for line, (label, value) in enumerate([("Name", name), ("Number", f"S{number}"), ("Issued by", "Samplonia")]):
        _fact(draw, 340, 160 + line * 96, label, value)
    _specimen(draw, CARD)
    return _file(image, "identity-card.png", "PNG", "image/png")


def certificate(name: str, until: date) -> SimpleUploadedFile:
    """A page that says until when somebody is covered."""
    image, draw = _blank(SHEET)
    draw.text((MARGIN, MARGIN), "Sample Indemnity Society", font=_font(34), fill=TEAL)
    draw.text((MARGIN, 150), "Certificate of professional indemnity", font=_font(42), fill=INK)
    facts = [("Member", name), ("Cover", "Clinical practice in the United Kingdom")]
    for line, (label, value) in enumerate([*facts, ("Valid until", f"{until.day} {until:%B %Y}")]):
        _fact(draw, MARGIN, 300 + line * 120, label, value)
    _specimen(draw, SHEET)
    return _file(image, "indemnity-certificate.pdf", "PDF", "application/pdf")


def blood_test(name: str, day: date) -> SimpleUploadedFile:
    """A page with the results of a blood test."""
    image, draw = _blank(SHEET)
    draw.text((MARGIN, MARGIN), "Sample Laboratory", font=_font(34), fill=TEAL)
    draw.text((MARGIN, 150), "Full blood count", font=_font(42), fill=INK)
    facts = [("Patient", name), ("Taken on", f"{day.day} {day:%B %Y}"), ("Haemoglobin", "138 g/L (120 to 160)")]
    facts += [("White cells", "6.2 billion/L (4.0 to 11.0)"), ("Platelets", "251 billion/L (150 to 400)")]
    for line, (label, value) in enumerate(facts):
        _fact(draw, MARGIN, 300 + line * 120, label, value)
    _specimen(draw, SHEET)
    return _file(image, "full-blood-count.pdf", "PDF", "application/pdf")


def heart_tracing() -> SimpleUploadedFile:
    """A strip of a heart tracing, such as somebody photographs at home."""
    image, draw = _blank(CARD)
    beat = [(0, 0), (14, 0), (20, -18), (28, 0), (36, 12), (44, -120), (54, 46), (62, 0), (84, 0), (98, -30), (114, 0)]
    line = [(MARGIN + start + x, 300 + y) for start in range(0, 700, 120) for x, y in beat]
    for position in range(MARGIN, CARD[0] - MARGIN, 24):
        draw.line((position, 120, position, 440), fill="#efd9d3")
    draw.line(line, fill=INK, width=3)
    _specimen(draw, CARD)
    return _file(image, "heart-tracing.png", "PNG", "image/png")


def _blank(size: tuple[int, int]) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((8, 8, size[0] - 9, size[1] - 9), outline=PALE, width=2)
    return image, draw


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _fact(draw: ImageDraw.ImageDraw, left: int, top: int, label: str, value: str) -> None:
    draw.text((left, top), label, font=_font(22), fill=PALE)
    draw.text((left, top + 30), value, font=_font(34), fill=INK)


def _silhouette(draw: ImageDraw.ImageDraw, left: int, top: int) -> None:
    draw.rectangle((left, top, left + 220, top + 290), fill="#dfe9e6")
    draw.ellipse((left + 60, top + 45, left + 160, top + 155), fill=TEAL)
    draw.pieslice((left + 15, top + 175, left + 205, top + 405), 180, 360, fill=TEAL)


def _specimen(draw: ImageDraw.ImageDraw, size: tuple[int, int]) -> None:
    draw.text(
        (MARGIN, size[1] - 70), "SPECIMEN. Made for a demonstration; it proves nothing.", font=_font(24), fill=INK
    )


def _file(image: Image.Image, name: str, kind: str, media_type: str) -> SimpleUploadedFile:
    out = BytesIO()
    image.save(out, kind)
    return SimpleUploadedFile(name, out.getvalue(), content_type=media_type)
