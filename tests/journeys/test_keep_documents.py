"""A patient adds files to the record, they are checked, and the doctor sees them and adds one; the patient reads it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from playwright.sync_api import expect

from booking.tests.steps import user_of
from common import clock
from common.uploads.tests import samples
from devtools.scanner import EICAR
from devtools.testing.browser import Complaints
from integrations import antivirus
from records.models import Document
from records.services import document_check
from records.tests.document_steps import added, added_by_doctor
from records.tests.steps import visit
from tests.journeys.scenes import OVERFLOWS, WIDTHS, a_patient, account_of, free_doctor, keep_picture, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("virus_scanner")]

Check = Callable[["Page"], None]
with_and_without_scripts = pytest.mark.parametrize(
    "scripts", [True, False], ids=["with JavaScript", "without JavaScript"]
)


@pytest.fixture
def look(assert_accessible: Check, scripts: bool) -> Callable[[Page, str], None]:  # noqa: FBT001
    """`look(page, name)`: axe finds nothing at 390 and 1280 px and nothing is wider; with a picture."""

    def check(page: Page, name: str) -> None:
        if not scripts:
            return
        for width, height in WIDTHS.values():
            page.set_viewport_size({"width": width, "height": height})
            assert_accessible(page)
            assert page.evaluate(OVERFLOWS) == [], name
        keep_picture(page, f"documents-{name}")

    return check


def a_scan() -> bytes:
    out = BytesIO()
    Image.linear_gradient("L").convert("RGB").resize((600, 400)).save(out, "PNG")
    return out.getvalue()


def check_viruses() -> None:
    """What the worker does when it is woken."""
    for document in Document.objects.filter(checked_at=None):
        document_check(document_id=document.public_id, scan=antivirus.scan)


def send(page: Page, title: str, *files: tuple[str, str, bytes], kind: str = "result", scripts: bool) -> None:
    page.get_by_label("What is it?").select_option(kind)
    page.get_by_label("Title").fill(title)
    if scripts:
        # What is chosen before the script is there waits for the form.
        expect(page.get_by_text("each file is sent as soon as you have chosen it")).to_be_visible()
    chosen = [{"name": name, "mimeType": media_type, "buffer": content} for name, media_type, content in files]
    page.get_by_label("Files").set_input_files(chosen)  # type: ignore[arg-type]
    if not scripts:
        page.get_by_role("button", name="Send").click()
    expect(page.locator("#files").get_by_text(title, exact=True)).to_have_count(len(files))


def look_again(page: Page, *, scripts: bool) -> None:
    if not scripts:
        page.get_by_role("link", name="Look again").click()


@with_and_without_scripts
def test_sent_checked_seen_by_the_doctor_and_answered(
    site_url: str,
    new_context: Callable[..., BrowserContext],
    look: Callable[[Page, str], None],
    scripts: bool,  # noqa: FBT001
) -> None:
    doctor, patient = free_doctor(), a_patient(given_name="Leila", family_name="Haddad")
    seen = visit(doctor, patient)
    page = sign_in(new_context(java_script_enabled=scripts), account_of(patient)).new_page()
    page.goto("/health-record/")
    page.get_by_role("main").get_by_role("link", name="Documents", exact=True).click()
    expect(page.get_by_text("No documents yet")).to_be_visible()
    look(page, "none")
    page.get_by_role("link", name="Add documents").click()
    files = [("scan.png", "image/png", a_scan()), ("report.pdf", "application/pdf", samples.packed_pdf())]
    send(page, "Blood test", *files, scripts=scripts)
    expect(page.locator("#files").get_by_text("Waiting for the virus check")).to_have_count(2)
    look(page, "waiting")
    check_viruses()
    look_again(page, scripts=scripts)
    expect(page.locator("#files").get_by_text("Ready")).to_have_count(2, timeout=15_000)
    expect(page.get_by_role("link", name="Look again")).to_have_count(0)
    page.get_by_role("link", name="Your documents").click()
    look(page, "list")

    desk = sign_in(new_context(java_script_enabled=scripts), user_of(doctor)).new_page()
    desk.goto(f"/appointments/{seen.public_id}/")
    desk.get_by_role("main").get_by_role("link", name="Documents", exact=True).click()
    expect(desk.get_by_role("heading", name="Leila Haddad")).to_be_visible()
    look(desk, "of-a-patient")
    desk.get_by_role("link", name="Blood test").last.click()
    expect(desk.get_by_role("img", name="Blood test")).to_be_visible()
    look(desk, "preview")
    with desk.expect_download() as kept:
        desk.get_by_role("link", name="Download").click()
    assert kept.value.suggested_filename == "scan.png"
    desk.get_by_role("link", name="Documents of Leila Haddad").click()
    desk.get_by_role("link", name="Add documents").click()
    send(desk, "Letter to Leila", files[1], kind="letter", scripts=scripts)
    look(desk, "added-by-a-doctor")
    check_viruses()

    page.goto("/health-record/documents/?category=letter")
    page.get_by_role("link", name="Letter to Leila").click()
    expect(page.get_by_text("Added by Dr Nia Rees")).to_be_visible()
    look(page, "letter")
    page.goto("/account/record-access/")
    expect(page.get_by_text("Downloaded a document")).to_be_visible()


@with_and_without_scripts
def test_what_is_refused_is_said_and_the_rest_is_kept(
    site_url: str,
    new_context: Callable[..., BrowserContext],
    complaints: Complaints,
    look: Callable[[Page, str], None],
    scripts: bool,  # noqa: FBT001
) -> None:
    complaints.allow("status of 422")
    page = sign_in(new_context(java_script_enabled=scripts), account_of(a_patient())).new_page()
    page.goto("/health-record/documents/add/")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("link", name="Choose at least one file.")).to_be_visible()
    page.get_by_label("What is it?").select_option("letter")
    files = [
        {"name": "run.exe", "mimeType": "application/pdf", "buffer": b"MZ not a PDF"},
        {"name": "virus.png", "mimeType": "image/png", "buffer": samples.png() + EICAR},
    ]
    page.get_by_label("Files").set_input_files(files)  # type: ignore[arg-type]
    if not scripts:
        page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("run.exe: We cannot take this kind of file").first).to_be_visible()
    if scripts:
        # The other file has gone by itself, so that none is missing any longer.
        expect(page.get_by_text("There is a problem")).to_have_count(0)
    look(page, "refused")
    if scripts:
        sound = {"name": "sound.png", "mimeType": "image/png", "buffer": samples.png()}
        page.get_by_label("Files").set_input_files(sound)  # type: ignore[arg-type]
        expect(page).to_have_title("Add documents – MedConsult")
    check_viruses()
    look_again(page, scripts=scripts)
    expect(page.locator("#files").get_by_text("Refused: a virus was found")).to_be_visible(timeout=15_000)


@with_and_without_scripts
def test_replaced_and_moved_to_the_right_patient(
    site_url: str,
    new_context: Callable[..., BrowserContext],
    look: Callable[[Page, str], None],
    scripts: bool,  # noqa: FBT001
) -> None:
    doctor = free_doctor()
    document = added_by_doctor(doctor, a_patient(), title="Scan of the knee")
    visit(doctor, a_patient(given_name="Omar", family_name="Haddad"), start=clock.now() - timedelta(days=1))
    page = sign_in(new_context(java_script_enabled=scripts), user_of(doctor)).new_page()
    page.goto(f"/records/documents/{document.public_id}/")
    page.get_by_role("link", name="Add a newer version").click()
    look(page, "newer-version")
    page.get_by_label("The new version").set_input_files(
        {"name": "knee.png", "mimeType": "image/png", "buffer": a_scan()}
    )
    page.get_by_role("button", name="Send").click()
    check_viruses()
    newer = Document.objects.get(replaces=document)
    page.goto(f"/records/documents/{newer.public_id}/")
    expect(page.get_by_role("heading", name="Other versions")).to_be_visible()
    look(page, "versions")
    misfiled = added(document.patient, by=user_of(doctor), title="Letter")
    page.goto(f"/records/documents/{misfiled.public_id}/")
    page.get_by_role("link", name="It was entered in error").click()
    look(page, "mistake")
    page.get_by_label("What is wrong with it?").fill("Two patients of one name")
    option = page.get_by_label("It belongs to").locator("option", has_text="Omar Haddad")
    page.get_by_label("It belongs to").select_option(str(option.get_attribute("value")))
    page.get_by_role("button", name="It was entered in error").click()
    expect(page.get_by_text("It is in the record of Omar Haddad now")).to_be_visible()
    look(page, "moved")
