"""What the product prints: A4 pages as PDF, in our own type, with a heading, rows of label and value, and codes."""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Sequence
from pathlib import Path
from typing import Self

from fpdf import FPDF
from fpdf.enums import MethodReturnValue, XPos, YPos

from common.money import Money

FONTS = Path(__file__).parent / "fonts"
_FACE = "Atkinson"
_FILES = {
    _FACE: "atkinson-hyperlegible-next-latin",
    "AtkinsonExt": "atkinson-hyperlegible-next-latin-ext",
    "NotoMore": "noto-sans-more",
}
_INK, _SOFT, _LINE = (19, 32, 44), (63, 77, 90), (221, 214, 200)
_MARGIN, _WIDE = 22.0, 166.0
_LABEL = 48.0


class Page(FPDF):
    """An A4 page, and more where the text takes more. Lengths are millimetres.

    Draw it within `with`: its fonts' files are open until then, whether or not it is finished.
    """

    def __init__(self, *, title: str, footing: str = "") -> None:
        super().__init__(format="A4")
        self.footing = footing
        for face, file in _FILES.items():
            for style, weight in (("", 400), ("B", 700)):
                self.add_font(face, style, FONTS / f"{file}-{weight}.ttf")
        self.set_fallback_fonts([face for face in _FILES if face != _FACE])
        self.set_title(title)
        self.set_lang("en-GB")
        self.set_margins(_MARGIN, _MARGIN)
        self.add_page()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for font in self.fonts.values():
            # Kept open to read letters from.
            getattr(font, "ttfont").close()  # noqa: B009

    def normalize_text(self, text: str) -> str:
        """Everything that is printed, in letters that our fonts have.

        One that they have not is printed without its accent, where only that is missing, else as a question mark: left
        alone, it would be left out without a word, and a name would be another.
        """
        drawn = {letter for font in self.fonts.values() for letter in getattr(font, "cmap", {})}
        written: str = super().normalize_text(text)
        return "".join(
            letter if ord(letter) in drawn or letter.isspace() else _without_accent(letter, drawn)
            for letter in unicodedata.normalize("NFC", written)
        )

    def head(self, title: str, business: str, address: str) -> None:
        self._line(business, size=12, style="B", colour=_INK)
        for line in address.splitlines():
            self._line(line, size=10, style="", colour=_SOFT)
        self.ln(12)
        self._line(title, size=24, style="B", colour=_INK, height=12)
        self.ln(4)

    def rows(self, rows: Sequence[tuple[str, str]]) -> None:
        for label, value in rows:
            self.set_font(_FACE, "", 10.5)
            # A row stays whole: its label and its value are never on two pages.
            height = self.multi_cell(_WIDE - _LABEL, 8, value, dry_run=True, output=MethodReturnValue.HEIGHT)
            if self.will_page_break(float(str(height))):
                self.add_page()
            self._rule()
            self.set_text_color(*_SOFT)
            top = self.get_y()
            self.cell(_LABEL, 8, label)
            self.set_text_color(*_INK)
            self.set_xy(_MARGIN + _LABEL, top)
            self.multi_cell(_WIDE - _LABEL, 8, value, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self._rule()

    def total(self, words: str, amount: Money) -> None:
        self.ln(6)
        self.set_font(_FACE, "B", 16)
        self.set_text_color(*_INK)
        self.cell(_LABEL, 12, words)
        self.cell(_WIDE - _LABEL, 12, str(amount), align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(4)

    def heading(self, text: str) -> None:
        """Of what follows, kept on one page with its first lines."""
        if self.will_page_break(24):
            self.add_page()
        self.ln(6)
        self._line(text, size=13, style="B", colour=_INK, height=8)

    def words(self, text: str, *, is_soft: bool = False) -> None:
        """A paragraph; ends of lines in it are kept."""
        self.set_font(_FACE, "", 10.5)
        self.set_text_color(*(_SOFT if is_soft else _INK))
        self.multi_cell(_WIDE, 5.5, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def notice(self, text: str) -> None:
        """What nobody may overlook: in a frame."""
        self.set_font(_FACE, "B", 13)
        self.set_text_color(*_INK)
        self.set_draw_color(*_INK)
        self.multi_cell(_WIDE, 9, text, border=1, align="C", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(4)

    def signature_line(self, text: str) -> None:
        """Where somebody signs by hand."""
        if self.will_page_break(30):
            self.add_page()
        self.ln(16)
        self.set_draw_color(*_INK)
        self.line(_MARGIN, self.get_y(), _MARGIN + _WIDE / 2, self.get_y())
        self._line(text, size=9.5, style="", colour=_SOFT)

    def code(self, modules: Sequence[Sequence[int]], side: float, text: str) -> None:
        """A square code in the upper right corner, of which each row says where it is dark, and what stands below it.

        Drawn before all else: what follows begins at the top, beside it.
        """
        left, top, width = _MARGIN + _WIDE - side, _MARGIN - 4, side / len(modules)
        self.set_fill_color(*_INK)
        for row, line in enumerate(modules):
            for column, is_dark in enumerate(line):
                if is_dark:
                    self.rect(left + column * width, top + row * width, width, width, style="F")
        self.set_font(_FACE, "B", 10)
        self.set_text_color(*_INK)
        self.set_xy(left - 10, top + side)
        self.cell(side + 10, 5, text, align="R")
        self.set_xy(_MARGIN, _MARGIN)

    def footer(self) -> None:
        """On every page, where `footing` says something: that, and which page of how many it is."""
        if not self.footing:
            return
        self.set_y(-15)
        self.set_font(_FACE, "", 9)
        self.set_text_color(*_SOFT)
        self.cell(_WIDE, 5, f"{self.footing}   Page {self.page_no()} of {{nb}}")

    def finished(self) -> bytes:
        return bytes(self.output())

    def _line(self, text: str, *, size: float, style: str, colour: tuple[int, int, int], height: float = 6) -> None:
        self.set_font(_FACE, style, size)
        self.set_text_color(*colour)
        self.cell(_WIDE, height, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _rule(self) -> None:
        self.set_draw_color(*_LINE)
        self.line(_MARGIN, self.get_y(), _MARGIN + _WIDE, self.get_y())


def _without_accent(letter: str, drawn: Container[int]) -> str:
    return "".join(part for part in unicodedata.normalize("NFKD", letter) if ord(part) in drawn) or "?"
