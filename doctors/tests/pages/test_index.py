from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags
from django.utils.text import slugify

from common import clock
from common.templatetags.when import long_date
from doctors.models import Doctor
from doctors.selectors.cards import PORTRAIT
from doctors.services import listing_replace
from doctors.states import VerificationStatus
from doctors.tests.factories import (
    DoctorFactory,
    DoctorPageFactory,
    LocationFactory,
    SearchWordFactory,
    SpecialtyFactory,
    VisitTypeFactory,
    doctor_index_page,
    free_times,
    photo_shown_before,
)

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def listed_doctor(**facts: object) -> Doctor:
    doctor = DoctorFactory(listed=True, **facts)
    VisitTypeFactory(doctor=doctor)
    soon = clock.now() + timedelta(hours=2)
    place = doctor.locations.first().pk
    times = free_times(doctor, [soon + timedelta(hours=hour) for hour in range(4)])
    listing_replace(doctor_id=doctor.pk, times={(None, ""): times, (place, ""): times, (None, "in_person"): times})
    return doctor


@pytest.fixture(autouse=True)
def _index() -> None:
    doctor_index_page()


def test_the_page_shows_listed_doctors_and_nobody_else(client: Client) -> None:
    shown = listed_doctor(family_name="Shown")
    hidden = listed_doctor(family_name="Hidden")
    Doctor.objects.filter(pk=hidden.pk).update(verification_status=VerificationStatus.SUSPENDED)
    body = client.get("/doctors/").content.decode()
    assert shown.name in body
    assert hidden.name not in body
    assert "1 doctor" in body


def test_a_card_links_to_the_profile_and_to_its_next_three_times(client: Client) -> None:
    doctor = listed_doctor()
    DoctorPageFactory(doctor=doctor)
    body = unescape(client.get("/doctors/").content.decode())
    visit_type = doctor.visit_types.get()
    assert f'href="/doctors/{doctor.slug}/"' in body
    place = doctor.locations.get().slug
    choice = f"/book/{doctor.slug}/confirm/?visit_type={visit_type.public_id}&location={place}&start="
    assert body.count(choice) == 3
    assert f"/book/{doctor.slug}/times/?visit_type={visit_type.public_id}" in body
    assert "£45" in body


def test_a_card_without_a_live_page_leads_to_the_times(client: Client) -> None:
    doctor = listed_doctor()
    body = client.get("/doctors/").content.decode()
    assert f'href="/doctors/{doctor.slug}/"' not in body
    assert f'href="/book/{doctor.slug}/times/"' in body


def test_htmx_gets_the_results_alone_with_a_tidy_address(client: Client) -> None:
    listed_doctor()
    response = client.get("/doctors/", {"q": "okafor", "specialty": "", "modality": "in_person"}, headers=HTMX)
    body = response.content.decode()
    assert body.lstrip().startswith('<section id="results"')
    assert "<html" not in body
    assert 'data-announce="1 doctor"' in body
    assert response["HX-Push-Url"] == "/doctors/?q=okafor&modality=in_person"
    assert "HX-Request" in response["Vary"]


def test_an_answer_that_leaves_the_address_leaves_the_history_too(client: Client) -> None:
    from_page = {**HTMX, "HX-Current-URL": "http://testserver/doctors/?q=okafor&specialty=#results-heading"}
    response = client.get("/doctors/", {"q": "okafor", "near": "Atlantis"}, headers=from_page)
    assert response["HX-Push-Url"] == "false"
    assert client.get("/doctors/", {"q": "oka"}, headers=from_page)["HX-Push-Url"] == "/doctors/?q=oka"


@pytest.mark.parametrize(
    ("near", "said"), [("lodnon", "Error: We do not know this place. Did you mean London?"), ("London", "")]
)
def test_a_part_brings_each_filters_errors_beside_it_and_takes_the_summary_away(
    client: Client, near: str, said: str
) -> None:
    body = client.get("/doctors/", {"near": near}, headers=HTMX).content.decode()
    beside = body.split('<div id="id_near_errors" data-errors-of="id_near" hx-swap-oob="true"')[1].split(">", 1)[1]
    assert " ".join(strip_tags(beside.split("</div>")[0]).split()) == said
    assert '<div id="search-problems" data-heir="id_q" hx-swap-oob="true"></div>' in body


def test_a_page_that_is_turned_leaves_the_filters_and_what_is_wrong_with_them(client: Client) -> None:
    body = client.get("/doctors/", {"q": "okafor", "after": "x"}, headers=HTMX).content.decode()
    assert "hx-swap-oob" not in body
    assert re.search(r'<h2 id="results-heading"[^>]* tabindex="-1" data-focus-after-swap>', body)


def test_filters_are_kept_in_the_form(client: Client) -> None:
    cardiology = SpecialtyFactory(name="Cardiology", slug="cardiology")
    listed_doctor(specialties=[cardiology])
    body = client.get("/doctors/", {"specialty": "cardiology", "q": "Amara"}).content.decode()
    assert '<option value="cardiology" selected>' in body
    assert 'value="Amara"' in body


