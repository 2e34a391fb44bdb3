"""The drawing itself: the clinic's name and the page's title in our colours and type, and a doctor's portrait."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

from common.paper import FONTS

# Counted up when the drawing changes, so that addresses do.
DESIGN = 2
WIDTH, HEIGHT = 1200, 630
PORTRAIT_WIDTH = 420
PORTRAIT_SPEC = f"fill-{PORTRAIT_WIDTH}x{HEIGHT}|format-jpeg"
# As static/css/tokens.css says them.
_PAPER, _INK, _SOFT, _LINE, _TEAL = "#fbf9f4", "#13202c", "#3f4d5a", "#ddd6c8", "#0a5550"
# The first of them that has a letter draws it.
_FILES = ("atkinson-hyperlegible-next-latin", "atkinson-hyperlegible-next-latin-ext", "noto-sans-more")
_EDGE, _BAR = 80, 20
_TITLE_TOP, _TITLE_HEIGHT = 150, 330
_TITLE_SIZES = range(84, 39, -4)
_LEADING = 1.14
_BOTTOM = 556
_PIECE = re.compile(r"(\s*)(\S+?-(?=\S)|\S+)")
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})


@dataclass(frozen=True, kw_only=True)
class Card:
    """What the picture says; `line` stands under the title and may be empty."""

    title: str
    line: str
    clinic: str
    tagline: str


def plain(text: str) -> str:
    """Letters with their accents in one piece, single spaces, and nothing that only steers how text is set."""
    shown = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    return unicodedata.normalize("NFC", " ".join(shown.split()))


def can_be_drawn(card: Card) -> bool:
    """Whether our fonts have every letter of it, in a script whose letters are set one by one from left to right."""
    letters = {*card.title, *card.line, *card.clinic, *card.tagline}
    return all(
        unicodedata.bidirectional(letter) not in _RIGHT_TO_LEFT
        and not unicodedata.category(letter).startswith("M")
        and all(any(ord(letter) in _letters(file, weight) for file in _FILES) for weight in (400, 700))
        for letter in letters
    )


def drawn(card: Card, portrait: bytes | None) -> bytes:
    """The picture as JPEG, `WIDTH` × `HEIGHT`; `portrait` is a JPEG of `PORTRAIT_SPEC`."""
    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, _BAR, HEIGHT), fill=_TEAL)
    right = WIDTH - _EDGE
    if portrait is not None:
        right = WIDTH - PORTRAIT_WIDTH - _EDGE // 2
        with Image.open(io.BytesIO(portrait)) as picture:
            image.paste(picture.convert("RGB").resize((PORTRAIT_WIDTH, HEIGHT)), (WIDTH - PORTRAIT_WIDTH, 0))
    width = right - _EDGE
    _write(pen, (_EDGE, 64), _shortened(card.clinic, 38, 700, width), 38, 700, _TEAL)
    room = _TITLE_HEIGHT - (64 if card.line else 0)
    size, lines = _fitted(card.title, width, room)
    top = _TITLE_TOP + (room - len(lines) * size * _LEADING) / 2
    for line in lines:
        _write(pen, (_EDGE, top), line, size, 700, _INK)
        top += size * _LEADING
    if card.line:
        _write(pen, (_EDGE, top + 18), _shortened(card.line, 34, 400, width), 34, 400, _SOFT)
    pen.line((_EDGE, _BOTTOM - 24, right, _BOTTOM - 24), fill=_LINE, width=2)
    _write(pen, (_EDGE, _BOTTOM), _shortened(card.tagline, 28, 400, width), 28, 400, _SOFT)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=90, subsampling=0, optimize=True)
    return file.getvalue()


def _fitted(title: str, width: float, height: float) -> tuple[int, list[str]]:
    """The largest size at which a title has room with its words whole, and its lines.

    At the smallest, words are broken that are wider than a line, and what has no room is cut short.
    """
    for size in _TITLE_SIZES:
        lines = _wrapped(title, size, width)
        is_whole = all(_length(piece, size, 700) <= width for _, piece in _pieces(title))
        if is_whole and len(lines) * size * _LEADING <= height:
            return size, lines
    size = _TITLE_SIZES[-1]
    lines = _wrapped(title, size, width)
    most = int(height / (size * _LEADING))
    if len(lines) <= most:
        return size, lines
    return size, [*lines[: most - 1], _shortened(" ".join(lines[most - 1 :]), size, 700, width)]


def _wrapped(text: str, size: int, width: float) -> list[str]:
    lines = [""]
    for gap, piece in _pieces(text):
        for number, part in enumerate(_broken(piece, size, width)):
            longer = f"{lines[-1]}{gap if lines[-1] and not number else ''}{part}"
            if _length(longer, size, 700) <= width:
                lines[-1] = longer
            else:
                lines.append(part)
    return [line for line in lines if line]


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Words and the parts of words with hyphens, each with the space before it."""
    for found in _PIECE.finditer(text):
        yield " " if found[1] else "", found[2]


def _broken(word: str, size: int, width: float) -> Iterator[str]:
    """A word that is wider than the line, in parts."""
    part = ""
    for letter in word:
        if part and _length(part + letter, size, 700) > width:
            yield part
            part = ""
        part += letter
    yield part


def _shortened(text: str, size: int, weight: int, width: float) -> str:
    if _length(text, size, weight) <= width:
        return text
    while text and _length(f"{text}…", size, weight) > width:
        text = text[:-1].rstrip()
    return f"{text}…"


def _length(text: str, size: int, weight: int) -> float:
    return sum(font.getlength(run) for font, run in _runs(text, size, weight))


def _write(pen: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: int, weight: int, colour: str) -> None:
    left, top = at
    base = top + _font(_FILES[0], weight, size).getmetrics()[0]
    for font, run in _runs(text, size, weight):
        pen.text((left, base), run, fill=colour, font=font, anchor="ls")
        left += font.getlength(run)


def _runs(text: str, size: int, weight: int) -> Iterator[tuple[ImageFont.FreeTypeFont, str]]:
    """The text in parts that one font draws each; its letters are such as `can_be_drawn`."""
    run, of = "", _FILES[0]
    for letter in text:
        file = next((name for name in _FILES if ord(letter) in _letters(name, weight)), of)
        if file != of and run:
            yield _font(of, weight, size), run
            run = ""
        of, run = file, run + letter
    if run:
        yield _font(of, weight, size), run


@lru_cache(maxsize=64)
def _font(file: str, weight: int, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / f"{file}-{weight}.ttf"), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=len(_FILES) * 2)
def _letters(file: str, weight: int) -> frozenset[int]:
    with TTFont(FONTS / f"{file}-{weight}.ttf", lazy=True) as font:
        return frozenset(font.getBestCmap())
