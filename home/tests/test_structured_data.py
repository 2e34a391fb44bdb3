"""What search engines are told is schema.org's: every type, property and kind of value, of every kind of page."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from common.pictures import specs_of
from doctors.tests.factories import DoctorFactory, DoctorPageFactory, SpecialtyFactory, photo_shown_before
from home.models import FaqPage, OpeningHours
from home.tests.factories import article, below_home, location_page, news, specialty_page
from home.tests.test_pages import QUESTIONS, facts_in, read, standard_page
from home.tests.vocabulary import problems

pytestmark = pytest.mark.django_db


def test_what_is_not_schema_orgs_is_found() -> None:
    assert list(problems({"@type": "Person", "surname": "Osei"})) == ["Person has no surname"]
    assert list(problems({"@type": "Phisician"})) == ["no such type: Phisician"]
    assert list(problems({"@type": "Article", "author": "Ada"})) == ["author is no Organization or Person but 'Ada'"]
    assert list(problems({"@type": "Article", "author": {"@type": "Answer"}})) == ["author may not be a Answer"]
    assert list(problems({"@type": "Person", "name": ""})) == ["name is empty"]
    assert list(problems({"@type": "Person", "query-input": "required"})) == ["Person has no query-input"]
    hours = {"@type": "OpeningHoursSpecification", "dayOfWeek": "https://schema.org/Funday", "opens": "8"}
    assert list(problems(hours)) == [
        "dayOfWeek is no DayOfWeek but 'https://schema.org/Funday'",
        "opens is no Time but '8'",
    ]


def test_every_kind_of_page_tells_schema_orgs_facts_and_no_others() -> None:
    image = photo_shown_before(*specs_of("wide"))
    doctor = DoctorPageFactory.create(doctor=DoctorFactory.create(listed=True), search_description="Hearts.").doctor
    place = location_page(picture=image)
    place.opening_hours.add(OpeningHours(weekday=0, opens=time(8), closes=time(12)))
    place.save()
    source = ("source", {"title": "Hearts", "publisher": "NHS", "address": "https://www.nhs.uk/x", "year": None})
    checked: dict[str, Any] = {"last_reviewed": date(2026, 3, 2), "next_review": date(2029, 3, 2)}
    written = article(
        reviewer=doctor, author_name="Us", picture=image, specialties=[SpecialtyFactory.create()], sources=[source],
        body=[("questions", QUESTIONS)], **checked,
    )  # fmt: skip
    pages = {
        "/": {"WebSite"},
        doctor.page_url: {"Physician", "BreadcrumbList"},
        standard_page(body=[("questions", QUESTIONS)]).url: {"FAQPage", "BreadcrumbList"},
        below_home(FaqPage(title="Questions", groups=[("questions", QUESTIONS)])).url: {"FAQPage", "BreadcrumbList"},
        written.url: {"MedicalWebPage", "Article", "FAQPage", "BreadcrumbList"},
        news(picture=image).url: {"NewsArticle", "BreadcrumbList"},
        place.url: {"MedicalClinic", "BreadcrumbList"},
        specialty_page(**checked).url: {"MedicalWebPage", "BreadcrumbList"},
    }

    for path, types in pages.items():
        facts = facts_in(read(path))
        named = [fact["@type"] for fact in facts]
        assert {one for name in named for one in (name if isinstance(name, list) else [name])} == types, path
        assert [problem for fact in facts for problem in problems(fact)] == [], path
        assert all(fact["@context"] == "https://schema.org" for fact in facts)


def test_addresses_are_whole() -> None:
    page = article(picture=photo_shown_before(*specs_of("wide")))

    fact = next(fact for fact in facts_in(read(page.url)) if "Article" in fact["@type"])

    assert fact["url"] == f"http://testserver{page.url}"
    assert fact["image"].startswith("http://testserver/media/")
