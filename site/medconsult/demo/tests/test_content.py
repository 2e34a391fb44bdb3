from __future__ import annotations

import dataclasses
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise

import pytest
from django.utils.text import slugify
from PIL import Image

from accounts.validators import validate_phone
from booking.models import BookingSettings
from booking.policies import cancellation_terms
from doctors.languages import LANGUAGES
from doctors.models import VisitType
from doctors.selectors.shown import PRICES_SHOWN
from home.services.enquiries import ENQUIRY_KEPT
from medconsult.demo import content, landing
from medconsult.demo.content.shapes import Doctor, Menu, Picture
from medconsult.demo.texts import CallOut, text_of, texts_in
from records.services.exports.build import KEPT_FOR
from verification.states import REQUIRED

# Ofcom's ranges for drama: nobody can be rung by accident.
DRAMA = re.compile(r"020 7946 0\d{3}|0(161|117|131) 496 0\d{3}|07700 900\d{3}")
everyone = pytest.mark.parametrize("doctor", content.DOCTORS, ids=lambda doctor: doctor.slug)


def every_text(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from every_text(getattr(value, field.name))
    elif isinstance(value, dict):
        yield from every_text(tuple(value.values()))
    elif isinstance(value, tuple):
        for item in value:
            yield from every_text(item)


def every_picture() -> list[Picture]:
    pages = [page.picture for page in content.STANDARD_PAGES if page.picture]
    places = [place.picture for place in content.LOCATIONS]
    return [content.HOME.picture, *places, *pages, *content.ARTICLE_PICTURES, *(d.portrait for d in content.DOCTORS)]


def questions(slug: str) -> list[tuple[str, str]]:
    groups = next(text for text in texts_in("questions") if text.slug == slug).facts["groups"]
    return [(asked, answer) for group in groups for asked, answer in group["questions"]]


def test_there_are_enough_doctors_and_some_are_not_verified() -> None:
    standings = Counter(doctor.standing for doctor in content.DOCTORS)
    assert standings == {"verified": 20, "pending": 3, "suspended": 1}
    assert (len(content.SPECIALTIES), len(content.LOCATIONS), len(content.PATIENTS)) == (8, 4, 6)


def test_every_specialty_and_place_has_two_doctors_whom_patients_can_book() -> None:
    listed = [doctor for doctor in content.DOCTORS if doctor.standing == "verified"]
    specialties = Counter(slug for doctor in listed for slug in doctor.specialties)
    places = Counter(slug for doctor in listed for slug in doctor.locations)
    assert {item.slug for item in content.SPECIALTIES} == set(specialties)
    assert {place.slug for place in content.LOCATIONS} == set(places)
    assert min([*specialties.values(), *places.values()]) >= 2


@pytest.mark.parametrize("settings", [BookingSettings(), BookingSettings(pay_at_clinic=False)], ids=["desk", "online"])
def test_the_fees_are_told_in_the_words_of_every_booking(settings: BookingSettings) -> None:
    terms = cancellation_terms(VisitType(price_minor=4500), settings)
    told = {text.slug: "".join(map(str, text.parts)) for text in texts_in("pages_of_text")}
    assert terms in told["fees-and-cancellation"]
    assert terms in told["change-or-cancel"]
    free, _, late = terms.partition(". ")
    for words in (*every_text(content.HOME), *(answer for _, answer in questions("booking"))):
        if "free of charge until" in words:
            assert free in words
            assert "half" in words or "half" not in late


def test_whoever_searches_for_what_kills_is_led_to_999() -> None:
    words = Counter(word for one in content.PUT_FIRST for word in one.words)
    assert set(words.values()) == {1}
    told = {word: one for one in content.PUT_FIRST for word in one.words}
    for grave in ("chest pain", "stroke", "heart attack", "overdose", "anaphylaxis", "can't breathe", "suicide"):
        assert told[grave].target == "/emergency/"
        assert "999" in told[grave].sentence
    assert {told[word].target for word in ("price", "prices", "fees", "how much")} == {"/prices/"}


def test_about_us_claims_of_doctors_what_nobody_is_verified_without() -> None:
    about = next(page for page in content.STANDARD_PAGES if page.slug == "about-us")
    checks = next(section for section in about.sections if section.heading == "How we check doctors")
    assert len(checks.points) == len(REQUIRED) == 3


def test_how_long_things_are_kept_is_told_as_it_is() -> None:
    told = "".join(map(str, next(text for text in texts_in("pages_of_text") if text.slug == "privacy").parts))
    assert f"{ENQUIRY_KEPT.days} days after it was answered" in told
    assert (KEPT_FOR.days, "seven days, then it is removed" in told) == (7, True)
    hold = BookingSettings().hold_minutes
    assert any(f"usually for {hold} minutes" in answer for _, answer in questions("booking"))


def test_the_prices_page_leaves_out_no_visit_that_can_be_booked() -> None:
    """The table of one specialty is whole as long as it has no more kinds than a table shows."""
    offered: defaultdict[str, set[tuple[str, int, str]]] = defaultdict(set)
    for doctor in content.DOCTORS:
        for specialty in doctor.specialties if doctor.standing == "verified" else ():
            offered[specialty] |= {(visit.name, visit.minutes, visit.modality) for visit in doctor.visits}
    tables = [value["specialty"] for kind, value in landing.prices_body() if kind == "prices"]
    assert set(tables) == set(offered)
    assert max(len(kinds) for kinds in offered.values()) <= PRICES_SHOWN


def test_no_two_doctors_share_a_number_or_an_address() -> None:
    assert len({doctor.gmc_number for doctor in content.DOCTORS}) == 24
    assert len({doctor.slug for doctor in content.DOCTORS}) == 24


@everyone
def test_doctor_is_whole(doctor: Doctor) -> None:
    assert doctor.slug == slugify(f"{doctor.given_name} {doctor.family_name}")
    assert re.fullmatch(r"99\d{5}", doctor.gmc_number)
    assert set(doctor.languages) <= set(LANGUAGES)
    assert 2 <= len(doctor.biography) <= 3
    assert doctor.qualifications
    assert doctor.interests
    assert all(visit.minutes % 5 == 0 and visit.price >= 0 for visit in doctor.visits)


@everyone
def test_windows_lie_in_the_doctors_places_and_never_overlap(doctor: Doctor) -> None:
    assert {window.location for window in doctor.windows} == set(doctor.locations)
    ordered = sorted(doctor.windows, key=lambda window: (window.weekday, window.start))
    assert all(window.start < window.end for window in ordered)
    assert all(one.weekday != two.weekday or one.end <= two.start for one, two in pairwise(ordered))


def test_telephone_numbers_are_valid_and_nobodys() -> None:
    numbers = [*(place.phone for place in content.LOCATIONS), *(person.phone for person in content.PATIENTS)]
    for number in [*numbers, content.CLINIC["phone"]]:
        validate_phone(number)
        assert DRAMA.fullmatch(number)


@pytest.mark.parametrize("picture", every_picture(), ids=lambda picture: picture.file)
def test_picture_is_small_and_its_focal_point_lies_inside(picture: Picture) -> None:
    portrait = picture.file.startswith("portraits/")
    assert picture.path.stat().st_size <= (25_000 if portrait else 60_000)
    with Image.open(picture.path) as image:
        width, height = image.size
    assert (width, height) == (800, 1000) or not portrait
    assert picture.focal.width // 2 <= picture.focal.x <= width - picture.focal.width // 2
    assert picture.focal.height // 2 <= picture.focal.y <= height - picture.focal.height // 2
    assert picture.alt.endswith(".")


def test_the_words_keep_a_calm_voice() -> None:
    everything = tuple(getattr(content, name) for name in content.__all__)
    texts = list(every_text(everything))
    assert len(texts) > 500
    assert not [text for text in texts if "!" in text or "lorem" in text.lower()]
    biographies = [paragraph for doctor in content.DOCTORS for paragraph in doctor.biography]
    assert len(set(biographies)) == len(biographies)


ADVICE = {"articles": 12, "news": 6, "questions": 4, "specialties": 8, "locations": 4, "pages_of_text": 6}


@pytest.mark.parametrize("folder", ADVICE)
def test_texts_are_whole_and_what_they_name_exists(folder: str) -> None:
    texts = texts_in(folder)
    assert len(texts) >= ADVICE[folder]
    doctors = {doctor.slug for doctor in content.DOCTORS if doctor.standing == "verified"}
    specialties, places = ({item.slug for item in items} for items in (content.SPECIALTIES, content.LOCATIONS))
    for text in texts:
        facts = text.facts
        assert {facts[name] for name in ("reviewer", "written_by") if name in facts} <= doctors
        assert {facts[name] for name in ("picture",) if name in facts} <= set(content.PICTURES)
        assert set(facts.get("specialties", ())) <= specialties
        assert folder != "specialties" or text.slug in specialties
        assert folder != "locations" or text.slug in places
        assert folder != "articles" or (facts["sources"] and facts["specialties"] and facts["reviewed_days_ago"])
        assert not re.search(r"\*\*|\]\(|^#", text.html, re.MULTILINE), "markup that nobody has read"
        assert "!" not in text.html


def test_the_markdown_of_texts() -> None:
    text = text_of(
        "x",
        """+++
title = "X"
+++
## A <b> & b

One **bold** and _soft_
line with [a link](/doctors/).

- first
  goes on
- second

> [!important] Call 999
> if **this** happens:
>
> - or this

1. one
2. two
""",
    )
    assert text.facts == {"title": "X"}
    first, call_out, last = text.parts
    assert first == (
        "<h2>A &lt;b&gt; &amp; b</h2>"
        '<p>One <b>bold</b> and <i>soft</i> line with <a href="/doctors/">a link</a>.</p>'
        "<ul><li>first goes on</li><li>second</li></ul>"
    )
    assert call_out == CallOut("warning", "Call 999", "<p>if <b>this</b> happens:</p><ul><li>or this</li></ul>")
    assert last == "<ol><li>one</li><li>two</li></ol>"


def test_links_lead_to_pages_that_exist() -> None:
    written = {page.slug for page in content.STANDARD_PAGES} | set(content.SECTIONS)
    written |= {text.slug for text in texts_in("pages_of_text")}
    below = {"specialties": "specialties", "locations": "locations", "questions": "questions"}
    below["health-advice"] = "articles"
    written |= {f"{section}/{text.slug}" for section, folder in below.items() for text in texts_in(folder)}
    pages = {f"/{slug}/" for slug in (*written, landing.SLUG, landing.PRICES_SLUG)} | {"/doctors/", "/join/"}
    menus = [entry for entry in content.NAVIGATION if isinstance(entry, Menu)]
    columns = [*content.FOOTER, *(column for menu in menus for column in menu.groups)]
    links = [*content.UTILITY, *(entry.link if isinstance(entry, Menu) else entry for entry in content.NAVIGATION)]
    links += [link for column in columns for link in column.links]
    assert {link.target for link in links} | {one.target for one in content.PUT_FIRST} <= pages
    bodies = "".join(str(part) for folder in ADVICE for text in texts_in(folder) for part in text.parts)
    led_to = set(re.findall(r'href="(/[^"]*)"', bodies + landing.PAYING))
    assert led_to - {"/appointments/"} <= pages
    assert len(led_to) > 5
