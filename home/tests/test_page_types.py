"""Section, article, news, questions, specialty and location pages as visitors read them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Page, PageViewRestriction

from common import clock
from common.pictures import specs_of
from doctors.models import Doctor, DoctorPage, Listing
from doctors.tests.factories import (
    DoctorFactory,
    DoctorPageFactory,
    LocationFactory,
    SearchWordFactory,
    SpecialtyFactory,
    photo_shown_before,
)
from home.models import ArticlePage, FaqPage, OpeningHours, SectionPage
from home.models.articles import ARTICLES_A_PAGE
from home.tests.factories import article, below_home, location_page, news, section, specialty_page, under
from home.tests.test_pages import facts_in, read

pytestmark = pytest.mark.django_db

# Whoever is signed in takes one more, and nobody more than twelve.
MOST_STATEMENTS = 11


def seen_at(doctor: Doctor, location: Any = None) -> DoctorPage:
    """The public page of a doctor who is found, at the place as well where one is given."""
    soonest = clock.now() + timedelta(hours=3)
    specialties = list(doctor.specialties.values_list("pk", flat=True))
    for place in {None, location}:
        Listing.objects.create(
            doctor=doctor,
            location=place,
            specialty_ids=specialties,
            location_ids=list(doctor.locations.values_list("pk", flat=True)),
            next_available_at=soonest,
            next_times=[soonest],
        )
    return DoctorPageFactory.create(doctor=doctor)


def statements(path: str) -> int:
    read(path)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        read(path)
    return len(queries)


def test_an_article_says_who_answers_for_it_when_it_was_checked_and_what_it_rests_on() -> None:
    reviewer = DoctorPageFactory.create(doctor=DoctorFactory.create(listed=True)).doctor
    hearts = SpecialtyFactory.create(name="Cardiology")
    page = article(
        author_name="The content team",
        reviewer=reviewer,
        last_reviewed=date(2026, 3, 2),
        next_review=date(2029, 3, 2),
        specialties=[hearts],
        body=[("text", "<h2>Symptoms</h2><p>None.</p><h2>Causes</h2><p>Salt.</p><h2>Treatment</h2><p>Walk.</p>")],
        sources=[
            (
                "source",
                {"title": "High blood pressure", "publisher": "NHS", "address": "https://www.nhs.uk/x", "year": 2025},
            )
        ],
    )

    shown = read(page.url)

    for words in ("Written by The content team", "Page last reviewed:", "2 March 2026", "2 March 2029", ", NHS (2025)"):
        assert words in shown
    assert f'Checked by <a class="link" href="{reviewer.page_url}">{reviewer.name}</a>' in shown
    assert f"/doctors/?specialty={hearts.slug}" in shown
    assert '<h2 id="section-symptoms">Symptoms</h2>' in shown
    assert 'href="#section-treatment"' in shown


def test_who_checked_an_article_is_named_but_not_led_to_once_they_are_not_listed() -> None:
    reviewer = DoctorPageFactory.create(doctor=DoctorFactory.create(listed=True)).doctor
    page = article(reviewer=reviewer)
    Doctor.objects.update(verification_status="suspended")

    shown = read(page.url)

    assert f"Checked by {reviewer.name}" in shown
    assert reviewer.page_url not in shown


def test_a_review_comes_after_the_last_one() -> None:
    page = article()
    page.last_reviewed, page.next_review = date(2026, 3, 2), date(2026, 3, 2)

    with pytest.raises(ValidationError, match="after the last review"):
        page.full_clean()
    with pytest.raises(IntegrityError, match="review_in_turn"), transaction.atomic():
        page.save(clean=False)


def test_the_index_of_articles_is_paged_and_narrowed_by_specialty() -> None:
    hearts = SpecialtyFactory.create(name="Cardiology")
    about_hearts = article("Palpitations", specialties=[hearts])
    others = [article(f"Article {number}") for number in range(ARTICLES_A_PAGE)]
    hidden = article("A draft", live=False)
    index = others[0].get_parent().url

    first, second = read(index), read(f"{index}?page=2")
    of_hearts = read(f"{index}?specialty={hearts.slug}")

    assert hidden.title not in first + second
    assert (first + second).count("<article") == ARTICLES_A_PAGE + 1
    assert 'href="?page=2"' in first
    assert 'href="?page=1"' in second
    assert about_hearts.url in of_hearts
    assert others[0].url not in of_hearts
    for nonsense in ("?page=0", "?page=999", "?page=x", "?specialty=%00", "?specialty=no-such"):
        read(f"{index}{nonsense}")


def test_a_section_lists_its_live_pages_in_the_editors_order() -> None:
    parent = section()
    one, two = (
        under(parent, SectionPage(title=title, search_description="About it.")) for title in ("Zebra", "Aardvark")
    )
    draft = under(parent, SectionPage(title="Draft", live=False))

    shown = read(parent.url)

    assert shown.index(one.url) < shown.index(two.url)
    assert "About it." in shown
    assert draft.title not in shown


def test_a_section_shows_the_picture_of_each_page_that_has_one() -> None:
    image = photo_shown_before(*specs_of("wide"))
    place, bare = location_page(picture=image), location_page()

    shown = read(place.get_parent().url)

    assert shown.count("<picture") == 1
    assert bare.url in shown


def test_a_specialtys_page_reads_its_doctors_conditions_and_articles_live() -> None:
    page = specialty_page()
    here = seen_at(DoctorFactory.create(listed=True, specialties=[page.specialty]))
    elsewhere = seen_at(DoctorFactory.create(listed=True))
    written, other = article("Of it", specialties=[page.specialty]), article("Of something else")
    SearchWordFactory.create(word="palpitations", specialties=[page.specialty])

    shown = read(page.url)

    assert here.doctor.page_url in shown
    assert elsewhere.doctor.page_url not in shown
    assert written.url in shown
    assert other.url not in shown
    assert "/doctors/?q=palpitations" in shown
    Doctor.objects.filter(pk=here.doctor_id).update(verification_status="suspended")
    assert here.doctor.page_url not in read(page.url)


def test_a_locations_page_says_where_when_and_who() -> None:
    page = location_page(directions="<p>Two minutes from the ferry.</p>")
    for weekday in range(5):
        page.opening_hours.add(OpeningHours(weekday=weekday, opens=time(8), closes=time(18, 30)))
    page.save()
    here = seen_at(DoctorFactory.create(listed=True, locations=[page.location]), page.location)

    shown = read(page.url)

    for words in (page.location.postcode, page.location.phone, "Monday to Friday", "8am to 6:30pm", "Closed", "ferry"):
        assert words in shown
    assert here.doctor.page_url in shown
    clinic = next(fact for fact in facts_in(shown) if fact["@type"] == "MedicalClinic")
    assert clinic["openingHoursSpecification"][0]["opens"] == "08:00"


def test_profiles_and_the_home_page_lead_to_the_pages_of_specialty_and_place_where_there_are_any() -> None:
    profile = seen_at(DoctorFactory.create(listed=True))
    specialty, place = profile.doctor.specialties.get(), profile.doctor.locations.get()
    for path in (profile.doctor.page_url, "/"):
        before = read(path)
        assert f"/doctors/?specialty={specialty.slug}" in before
        assert f"/doctors/?location={place.slug}" in before
    of_specialty, of_place = specialty_page(specialty=specialty), location_page(location=place)

    for path in (profile.doctor.page_url, "/"):
        after = read(path)
        assert of_specialty.url in after
        assert of_place.url in after
        assert f'href="/doctors/?specialty={specialty.slug}"' not in after


def test_questions_stand_in_groups_and_are_told_to_search_engines() -> None:
    groups = [
        ("questions", {"heading": heading, "questions": [{"question": f"{heading}?", "answer": "<p>Yes.</p>"}]})
        for heading in ("Booking", "Paying")
    ]
    page = below_home(FaqPage(title="Questions", groups=groups))

    shown = read(page.url)

    (told,) = (fact for fact in facts_in(shown) if fact["@type"] == "FAQPage")
    assert [one["name"] for one in told["mainEntity"]] == ["Booking?", "Paying?"]
    assert shown.count('href="#block-') == 2


def test_news_stands_newest_first_and_both_feeds_tell_it() -> None:
    old, new, draft = news("Old"), news("New", date=date(2026, 4, 1)), news("Draft", live=False)

    shown = read(old.get_parent().url)
    feeds = [read(reverse(name)) for name in ("news_rss", "news_atom")]

    assert shown.index(new.url) < shown.index(old.url)
    for feed in feeds:
        assert f"http://testserver{new.url}" in feed
        assert feed.index(new.url) < feed.index(old.url)
        assert draft.url not in feed
    assert "<rss" in feeds[0]
    assert "http://www.w3.org/2005/Atom" in feeds[1]
    assert reverse("news_rss") in shown


def test_no_page_takes_more_than_twelve_statements_however_long_its_lists_are() -> None:
    image = photo_shown_before(*specs_of("wide"))
    specialty, place = SpecialtyFactory.create(), LocationFactory.create()
    of_specialty = specialty_page(specialty=specialty, picture=image)
    of_place = location_page(location=place, picture=image)
    written = article(specialties=[specialty], picture=image, reviewer=DoctorFactory.create(listed=True))
    piece = news(picture=image)
    pages: list[Page] = [
        of_specialty,
        of_place,
        written,
        piece,
        *(one.get_parent() for one in (written, piece, of_place)),
    ]
    seen_at(DoctorFactory.create(listed=True, specialties=[specialty], locations=[place]), place)
    few = {page.url: statements(page.url) for page in pages}
    for number in range(4):
        seen_at(DoctorFactory.create(listed=True, specialties=[specialty], locations=[place]), place)
        article(f"More {number}", specialties=[specialty], picture=image)
        news(f"More {number}", picture=image)
        location_page(picture=image)

    many = {page.url: statements(page.url) for page in pages}

    assert many == few
    assert max(many.values()) <= MOST_STATEMENTS, many


def test_a_page_deep_in_the_tree_is_found_and_one_that_is_not_live_or_not_there_is_not(
    client: Any, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    written = article()
    assert client.get(written.url).status_code == 200
    assert client.get(f"{written.url}no-such/").status_code == 404
    ArticlePage.objects.update(live=False)
    assert client.get(written.url).status_code == 404


def test_a_page_below_one_that_asks_for_a_password_asks_for_it_too(client: Any) -> None:
    written = article("For members")
    PageViewRestriction.objects.create(page=written.get_parent(), restriction_type="password", password="open")

    assert "What the numbers mean." not in client.get(written.url).content.decode()
