"""A patient asks for everything about them, sees that it is being put together, and downloads it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
from playwright.sync_api import expect

from records.models import RecordExport
from records.services import EXPORT_PARTS, export_build
from records.tests.steps import signed, visit
from tests.journeys.scenes import a_patient, account_of, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_asked_for_built_and_downloaded(
    site_url: str,
    new_context: Callable[..., BrowserContext],
    look: Callable[[Page, str], None],
    scripts: bool,  # noqa: FBT001
) -> None:
    patient = a_patient(given_name="Leila", family_name="Haddad")
    signed(visit(patient=patient), summary="Drink more, and stand up slowly.")
    page = sign_in(new_context(java_script_enabled=scripts), account_of(patient)).new_page()
    page.goto("/health-record/access/")
    page.get_by_role("link", name="Everything about me as a file").click()
    look(page, "export")
    page.get_by_role("button", name="Ask for everything about me").click()
    expect(page.get_by_text(f"0 of {len(EXPORT_PARTS)} parts are done")).to_be_visible()
    look(page, "export-waiting")
    export_build(export_id=RecordExport.objects.get().public_id)
    if not scripts:
        page.get_by_role("link", name="Look again").click()
    expect(page.get_by_text("It is ready, until")).to_be_visible()
    look(page, "export-ready")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download it").click()
    with ZipFile(download.value.path()) as archive:
        assert "Drink more, and stand up slowly." in archive.read("index.html").decode()
