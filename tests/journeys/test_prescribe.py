"""A doctor prescribes, anyone with the code checks it, the doctor cancels and replaces it, the patient reads it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from booking.tests.steps import user_of
from devtools.testing.browser import Complaints
from records.models import Prescription
from records.tests.prescribing import allergic, code_of
from records.tests.steps import visit
from tests.journeys.scenes import OVERFLOWS, WIDTHS, a_patient, account_of, free_doctor, keep_picture, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.django_db(transaction=True)

Check = Callable[["Page"], None]
Look = Callable[["Page", str], None]


@pytest.fixture
def look(assert_accessible: Check, scripts: bool) -> Look:  # noqa: FBT001
    """`look(page, name)`: axe finds nothing at 390 and 1280 px and nothing is wider; with a picture."""

    def check(page: Page, name: str) -> None:
        if not scripts:
            return
        for width, height in WIDTHS.values():
            page.set_viewport_size({"width": width, "height": height})
            assert_accessible(page)
            assert page.evaluate(OVERFLOWS) == [], name
        keep_picture(page, f"rx-{name}")

    return check


def fill(page: Page, number: int, **fields: str) -> None:
    medicine = page.get_by_role("group", name=f"Medicine {number}")
    labels = {
        "drug": "Medicine",
        "form": "Form",
        "strength": "Strength",
        "dose": "Dose",
        "frequency": "How often",
        "quantity": "Quantity",
        "unit": "Of what",
    }
    for name, value in fields.items():
        medicine.get_by_label(labels[name], exact=True).fill(value)


def prescribe(page: Page, appointment_path: str, look: Look) -> None:
    page.goto(appointment_path)
    page.get_by_role("link", name="Prescribe").click()
    look(page, "visit")
    page.get_by_role("button", name="Begin a prescription").click()
    fill(page, 1, drug="Amoxicillin", form="Capsules", strength="500 mg", dose="1 capsule")
    fill(page, 1, frequency="three times a day", quantity="21", unit="capsules")
    page.get_by_role("button", name="Add a medicine").click()
    fill(page, 2, drug="Morphine", form="Tablets", strength="10 mg", dose="1 tablet", frequency="at night")
    fill(page, 2, quantity="7", unit="tablets")
    look(page, "writing")
    page.get_by_role("button", name="Save and go on to sign").click()
    # What the law does not allow is said with the rule, and taken out.
    page.get_by_label("I have read the warnings").check()
    page.get_by_role("button", name="Sign the prescription").click()
    expect(page.get_by_role("alert")).to_contain_text("Schedule 2")
    page.get_by_role("link", name="Go on writing").click()
    page.get_by_role("button", name="Take out medicine 2").click()
    page.get_by_role("button", name="Save and go on to sign").click()
    page.get_by_role("link", name="Give the address").click()
    look(page, "address")
    page.get_by_label("Where the patient lives").fill("4 Elm Row\nBath BA1 5LN")
    page.get_by_role("button", name="Save and go on to sign").click()
    look(page, "signing")
    page.get_by_label("I have read the warnings").check()
    page.get_by_role("button", name="Sign the prescription").click()
    expect(page.get_by_text("Signed. The patient finds it in their health record.")).to_be_visible()
    look(page, "doctors")


def check(page: Page, code: str, *, scripts: bool) -> None:
    """As whoever has the paper: with scripts by the QR code's address, without by typing."""
    # From paper one comes from no other page.
    page.goto("about:blank")
    page.goto(f"/prescriptions/check/#code={code}")
    if scripts:
        expect(page.get_by_label("Verification code")).to_have_value(code)
        assert "#" not in page.url
    else:
        page.get_by_label("Verification code").fill(code.lower())
    for part, value in (("Day", "27"), ("Month", "3"), ("Year", "1986")):
        page.get_by_label(part).fill(value)
    page.get_by_role("button", name="Check it").click()
    assert code not in page.url


def read_by_the_patient(own: Page, look: Look) -> None:
    """The allergies, the cancelled prescription with its reason, and the one in its place, as a file too."""
    own.goto("/health-record/")
    own.get_by_role("link", name="Allergies", exact=True).click()
    look(own, "allergies")
    own.goto("/health-record/")
    own.get_by_role("link", name="Prescriptions", exact=True).click()
    look(own, "list")
    own.get_by_role("main").get_by_role("listitem").get_by_role("link").last.click()
    expect(own.get_by_text("Seven days are enough")).to_be_visible()
    own.get_by_role("link", name="The one in its place").click()
    expect(own.get_by_text("15 (fifteen) capsules")).to_be_visible()
    look(own, "patients")
    with own.expect_download() as download:
        own.get_by_role("link", name="Download as PDF").click()
    assert download.value.suggested_filename == "prescription.pdf"


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_prescribed_checked_cancelled_replaced_and_read(
    site_url: str,
    new_context: Callable[..., BrowserContext],
    complaints: Complaints,
    look: Look,
    scripts: bool,  # noqa: FBT001
) -> None:
    complaints.allow("status of 422")
    complaints.allow("status of 409")
    doctor, patient = free_doctor(), a_patient(given_name="Leila", family_name="Haddad")
    allergic(patient, "Penicillin", "a rash")
    page = sign_in(new_context(java_script_enabled=scripts), user_of(doctor)).new_page()
    prescribe(page, f"/appointments/{visit(doctor, patient).public_id}/", look)
    first = Prescription.objects.get()

    pharmacy = new_context(java_script_enabled=scripts).new_page()
    pharmacy.goto("/prescriptions/check/")
    look(pharmacy, "check")
    check(pharmacy, code_of(first), scripts=scripts)
    expect(pharmacy.get_by_role("heading", name="This prescription is valid")).to_be_visible()
    expect(pharmacy.get_by_text("21 (twenty-one) capsules")).to_be_visible()
    look(pharmacy, "checked")

    page.get_by_role("link", name="Cancel and replace").click()
    look(page, "reason")
    page.get_by_label("Why?").fill("Seven days are enough")
    page.get_by_role("button", name="Cancel and replace it").click()
    check(pharmacy, code_of(first), scripts=scripts)
    expect(pharmacy.get_by_role("heading", name="This prescription is cancelled")).to_be_visible()
    fill(page, 1, quantity="15")
    page.get_by_role("button", name="Save and go on to sign").click()
    page.get_by_label("I have read the warnings").check()
    page.get_by_role("button", name="Sign the prescription").click()
    page.goto("/my-day/prescriptions/")
    look(page, "written")
    second = Prescription.objects.get(replaces=first)
    check(pharmacy, code_of(second), scripts=scripts)
    expect(pharmacy.get_by_text("15 (fifteen) capsules")).to_be_visible()

    own = sign_in(new_context(java_script_enabled=scripts), account_of(patient)).new_page()
    read_by_the_patient(own, look)
