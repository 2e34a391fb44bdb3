"""What a journey begins with: people who are signed in, a doctor with a page and free times, and an eye on the page."""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from accounts.models import Patient, User
from accounts.roles import Role
from accounts.tests.factories import PatientFactory, UserFactory
from booking.models import Appointment
from booking.services import appointment_book, listing_refresh
from booking.tests.factories import bookable_doctor, next_slot_start
from common import clock
from common.templatetags.when import clock_time, long_date, short_date
from devtools.testing.browser import whole_picture
from doctors.models import Doctor
from doctors.states import VerificationStatus
from doctors.tests.factories import DoctorPageFactory, SpecialtyFactory
from verification.states import Status
from verification.tests.factories import case_in

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Page, Route

BACKEND = "accounts.backends.AccountBackend"
WIDTHS = {"desktop": (1280, 900), "phone": (390, 844)}
NARROWEST = 320
OVERFLOWS = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) { return []; }
    return [...document.querySelectorAll("body *")]
        .filter((it) => it.getBoundingClientRect().right > width + 1 && !it.closest(".sr-only"))
        .map((it) => it.outerHTML.slice(0, 160)).slice(0, 5);
}"""

# Wagtail's frame hides what is wider than it, so nothing overflows there: what cannot be reached is told besides.
CUT_OFF = """() => {
    const width = document.documentElement.clientWidth;
    const scrolls = (it) => ["auto", "scroll"].includes(getComputedStyle(it).overflowX);
    const reachable = (it) => it.tagName !== "MAIN" && (scrolls(it) || reachable(it.parentElement));
    return [...document.querySelectorAll("main *")]
        .filter((it) => it.checkVisibility() && it.getBoundingClientRect().right > width + 1)
        .filter((it) => !it.closest(".sr-only, .w-sr-only, svg") && !reachable(it))
        .map((it) => it.outerHTML.slice(0, 160)).slice(0, 5);
}"""


def free_doctor(
    *, status: VerificationStatus = VerificationStatus.VERIFIED, checked: bool = False, **fields: Any
) -> Doctor:
    """Dr Nia Rees, a cardiologist who works tomorrow from nine and every week after it, with her page and listing.

    Her visits are free of charge. Before she is verified the page is a draft, and a case waits in the queue, with
    everything that is required `checked` or not.
    """
    tomorrow = next_slot_start().astimezone(clock.clinic_zone())
    hearts = SpecialtyFactory.create(name="Cardiology", slug="cardiology")
    person = {
        "given_name": "Nia",
        "family_name": "Rees",
        "slug": "nia-rees",
        "specialties": [hearts],
        "user": UserFactory.create(email="nia.rees@example.org", roles=[Role.DOCTOR]),
    }
    doctor = bookable_doctor(doctor=person, **{"weekdays": [tomorrow.weekday()], "minutes": 60, **fields})
    DoctorPageFactory.create(doctor=doctor, live=status == VerificationStatus.VERIFIED)
    if status != VerificationStatus.VERIFIED:
        doctor.verified_at = None
        doctor.save(update_fields=["verified_at"])
        case_in(Status(status), doctor=doctor, ready=checked)
    listing_refresh(doctor_id=doctor.pk, now=clock.now())
    return doctor


def a_patient(**names: str) -> Patient:
    """Somebody with an account and a complete profile."""
    return PatientFactory.create(**names)


def account_of(patient: Patient) -> User:
    assert patient.user
    return patient.user


def sign_in(context: BrowserContext, user: User) -> BrowserContext:
    """As if the person had come through the sign-in page, which has a journey of its own."""
    client = Client()
    client.force_login(user, backend=BACKEND)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": settings.BASE_URL}])
    return context


def book(doctor: Doctor, patient: Patient, start: datetime, reason: str = "") -> Appointment:
    """What the patient would do in the booking flow, which has a journey of its own."""
    return appointment_book(
        actor=account_of(patient),
        patient_id=patient.public_id,
        visit_type_id=doctor.visit_types.get().public_id,
        location_id=doctor.locations.get().pk,
        start=start,
        reason=reason,
    )


def time_link(page: Page, start: datetime) -> Locator:
    """The link to that time among the doctor's free times; its name says the day as well."""
    return page.get_by_role("link", name=f"{long_date(start, 'Europe/London')}, {clock_time(start, 'Europe/London')}")


def next_time_link(page: Page, start: datetime) -> Locator:
    """The link to that time on a doctor's card, or among the next times of the profile."""
    name = f"{short_date(start, 'Europe/London')}, {clock_time(start, 'Europe/London')}"
    return page.get_by_role("link", name=name, exact=True)


def code_in(text: str) -> str:
    """The code of a mail, which stands on a line of its own."""
    found = re.search(r"^\s*([A-Z0-9]{4}-?[A-Z0-9]{4})\s*$", text, re.MULTILINE)
    assert found, text
    return found[1]


class Presses:
    """Follows links and presses buttons, and counts them: typing and ticking are not presses."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, target: Locator) -> None:
        self.count += 1
        target.click()


def held_back(page: Page, address: re.Pattern[str]) -> list[Route]:
    """What the page asks of such addresses from now on, kept until the test lets it `continue_`."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(address, hold)
    return held


def opened(page: Page, title: str) -> Locator:
    """The form behind a heading that opens, opened."""
    form = page.get_by_role("form", name=title)
    if not form.is_visible():
        page.locator("summary", has_text=title).click()
    return form


def entitle(desk: Page, title: str) -> None:
    """Name the new page that is edited, and wait for its address: Wagtail makes it of the title a moment later."""
    field = desk.get_by_role("textbox", name="Title").first
    field.fill(title)
    field.blur()
    expect(desk.locator("[name=slug]")).not_to_have_value("")


def keep_picture(page: Page, name: str) -> None:
    """With JOURNEY_SHOTS=folder in the environment: the whole page as it is now, on a phone and on a desk."""
    folder = os.environ.get("JOURNEY_SHOTS")
    if not folder:
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    own = page.viewport_size
    for label, (width, height) in WIDTHS.items():
        whole_picture(page, Path(folder) / f"{name}-{label}.png", width, height)
    if own:
        page.set_viewport_size(own)
