"""Receipts and credit notes as PDF (A4), from what was frozen when they were issued and facts of the appointment.

Nothing says why somebody came: who, with whom, when and how much.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from django.conf import settings
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from billing.models import BillingSettings, Receipt
from common.money import Money
from common.templatetags.when import clock_time, long_date

_FONTS = Path(__file__).parent / "fonts"
_FACE, _FALLBACK = "Atkinson", "AtkinsonExt"
_INK, _SOFT, _LINE = (19, 32, 44), (63, 77, 90), (221, 214, 200)
_MARGIN, _WIDE = 22.0, 166.0
_LABEL = 48.0


def receipt_pdf(receipt: Receipt, business: BillingSettings) -> bytes:
    """The printed form of a receipt with its payment, appointment and people."""
    page = _Page(title=f"{receipt.get_kind_display()} {receipt.number}")
    name = business.business_name or settings.WAGTAIL_SITE_NAME
    page.head(receipt.get_kind_display(), name, business.business_address)
    page.rows(_facts(receipt, business))
    page.total(_total_words(receipt), Money(receipt.amount_minor, receipt.currency))
    page.rows(_tax(receipt))
    return page.finished()


def _facts(receipt: Receipt, business: BillingSettings) -> list[tuple[str, str]]:
    payment = receipt.payment
    appointment = payment.appointment
    zone = appointment.location.zone
    rows = [
        ("Number", receipt.number),
        ("Date", long_date(receipt.issued_at, zone)),
        ("Patient", appointment.patient.name),
        ("Doctor", appointment.doctor.name),
        # With its year: it is kept for longer than one.
        ("Appointment", f"{long_date(appointment.start, zone)}, {clock_time(appointment.start, zone)}"),
        ("Place", f"{appointment.location.name}, {appointment.location.address}"),
        ("Reference", appointment.reference),
        ("Paid by", payment.get_method_display()),
    ]
    if receipt.refund is not None:
        original = Receipt.objects.filter(payment=payment, kind=Receipt.Kind.RECEIPT).first()
        rows.append(("Refund of", original.number if original else ""))
    if business.vat_number:
        rows.append(("VAT number", business.vat_number))
    return [row for row in rows if row[1]]


def _total_words(receipt: Receipt) -> str:
    return "Given back" if receipt.kind == Receipt.Kind.CREDIT_NOTE else "Paid"


def _tax(receipt: Receipt) -> list[tuple[str, str]]:
    """Medical care by registered practitioners is exempt (Value Added Tax Act 1994, Schedule 9, Group 7)."""
    if not receipt.vat_rate_percent:
        return [("VAT", "Exempt: medical care (VAT Act 1994, Schedule 9, Group 7)")]
    return [
        (f"VAT at {receipt.vat_rate_percent.normalize():f}%", str(Money(vat_within(receipt), receipt.currency))),
    ]


def vat_within(receipt: Receipt) -> int:
    """The tax that the amount holds, in minor units, rounded to the nearest (HMRC VAT Notice 700, 17.6)."""
    rate = receipt.vat_rate_percent or Decimal()
    tax = Decimal(receipt.amount_minor) * rate / (100 + rate)
    return int(tax.quantize(Decimal(1), rounding=ROUND_HALF_UP))


class _Page(FPDF):
    """One A4 page with a heading, rows of label and value, and a total."""

    def __init__(self, *, title: str) -> None:
        super().__init__(format="A4")
        for face, subset in ((_FACE, "latin"), (_FALLBACK, "latin-ext")):
            for style, weight in (("", 400), ("B", 700)):
                self.add_font(face, style, _FONTS / f"atkinson-hyperlegible-next-{subset}-{weight}.ttf")
        self.set_fallback_fonts([_FALLBACK])
        self.set_title(title)
        self.set_lang("en-GB")
        self.set_margins(_MARGIN, _MARGIN)
        self.add_page()

    def head(self, title: str, business: str, address: str) -> None:
        self._line(business, size=12, style="B", colour=_INK)
        for line in address.splitlines():
            self._line(line, size=10, style="", colour=_SOFT)
        self.ln(12)
        self._line(title, size=24, style="B", colour=_INK, height=12)
        self.ln(4)

    def rows(self, rows: Sequence[tuple[str, str]]) -> None:
        for label, value in rows:
            self._rule()
            self.set_font(_FACE, "", 10.5)
            self.set_text_color(*_SOFT)
            top = self.get_y()
            self.cell(_LABEL, 8, label)
            self.set_text_color(*_INK)
            self.set_xy(_MARGIN + _LABEL, top)
            self.multi_cell(_WIDE - _LABEL, 8, value, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self._rule()

    def total(self, words: str, amount: Money) -> None:
        self.ln(6)
        self.set_font(_FACE, "B", 16)
        self.set_text_color(*_INK)
        self.cell(_LABEL, 12, words)
        self.cell(_WIDE - _LABEL, 12, str(amount), align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(4)

    def finished(self) -> bytes:
        return bytes(self.output())

    def _line(self, text: str, *, size: float, style: str, colour: tuple[int, int, int], height: float = 6) -> None:
        self.set_font(_FACE, style, size)
        self.set_text_color(*colour)
        self.cell(_WIDE, height, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _rule(self) -> None:
        self.set_draw_color(*_LINE)
        self.line(_MARGIN, self.get_y(), _MARGIN + _WIDE, self.get_y())