def test_a_filter_that_we_do_not_know_is_told_and_left_out(client: Client) -> None:
    doctor = listed_doctor()
    response = client.get("/doctors/", {"specialty": "alchemy"})
    body = response.content.decode()
    assert response.status_code == 200
    assert "We do not know this specialty" in body
    assert doctor.name in body


@pytest.mark.parametrize("nonsense", [{"after": "x"}, {"before": "1_2"}, {"q": "%_\\"}, {"q": "\x00"}, {"page": "9"}])
def test_nonsense_in_the_address_is_never_a_fault(client: Client, nonsense: dict[str, str]) -> None:
    listed_doctor()
    assert client.get("/doctors/", nonsense).status_code == 200


@pytest.fixture
def bath_doctor() -> Doctor:
    bath = LocationFactory(name="Bath Clinic", slug="bath", town="Bath", latitude="51.38", longitude="-2.36")
    return listed_doctor(locations=[bath], family_name="Avon")


def test_near_a_town_the_card_says_how_far_it_is(client: Client, bath_doctor: Doctor) -> None:
    far = listed_doctor(family_name="Far")
    body = client.get("/doctors/", {"near": "Bristol", "sort": "nearest"}).content.decode()
    assert bath_doctor.name in body
    assert far.name not in body
    assert "Bath Clinic (about 11 miles)" in body
    assert "The nearest place comes first." in body
    assert "Within 25 miles of Bristol" in body


def test_no_more_than_half_a_postcode_goes_into_an_address(client: Client, bath_doctor: Doctor) -> None:
    response = client.get("/doctors/", {"near": "bs8 1th", "miles": "50"}, headers=HTMX)
    assert response["HX-Push-Url"] == "/doctors/?near=BS8&miles=50"
    assert "1TH" not in response.content.decode().upper().replace("WIDTH", "")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"near": "Atlantis"}, "We do not know this place. Enter a larger town"),
        ({"near": "lodnon"}, 'href="/doctors/?near=London">Did you mean London?</a>'),
        ({"near": "manchster"}, 'href="/doctors/?near=Manchester">Did you mean Manchester?</a>'),
        (
            {"near": "Leds", "miles": "5", "sort": "nearest", "price": "soon"},
            'href="/doctors/?near=Leeds&amp;miles=5&amp;sort=nearest">Did you mean Leeds?</a>',
        ),
        ({"sort": "nearest"}, "Enter a town or half a postcode"),
        ({"miles": "5"}, "Enter a town or half a postcode"),
        ({"near": "Atlantis", "price": "soon"}, "Enter whole pounds"),
    ],
)
def test_a_place_that_is_not_known_or_missing_is_said_in_page_and_part(
    client: Client, bath_doctor: Doctor, asked: dict[str, str], said: str
) -> None:
    for headers in ({}, HTMX):
        body = client.get("/doctors/", asked, headers=headers).content.decode()
        assert said in body
        assert bath_doctor.name in body


def test_nobody_fits_says_what_to_do(client: Client) -> None:
    body = client.get("/doctors/", {"q": "zzzz"}).content.decode()
    assert "No doctors found" in body
    assert "See all doctors" in body
    assert "Try other words" in body


def test_nobody_fits_leads_to_the_nearest_searches_that_find_somebody(client: Client) -> None:
    SearchWordFactory(word="palpitations")
    listed_doctor()
    asked = {"gender": "male", "language": "en", "price": "60", "day": "2020-03-01"}
    body = unescape(client.get("/doctors/", asked).content.decode())
    assert 'href="/doctors/?day=2020-03-01&price=60&language=en">Without “Male”</a>: 1 doctor, the next free ' in body
    assert 'href="/doctors/?q=palpitations">Did you mean “palpitations”?</a>' in unescape(
        client.get("/doctors/", {"q": "palplt"}).content.decode()
    )


def test_words_that_fit_nobody_together_are_asked_for_one_by_one(client: Client) -> None:
    for word, name in (("ear", "Ear, nose and throat"), ("chest infection", "General practice")):
        SearchWordFactory(word=word, specialties=[SpecialtyFactory(name=name, slug=slugify(name))])
    listed_doctor()
    body = unescape(client.get("/doctors/", {"q": "ear infection"}).content.decode())
    for word in ("ear", "infection"):
        assert f'href="/doctors/?q={word}">Did you mean “{word}”?</a>' in body
    assert "we show doctors in" not in body


def test_words_that_are_spelt_like_a_town_may_have_meant_it(client: Client) -> None:
    listed_doctor()
    body = unescape(client.get("/doctors/", {"q": "manchster", "gender": "male"}).content.decode())
    assert 'href="/doctors/?gender=male&near=Manchester">Did you mean doctors near Manchester?</a>' in body
    SearchWordFactory(word="ear", specialties=[SpecialtyFactory(name="Ears", slug="ears")])
    body = unescape(client.get("/doctors/", {"q": "ear london"}).content.decode())
    assert 'href="/doctors/?q=ear&near=London">Did you mean “ear” near London?</a>' in body


