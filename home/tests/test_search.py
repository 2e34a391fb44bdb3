"""The search of the whole site: what it finds, what it must not find, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.contrib.search_promotions.models import Query, SearchPromotion
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Page, PageViewRestriction, Site
from wagtail.search import index

from accounts.tests.factories import PatientFactory
from common import clock
from doctors.models import DoctorPage, Listing
from doctors.models.searches import EmptySearch
from doctors.tests.factories import (
    DoctorFactory,
    DoctorPageFactory,
    LocationFactory,
    SearchWordFactory,
    SpecialtyFactory,
)
from home import search
from home.models import HomePage, LandingPage, SiteSettings, StandardPage
from home.tests.factories import location_page, specialty_page
from home.urgent import is_urgent

pytestmark = pytest.mark.django_db
TEXT = "<p>How to measure your blood pressure at home.</p>"


def page(title: str, **fields: Any) -> StandardPage:
    made = HomePage.objects.get().add_child(instance=StandardPage(title=title, **fields))
    # Wagtail does it when the page is committed.
    index.insert_or_update_object(made)
    return made


def listed(family_name: str) -> DoctorPage:
    found = DoctorPageFactory.create(doctor=DoctorFactory.create(listed=True, family_name=family_name))
    soonest = clock.now() + timedelta(hours=30)
    Listing.objects.create(doctor=found.doctor, next_available_at=soonest, next_times=[soonest])
    return found


def titles(text: str) -> list[str]:
    return [found.title for found in search.site_search(text, now=clock.now()).pages.object_list]


def read(**query: str) -> str:
    answer = Client().get("/search/", query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_pages_are_found_by_title_introduction_and_body() -> None:
    page("Opening hours")
    page("Readings", body=[("text", TEXT)])
    page("Numbers", introduction="What your blood pressure says.")

    assert titles("opening") == ["Opening hours"]
    assert set(titles("blood pressure")) == {"Readings", "Numbers"}


def test_drafts_closed_pages_and_unlisted_doctors_are_not_found() -> None:
    page("Secret plans", live=False)
    closed = page("Secret rooms")
    PageViewRestriction.objects.create(page=closed, restriction_type=PageViewRestriction.LOGIN)
    hidden = DoctorPageFactory.create(doctor=DoctorFactory.create(family_name="Secretan"))
    Page.objects.filter(pk=hidden.pk).update(live=True)

    assert search.site_search("secret", now=clock.now()).is_empty
    assert search.site_search("Secretan", now=clock.now()).is_empty
    assert search.suggestions("secret", now=clock.now()) == []
    assert "Secretan" not in read(q="secreta").replace("“secreta”", "")


def test_doctors_specialties_and_pages_stand_together() -> None:
    heart = SpecialtyFactory.create(name="Cardiology", slug="cardiology")
    SearchWordFactory.create(word="palpitations", specialties=[heart])
    listed("Palpitov").doctor.specialties.set([heart])
    page("Palpitations at night", search_description="When to call.")

    shown = read(q="palpitations")

    assert "/doctors/?specialty=cardiology" in shown
    assert "Palpitations at night" in shown
    assert "When to call." in shown


def test_what_editors_put_first_comes_first() -> None:
    prices = page("Fees and cancellation")
    pick = SearchPromotion(query=Query.get("how much"), page=prices, sort_order=0, description="All prices.")
    pick.save()

    found = search.site_search("How  much", now=clock.now())

    assert [(way.title, way.href) for way in found.promoted] == [("Fees and cancellation", prices.url)]
    assert search.site_search("how muchs", now=clock.now()).promoted == found.promoted
    assert search.site_search("how many", now=clock.now()).promoted == []
    prices.unpublish()
    assert search.site_search("how much", now=clock.now()).promoted == []


def test_the_page_of_a_specialty_stands_once() -> None:
    hearts = specialty_page(specialty=SpecialtyFactory.create(name="Cardiology", slug="cardiology"))
    index.insert_or_update_object(hearts)
    page("Cardiology at home")

    found = search.site_search("cardiology", now=clock.now())
    assert [way.page_id for way in found.specialties] == [hearts.pk]
    assert titles("cardiology") == ["Cardiology at home"]

    SearchPromotion(query=Query.get("cardiology"), page=hearts, sort_order=0, description="Hearts.").save()
    found = search.site_search("cardiology", now=clock.now())
    assert ([way.page_id for way in found.promoted], found.specialties) == ([hearts.pk], [])
    assert read(q="cardiology").count(f'href="{hearts.url}"') == 1


def test_a_plural_is_the_word_itself_and_no_slip() -> None:
    heart = SpecialtyFactory.create(name="Cardiology", slug="cardiology")
    SearchWordFactory.create(word="chest pain", specialties=[heart])
    page("Chest pains at night")

    found = search.site_search("CHEST PAINS", now=clock.now())

    assert [way.title for way in found.specialties] == ["Cardiology"]
    assert found.pages.object_list


@pytest.mark.parametrize(("typed", "meant"), [("cardiologgi", "cardiology"), ("Opning hours", "Opening hours")])
def test_a_slip_leads_to_what_was_meant(typed: str, meant: str) -> None:
    SpecialtyFactory.create(name="Cardiology", slug="cardiology")
    page("Opening hours")

    found = search.site_search(typed, now=clock.now())

    # A specialty that is spelt much like it is already the answer.
    assert found.meant == meant or found.specialties[0].title.lower() == meant
    assert meant.lower() in read(q=typed).lower()


def test_suggestions_come_while_typing_and_only_then() -> None:
    heart = SpecialtyFactory.create(name="Cardiology", slug="cardiology")
    SearchWordFactory.create(word="palpitations", specialties=[heart])
    page("Palliative care")

    answer = Client().get("/search/", {"q": "pal"}, headers={"HX-Request": "true"})

    assert answer.content.decode().count("<option") == 2
    assert 'value="palpitations"' in answer.content.decode()
    assert 'value="Palliative care"' in answer.content.decode()
    assert "<option" not in read(q="pal")
    assert search.suggestions("p", now=clock.now()) == []


@pytest.mark.parametrize("asked", ["prices", "how much", "fees"])
def test_a_table_of_prices_is_found_by_what_people_call_it_and_no_doctor_of_a_like_name(asked: str) -> None:
    listed("Pricer").doctor.specialties.set([SpecialtyFactory.create(name="Feet", slug="feet")])
    block = {"heading": "By specialty", "introduction": "", "specialty": ""}
    made = HomePage.objects.get().add_child(instance=LandingPage(title="Tables", body=[("prices", block)]))
    index.insert_or_update_object(made)

    found = search.site_search(asked, now=clock.now())

    assert [one.title for one in found.pages.object_list] == ["Tables"]
    assert not found.doctors or not found.doctors.cards
    assert found.specialties == []
    made.unpublish()
    # Where no word fits as it was typed, what is spelt like it is better than nothing.
    assert asked != "prices" or search.site_search("pricar", now=clock.now()).doctors is not None


@pytest.mark.parametrize("asked", ["opening times", "parking bays", "ferry", "harbour row"])
def test_a_place_is_found_by_its_hours_its_access_its_directions_and_its_street(asked: str) -> None:
    location = LocationFactory.create(street="2 Harbour Row", access="Two parking bays.")
    made = location_page(location=location, directions="<p>By ferry.</p>")
    index.insert_or_update_object(made)

    assert titles(asked) == [made.title]


@pytest.mark.parametrize("path", ["/search/", "/doctors/"])
@pytest.mark.parametrize(
    "typed",
    [
        "Chest pains",
        "overdoses",
        "head injuries",
        "Chestpain",
        "a hart attack",
        "stroke",
        "over-dose",
        "anaphalaxis",
        "I can’t breath",
        "suicidal",
    ],
)
def test_whoever_types_what_cannot_wait_is_told_whom_to_call_first(path: str, typed: str) -> None:
    shown = Client().get(path, {"q": typed}).content.decode()

    assert "If this is happening now" in shown
    results = "Nothing found" if path == "/search/" else 'id="results-heading"'
    assert shown.index('href="tel:999"') < shown.index(results)


@pytest.mark.parametrize(
    "typed", ["blood pressure", "panic attack", "Dr Storke", "heart", "dermatology", "back pain", ""]
)
def test_other_words_are_no_alarm(typed: str) -> None:
    assert not is_urgent(typed)


def test_editors_say_which_page_and_which_words_besides_ours() -> None:
    settings = SiteSettings.for_site(Site.objects.get())
    settings.emergency_page, settings.emergency_words = page("Emergency help"), "snake bite\n\n"
    settings.save()

    answer = Client().get("/doctors/", {"q": "snakebite"}, headers={"HX-Request": "true"}).content.decode()
    assert 'href="/emergency-help/"' in answer
    assert 'data-announce="If this is happening now, call 999.' in answer
    assert "If this is happening now" not in read(q="zzzqqq")
    # Nothing found is answered with the numbers in any case.
    assert 'href="tel:111"' in read(q="zzzqqq")
    nobody = Client().get("/doctors/", {"q": "zzzqqq"}, headers={"HX-Request": "true"}).content.decode()
    assert 'href="tel:111"' in nobody
    assert "If this is happening now" not in nobody
    settings.emergency_page.unpublish()
    assert 'href="/emergency-help/"' not in read(q="snake bite")


def test_nothing_asked_and_strange_questions_are_answered() -> None:
    SpecialtyFactory.create(name="Cardiology", slug="cardiology")
    begun = read()
    assert "Nothing found" not in begun
    assert 'href="/doctors/?specialty=cardiology">Cardiology</a>' in begun
    assert "Nothing found" in read(q="zzzqqq")
    for strange in ("\x00", "'", '"', "a & | ! b", "<script>alert(1)</script>", "x" * 500, "%", "(", "\\"):
        assert "<script>alert" not in read(q=strange)
        Client().get("/search/", {"q": strange, "page": "-7"}, headers={"HX-Request": "true"})
    assert Client().get("/search/", {"q": "hours", "page": "many"}).status_code == 200


def test_what_is_asked_is_not_written_down() -> None:
    read(q="my own illness")

    assert not Query.objects.exists()


def test_every_way_through_the_search_takes_at_most_twelve_statements_for_anybody() -> None:
    """Whoever is signed in takes one more than a visitor, and one for a session that only the database knows."""
    hearts = SpecialtyFactory.create(name="Cardiology", slug="cardiology")
    SearchWordFactory.create(word="chest pain", specialties=[hearts])
    specialty_page(specialty=hearts)
    pick = SearchPromotion(query=Query.get("chest pain"), page=page("Prices"), sort_order=0, description="All.")
    pick.save()
    SiteSettings.objects.update_or_create(site=Site.objects.get(), defaults={"emergency_page": page("Emergency help")})
    closed = page("Closed hours")
    PageViewRestriction.objects.create(page=closed, restriction_type=PageViewRestriction.LOGIN)
    image = get_image_model().objects.create(title="Portrait", file=get_test_image_file())
    patient = Client()
    patient.force_login(PatientFactory.create().user, backend="accounts.backends.AccountBackend")
    asked = ("", "hours", "chest pain", "cardiologgi", "zzzqqq", "Opning", "Croeso", "hours&page=2", "hours&page=99")

    def statements(client: Client) -> dict[str, int]:
        counts = {}
        for words in asked:
            with CaptureQueriesContext(connection) as found:
                client.get(f"/search/?q={words.replace(' ', '+')}")
            counts[words] = len(found)
        return counts

    for number in range(2):
        page(f"Opening hours {number}")
        page(f"Croeso {number}")
        DoctorPage.objects.filter(pk=listed("Hours").pk).update(photo=image)
    statements(Client())
    few = statements(Client())
    for number in range(11):
        page(f"More hours {number}")
    listed("Hours")

    many = statements(Client())
    assert many.pop("hours&page=2") == few.pop("hours&page=2") - 1, "of a part that there is not the first is shown"
    assert many == few
    assert max(many.values()) <= 10, many
    assert max(statements(patient).values()) <= 12


def test_a_search_of_the_site_that_finds_nothing_is_counted_without_its_words() -> None:
    page("Opening hours")
    read(q="opening")
    read(q="zzzqqq my own illness")
    Client().get("/search/", {"q": "zzzqqq"}, headers={"HX-Request": "true"})

    assert list(EmptySearch.objects.values_list("asked", "count")) == [("site", 1)]


def test_the_search_is_reached_from_every_page() -> None:
    assert f'href="{reverse("site_search")}"' in Client().get("/").content.decode()


def test_an_old_address_leads_to_the_moved_page(django_capture_on_commit_callbacks: Callable[..., Any]) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        moved = page("Fees")
    with django_capture_on_commit_callbacks(execute=True):
        moved.slug = "prices"
        moved.save_revision().publish()

    answer = Client().get("/fees/")

    assert (answer.status_code, answer.headers["Location"]) == (301, "/prices/")
