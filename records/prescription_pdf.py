"""A prescription as it is printed (A4), from what was signed alone; above it what became of it since."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import segno
from django.conf import settings
from django.urls import reverse

from common.paper import Page
from common.templatetags.when import long_date
from records.check_codes import code_for_people
from records.models import Prescription
from records.prescription_content import Item
from records.selectors import SignedPrescription
from records.states import PrescriptionStatus

_QR_SIDE = 32.0


def check_path(code: str) -> str:
    """Where the code is checked. It stands behind the #, which no browser sends: no server's log ever has it."""
    return f"{reverse('records:prescription_check')}#code={code}"


def prescription_pdf(prescription: Prescription, signed: SignedPrescription, status: PrescriptionStatus) -> bytes:
    code, prescriber = code_for_people(signed.code), signed.prescriber
    with Page(title="Prescription", footing=f"{signed.patient['name']}, {code}") as page:
        page.code(_modules(signed.code), _QR_SIDE, code)
        page.head("Prescription", prescriber["address"].split(",", maxsplit=1)[0], _address_lines(prescriber))
        if status != PrescriptionStatus.ACTIVE:
            page.notice(f"{status.label}: nothing is to be dispensed from this")
        page.rows(_facts(prescription, signed))
        for number, item in enumerate(signed.content.items, start=1):
            page.heading(f"{number}. {item.name}")
            page.rows(_rows_of(item))
        page.heading(f"{prescriber['name']}, {prescriber['kind'].lower()}, GMC number {prescriber['gmc_number']}")
        page.words(prescriber["address"], is_soft=True)
        page.signature_line("Signature of the prescriber")
        page.words(_how_to_check(), is_soft=True)
        return page.finished()


def _rows_of(item: Item) -> list[tuple[str, str]]:
    rows = [
        ("Dose", item.taking),
        ("Quantity", item.quantity_told),
        ("Repeats", str(item.repeats) if item.repeats else "None"),
        ("Instructions", item.instructions),
    ]
    return [row for row in rows if row[1]]


def _address_lines(prescriber: Mapping[str, str]) -> str:
    address, phone = prescriber["address"], prescriber["phone"]
    return f"{address.partition(', ')[2]}\n{phone}"


def _facts(prescription: Prescription, signed: SignedPrescription) -> list[tuple[str, str]]:
    patient = signed.patient
    born = date.fromisoformat(patient["birth_date"])
    rows = [
        ("Patient", patient["name"]),
        ("Address", patient["address"].replace("\n", ", ")),
        ("Date of birth", f"{born.day} {born:%B %Y}"),
        ("Age", patient["age"]),
        ("Date", long_date(prescription.signed_at)),
        ("Valid until", long_date(prescription.valid_until)),
    ]
    return [row for row in rows if row[1]]


def _modules(code: str) -> list[list[int]]:
    base = settings.WAGTAILADMIN_BASE_URL
    drawn = segno.make(f"{base}{check_path(code)}", error="m", micro=False)
    # With the quiet zone that readers need around it.
    return [list(row) for row in drawn.matrix_iter(scale=1, border=2)]


def _how_to_check() -> str:
    where = f"{settings.WAGTAILADMIN_BASE_URL}{reverse('records:prescription_check')}"
    return f"\nWhoever dispenses this checks it by the code above and the date of birth: {where}"