def test_where_no_single_filter_helps_the_weightiest_alone_is_offered(client: Client) -> None:
    skin = SpecialtyFactory(name="Skin", slug="skin")
    listed_doctor(specialties=[skin])
    body = unescape(client.get("/doctors/", {"specialty": "skin", "gender": "male", "language": "cy"}).content.decode())
    assert 'href="/doctors/?specialty=skin">Only “Skin”</a>: 1 doctor, the next free ' in body


def test_a_later_day_leads_to_the_doctors_times_from_then(client: Client) -> None:
    doctor = listed_doctor()
    soon = clock.now() + timedelta(hours=2)
    times = free_times(doctor, [soon + timedelta(minutes=20 * step) for step in range(6)])
    listing_replace(doctor_id=doctor.pk, times={(None, ""): times})
    day = (soon + timedelta(days=20)).date()
    body = unescape(client.get("/doctors/", {"day": day.isoformat()}).content.decode())
    visit_type = doctor.visit_types.get().public_id
    assert f'href="/book/{doctor.slug}/times/?visit_type={visit_type}&from={day}"' in body
    assert f"From {long_date(day)}" in body
    # A browser's own field stays empty of a day that is written otherwise.
    assert f'value="{day}"' in client.get("/doctors/", {"day": f"{day:%d/%m/%Y}"}).content.decode()


@pytest.mark.parametrize(
    "asked",
    [
        {"price": "-1"},
        {"price": "x"},
        {"price": "1,5"},
        {"price": "9" * 30},
        {"day": "soon"},
        {"day": "0001-01-01"},
        {"day": "2099-01-01"},
    ],
)
def test_a_price_or_day_that_makes_no_sense_is_told_beside_it(client: Client, asked: dict[str, str]) -> None:
    doctor = listed_doctor()
    body = client.get("/doctors/", asked).content.decode()
    assert "There is a problem" in body
    assert "<title>Problem: Find a doctor" in body
    assert doctor.name in body


@pytest.mark.parametrize(("price", "chip"), [("£60", "At most £60"), (" 1,000 ", "At most £1000")])
def test_a_price_is_read_as_people_write_it(client: Client, price: str, chip: str) -> None:
    assert chip in client.get("/doctors/", {"price": price}).content.decode()


def test_how_the_words_were_read_is_said(client: Client) -> None:
    cardiology = SpecialtyFactory(name="Cardiology", slug="cardiology")
    SearchWordFactory(word="palpitations", specialties=[cardiology])
    listed_doctor(specialties=[cardiology], family_name="Rees")
    for words, said in {
        "palpitations": "For “palpitations” we show doctors in Cardiology.",
        "palpatations": "We read “palpatations” as “palpitations”: these doctors work in Cardiology.",
        "Reez": "We know no name that is spelt so.",
    }.items():
        assert said in client.get("/doctors/", {"q": words}).content.decode()
    assert "we show doctors" not in client.get("/doctors/", {"q": "cardiology"}).content.decode()


def test_chosen_filters_are_counted_and_each_can_be_removed(client: Client) -> None:
    SpecialtyFactory(name="Cardiology", slug="cardiology")
    body = unescape(
        client.get("/doctors/", {"specialty": "cardiology", "gender": "male"}, headers=HTMX).content.decode()
    )
    assert re.search(r'id="chosen-count"[^>]* hx-swap-oob="true">\(2 chosen\)<', body)
    assert 'href="/doctors/?gender=male"' in body
    assert 'href="/doctors/?specialty=cardiology"' in body
    whole = client.get("/doctors/").content.decode()
    assert whole.count('id="chosen-count"') == 1
    assert "Remove" not in whole


def test_the_filters_stand_open_only_where_one_of_them_is_wrong(client: Client) -> None:
    details = r"<details class=\"group mt-4[^>]*>"
    fine = re.search(details, client.get("/doctors/", {"gender": "male"}).content.decode())
    wrong = re.search(details, client.get("/doctors/", {"gender": "x"}).content.decode())
    assert fine
    assert not fine[0].endswith(" open>")
    assert wrong
    assert wrong[0].endswith(" open>")


def test_the_whole_page_takes_at_most_eleven_statements_for_twenty_doctors(client: Client) -> None:
    counts = []
    for doctors in (1, 20):
        for _ in range(doctors):
            DoctorPageFactory(doctor=listed_doctor(), photo=photo_shown_before(PORTRAIT))
        client.get("/doctors/")
        with CaptureQueriesContext(connection) as captured:
            response = client.get("/doctors/")
        assert response.status_code == 200
        counts.append(len(captured))
    assert counts[-1] <= 11, [query["sql"][:120] for query in captured]
