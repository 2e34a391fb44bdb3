"""Receipts and credit notes as PDF (A4), from what was frozen when they were issued and facts of the appointment.

Nothing says why somebody came: who, with whom, when and how much.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings

from billing.models import BillingSettings, Receipt
from common.money import Money
from common.paper import Page
from common.templatetags.when import clock_time, long_date


def receipt_pdf(receipt: Receipt, business: BillingSettings) -> bytes:
    """The printed form of a receipt with its payment, appointment and people."""
    name = business.business_name or settings.WAGTAIL_SITE_NAME
    with Page(title=f"{receipt.get_kind_display()} {receipt.number}") as page:
        page.head(receipt.get_kind_display(), name, business.business_address)
        page.rows(_facts(receipt, business))
        page.total(_TOTAL[Receipt.Kind(receipt.kind)], Money(receipt.amount_minor, receipt.currency))
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
        ("Price of the visit", _price_beside(receipt)),
        ("Payment", payment.get_method_display()),
    ]
    if receipt.refund is not None:
        original = Receipt.objects.filter(payment=payment, kind=Receipt.Kind.RECEIPT).first()
        rows.append(("Refund of", original.number if original else ""))
    if receipt.cancels is not None:
        rows.append(("Cancels", receipt.cancels.number))
    if business.vat_number:
        rows.append(("VAT number", business.vat_number))
    return [row for row in rows if row[1]]


def _price_beside(receipt: Receipt) -> str:
    """Where a receipt is for a part of it: a deposit, the rest of one, a difference."""
    visit = receipt.payment.appointment
    is_part = receipt.kind == Receipt.Kind.RECEIPT and receipt.amount_minor != visit.price_minor
    return str(Money(visit.price_minor, visit.currency)) if is_part else ""


_TOTAL = {
    Receipt.Kind.RECEIPT: "Paid",
    Receipt.Kind.CREDIT_NOTE: "Given back",
    Receipt.Kind.CANCELLATION: "Not given back",
    Receipt.Kind.VOID: "Not paid",
}


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
