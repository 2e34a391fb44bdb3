from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from common import clock
from doctors.models import Doctor
from doctors.services import listing_replace
from doctors.tests.factories import (
    DoctorFactory,
    DoctorPageFactory,
    SearchWordFactory,
    SpecialtyFactory,
    VisitTypeFactory,
    free_times,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def doctors(site_url: str) -> list[Doctor]:
    """Twenty-two doctors, the last of them a cardiologist."""
    skin = SpecialtyFactory(name="Dermatology", slug="dermatology")
    hearts = SpecialtyFactory(name="Cardiology", slug="cardiology")
    SearchWordFactory(word="palpitations", specialties=[hearts])
    made = [DoctorFactory(listed=True, specialties=[skin], languages=["en", "pl"]) for _ in range(21)]
    made.append(DoctorFactory(listed=True, specialties=[hearts], given_name="Nia", family_name="Rees"))
    for number, doctor in enumerate(made):
        VisitTypeFactory(doctor=doctor)
        DoctorPageFactory(doctor=doctor)
        starts = [clock.now() + timedelta(hours=number + 1, minutes=20 * step) for step in range(4)]
        times = free_times(doctor, starts)
        place = doctor.locations.get().pk
        listing_replace(doctor_id=doctor.pk, times=dict.fromkeys([(None, ""), (None, "in_person"), (place, "")], times))
    return made


def test_filters_work_as_one_types_and_the_address_can_be_shared(
    page: Page, assert_accessible: Callable[[Page], None]
) -> None:
    page.goto("/doctors/")
    expect(page.get_by_role("heading", name="22 doctors")).to_be_visible()
    expect(page.get_by_label("Language").get_by_role("option", name="Polish (21)")).to_be_attached()
    assert_accessible(page)
    specialty = page.get_by_label("Specialty", exact=True)
    specialty.focus()
    specialty.evaluate("list => { list.dataset.mayBeOpen = ''; }")
    specialty.select_option("cardiology")
    expect(page.get_by_role("heading", name="1 doctor", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(r"/doctors/\?specialty=cardiology$"))
    expect(page.locator("#announcer")).to_have_text("1 doctor")
    # The counts of the other lists have followed, under the finger that chose.
    expect(page.get_by_label("Language").get_by_role("option", name="Polish (0)")).to_be_attached()
    expect(page.locator("select[data-may-be-open]")).to_be_focused()
    page.reload()
    expect(page.get_by_label("Specialty", exact=True)).to_have_value("cardiology")
    expect(page.get_by_role("link", name="Dr Nia Rees", exact=True)).to_be_visible()
    page.get_by_label("Name, specialty or condition").fill("nobody so named")
    expect(page.get_by_role("heading", name="No doctors found")).to_be_visible()
    assert_accessible(page)
    # A year is asked for when it is typed to its end.
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    day, soon = page.get_by_label("On or after"), clock.now().date() + timedelta(days=30)
    day.fill(soon.isoformat())
    for _ in range(2):
        day.press("ArrowRight")
    expect(page).to_have_url(re.compile(f"day={soon}"))
    with page.expect_response(re.compile(f"day={soon}")):
        page.keyboard.type(str(soon.year))
    assert [url for url in asked if "day=0" in url] == []


@pytest.mark.parametrize(
    ("word", "said"), [("palpitations", "For “palpitations”"), ("palpatations", "We read “palpatations”")]
)
def test_a_condition_leads_to_its_specialty_however_it_is_spelt(page: Page, plain: Page, word: str, said: str) -> None:
    for screen in (page, plain):
        screen.goto("/doctors/")
        screen.get_by_label("Name, specialty or condition").fill(word)
        if screen == plain:
            screen.get_by_role("button", name="Find doctors").click()
        expect(screen.get_by_role("heading", name="1 doctor", exact=True)).to_be_visible()
        expect(screen.get_by_text(said)).to_be_visible()
        expect(screen.get_by_role("link", name="Dr Nia Rees", exact=True)).to_be_visible()


def test_on_a_phone_the_filters_wait_behind_their_count(phone: Page, assert_accessible: Callable[[Page], None]) -> None:
    phone.goto("/doctors/")
    specialty = phone.get_by_label("Specialty", exact=True)
    expect(specialty).to_be_hidden()
    expect(phone.get_by_role("article").first).to_be_in_viewport()
    phone.get_by_text("Filters", exact=True).click()
    specialty.select_option("cardiology")
    expect(phone.get_by_text("(1 chosen)")).to_be_visible()
    expect(phone.get_by_role("heading", name="1 doctor", exact=True)).to_be_visible()
    assert_accessible(phone)
    phone.reload()
    expect(specialty).to_be_hidden()
    phone.get_by_role("link", name="Remove Cardiology").click()
    expect(phone.get_by_role("heading", name="22 doctors")).to_be_visible()
    expect(phone.get_by_text("(1 chosen)")).to_have_count(0)
    phone.emulate_media(media="print")
    expect(specialty).to_be_hidden()


def test_near_a_town_and_where_nobody_is_so_near(page: Page, plain: Page, doctors: list[Doctor]) -> None:
    place = doctors[-1].locations.get()
    place.latitude, place.longitude = Decimal("51.38"), Decimal("-2.36")
    place.save()
    plain.goto("/doctors/?sort=nearest")
    expect(plain.get_by_text("There is a problem")).to_be_visible()
    plain.get_by_label("Near a town or half a postcode").fill("BS8")
    plain.get_by_role("button", name="Find doctors").click()
    expect(plain.get_by_text("(about 11 miles)")).to_be_visible()
    page.goto("/doctors/?near=Lerwick&miles=5&gender=female")
    expect(page.get_by_role("heading", name="No doctors found")).to_be_visible()
    page.get_by_role("link", name="Without “Within 5 miles of Lerwick”").click()
    expect(page.get_by_role("heading", name="22 doctors")).to_be_visible()
    # Another filter's answer draws the way on anew, and the focus that was on it goes to its field.
    page.goto("/doctors/?near=lodnon")
    page.locator("#id_near_errors").get_by_role("link", name="Did you mean London?").focus()
    page.get_by_label("Language").select_option("")
    expect(page.get_by_label("Near a town or half a postcode")).to_be_focused()


def test_pages_turn_forwards_and_back(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto("/doctors/")
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("link", name="Dr Nia Rees", exact=True)).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(2)
    heading = page.get_by_role("heading", name="22 doctors")
    expect(heading).to_be_focused()
    expect(heading).to_be_in_viewport()
    # The filters stay in sight: to go on in them leaves the list where it is.
    page.get_by_label("Within").focus()
    shown_from = page.evaluate("scrollY")
    for label in ("Order", "Location", "Gender of the doctor"):
        page.get_by_label(label, exact=True).focus()
    assert page.evaluate("scrollY") == shown_from
    page.get_by_role("link", name="Previous").click()
    expect(page.get_by_role("article")).to_have_count(20)


def test_without_javascript_the_form_finds_and_the_profile_leads_to_the_times(plain: Page) -> None:
    plain.goto("/doctors/")
    plain.get_by_label("Name, specialty or condition").fill("Reez")
    plain.get_by_role("button", name="Find doctors").click()
    plain.get_by_role("link", name="Dr Nia Rees", exact=True).click()
    expect(plain.get_by_role("heading", name="Dr Nia Rees")).to_be_visible()
    plain.get_by_role("link", name="See free times").click()
    expect(plain).to_have_url(re.compile(r"/book/[\w-]+/times/"))


def test_the_profile_shows_the_slot_picker_in_place(
    page: Page, phone: Page, doctors: list[Doctor], assert_accessible: Callable[[Page], None]
) -> None:
    for screen in (page, phone):
        screen.goto(doctors[-1].page_url)
        expect(screen.locator("#slots")).not_to_contain_text("See free times")
        assert_accessible(screen)
    bar = phone.get_by_text("Book with Dr Nia Rees")
    bar.click()
    expect(phone.get_by_role("heading", name="Book a visit")).to_be_in_viewport()
    expect(bar).to_be_hidden()
    phone.emulate_media(media="print")
    expect(phone.get_by_role("heading", name="Fees")).to_be_visible()
    expect(phone.get_by_role("heading", name="Book a visit")).to_be_hidden()
