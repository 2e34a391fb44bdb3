"""Pages that an editor builds from blocks, and what each block shows and refuses."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from accounts.roles import Role
from accounts.tests.factories import UserFactory
from common import clock
from common.pictures import avif_draw
from doctors.models import Doctor, Listing, Specialty, VisitType
from doctors.tests.factories import DoctorFactory, DoctorPageFactory, LocationFactory, VisitTypeFactory
from home import blocks
from home.blocks.maps import MapBlock, marks_of, streets_of
from home.blocks.media import VideoBlock
from home.models import HomePage, LandingPage, LocationPage, OpeningHours, StandardPage
from home.tests.factories import below_home, section, under

pytestmark = pytest.mark.django_db

LINK = {"label": "Go", "page": None, "address": "/doctors/"}


def landing(*body: tuple[str, Any], title: str = "Your first visit") -> LandingPage:
    return below_home(LandingPage(title=title, body=list(body)))


def read(page: LandingPage) -> str:
    answer = Client().get(page.url)
    assert answer.status_code == 200
    return answer.content.decode()


def live(heading: str = "Live", **fields: Any) -> dict[str, Any]:
    return {"heading": heading, "introduction": "", **fields}


def cards(**fields: Any) -> tuple[str, dict[str, Any]]:
    return "doctor_cards", live(**{"specialty": "", "doctors": [], "number": 4, **fields})


def free_doctor(family_name: str, **fields: Any) -> Doctor:
    doctor = DoctorFactory.create(listed=True, family_name=family_name, **fields)
    soon = clock.now() + timedelta(hours=5)
    specialty_ids = list(doctor.specialties.values_list("pk", flat=True))
    Listing.objects.create(doctor=doctor, next_available_at=soon, next_times=[soon], specialty_ids=specialty_ids)
    return doctor


def picture(size: tuple[int, int] = (24, 16)) -> Any:
    file = get_test_image_file(size=size)
    image = get_image_model().objects.create(title="p.png", description="The harbour", file=file)
    image.contextual_alt_text, image.decorative = "The harbour", False
    return image


def file(name: str, content: bytes = b"something") -> Any:
    return get_document_model().objects.create(title=name, file=ContentFile(content, name=name))


def test_every_block_has_a_preview_a_description_and_a_group() -> None:
    desk = Client()
    desk.force_login(UserFactory.create(roles=[Role.CONTENT_EDITOR]), backend="accounts.backends.AccountBackend")
    for name, block in blocks.LANDING_BLOCKS:
        assert block.is_previewable, name
        assert block.get_description(), name
        assert block.meta.group, name
        shown = desk.get("/admin/block-preview/", {"id": block.definition_prefix}).content.decode()
        assert 'id="main"' in shown, name
        assert "css/app.css" in shown, "an editor sees what visitors would"
    assert len(list(blocks.samples())) == len(blocks.LANDING_BLOCKS)


def test_a_block_begins_with_a_heading_and_with_no_empty_doctor() -> None:
    begun = dict(blocks.LANDING_BLOCKS)["doctor_cards"].get_default()
    assert (begun["heading"], len(begun["doctors"]), begun["number"]) == ("Doctors you can see this week", 0, 4)


def test_what_is_read_live_follows_the_clinic_at_once() -> None:
    skin = Specialty.objects.create(name="Dermatology", slug="dermatology")
    known, other = free_doctor("Known", specialties=[skin]), free_doctor("Other")
    visit = VisitTypeFactory.create(doctor=known, price_minor=4500)
    VisitTypeFactory.create(doctor=other, name="Check", price_minor=3000)
    page = landing(cards(specialty="dermatology"), ("prices", live(specialty="dermatology")))

    shown = read(page)
    assert known.name in shown
    assert other.name not in shown
    assert "£45" in shown
    assert "£30" not in shown

    VisitType.objects.filter(pk=visit.pk).update(price_minor=5250)
    assert "£52.50" in read(page)
    Doctor.objects.filter(pk=known.pk).update(verification_status="suspended")
    shown = read(page)
    assert known.name not in shown
    assert "£52.50" not in shown


def test_chosen_doctors_stand_in_the_editors_order_and_only_while_listed() -> None:
    pages = [DoctorPageFactory.create(doctor=free_doctor(name)) for name in ("First", "Second", "Third")]
    page = landing(cards(doctors=[pages[2], pages[0], pages[1]]))
    Doctor.objects.filter(pk=pages[1].doctor_id).update(is_active=False)

    shown = read(page)

    assert shown.index("Third") < shown.index("First")
    assert "Second" not in shown


def test_prices_of_a_kind_of_visit_go_from_the_cheapest_to_the_dearest_doctors() -> None:
    for price in (4500, 9500, 6000):
        VisitTypeFactory.create(price_minor=price)
    VisitTypeFactory.create(name="Advice", price_minor=0)
    VisitTypeFactory.create(name="Gone", is_active=False)

    shown = read(landing(("prices", live(specialty=""))))

    assert "£45 to £95" in shown
    assert "Free" in shown
    assert "Gone" not in shown


def location_open_all_week(**fields: Any) -> LocationPage:
    location = LocationFactory.create(**fields)
    place = under(
        section("Clinics"), LocationPage(title=location.name, location=location, introduction="By the water.")
    )
    rows = [OpeningHours(page=place, weekday=day, opens=time(8, 30), closes=time(18)) for day in range(7)]
    OpeningHours.objects.bulk_create(rows)
    return place


def test_opening_hours_are_those_of_the_places_page_less_its_closures() -> None:
    place = location_open_all_week()
    today = clock.now().astimezone(place.location.time_zone).date()
    page = landing(("opening_hours", live(location=place.location.slug)))
    assert read(page).count("8:30am to 6:00pm") == 7

    place.location.closures.create(label="Burst pipe", first_day=today, last_day=today)

    shown = read(page)
    assert shown.count("8:30am to 6:00pm") == 6
    assert "Burst pipe" in shown


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        (datetime(2027, 1, 12, 9, tzinfo=UTC), datetime(2027, 1, 12, 17, tzinfo=UTC)),
        # London's clock goes from 1:00 to 2:00 in the first night, and from 2:00 back to 1:00 in the second.
        (datetime(2027, 3, 28, 0, 30, tzinfo=UTC), datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
        (datetime(2027, 10, 31, 0, 30, tzinfo=UTC), datetime(2027, 10, 31, 1, 30, tzinfo=UTC)),
    ],
)
def test_a_notice_is_there_from_its_beginning_until_its_end_and_not_at_it(
    starts: datetime, ends: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = {"kind": "info", "title": "The lift", "text": "<p>Mended.</p>", "starts": starts, "ends": ends}
    page = landing(("call_out", notice))
    tick = timedelta(microseconds=1)
    assert blocks.changes_in(LandingPage.objects.get().body) == [starts, ends]
    for moment, is_there in ((starts - tick, False), (starts, True), (ends - tick, True), (ends, False)):
        monkeypatch.setattr("common.clock.timezone.now", lambda moment=moment: moment)
        assert ("The lift" in read(page)) is is_there, moment


def test_a_notice_without_dates_is_there_always_also_one_of_before_there_were_any() -> None:
    raw = [{"type": "call_out", "value": {"kind": "info", "title": "The lift", "text": "<p>Mended.</p>"}}]
    page = landing()
    page.body = LandingPage._meta.get_field("body").to_python(raw)
    page.save()
    assert "The lift" in read(page)
    assert blocks.changes_in(page.body) == []


def refused(block: Any, value: Any) -> set[str]:
    with pytest.raises(ValidationError) as error:
        block.clean(block.to_python(value))
    return set(error.value.block_errors)  # type: ignore[attr-defined]


def test_blocks_refuse_what_would_mislead() -> None:
    known = dict(blocks.LANDING_BLOCKS)
    now = clock.now()
    notice = {"kind": "info", "title": "T", "text": "<p>x</p>", "starts": now.isoformat(), "ends": now.isoformat()}
    assert refused(known["call_out"], notice) == {"ends"}
    page = DoctorPageFactory.create()
    skin = Specialty.objects.create(name="Dermatology", slug="dermatology")
    both = live(specialty=skin.slug, doctors=[page.pk], number=4)
    assert refused(known["doctor_cards"], both) == {"specialty"}
    bare = {"image": {"image": picture().pk, "alt_text": "", "decorative": False}, "caption": ""}
    assert refused(known["picture"], bare) == {"image"}
    film, words = file("form.pdf"), file("words.txt")
    video = {"title": "T", "film": film.pk, "captions": words.pk, "transcript": "<p>x</p>", "poster": None}
    assert refused(VideoBlock(), video) == {"film", "captions"}
    assert refused(VideoBlock(), {**video, "transcript": ""}) == {"transcript"}


def test_a_film_is_known_by_how_it_begins() -> None:
    captions, lost = file("a.vtt", b"\xef\xbb\xbfWEBVTT\n"), file("lost.mp4")
    lost.file.storage.delete(lost.file.name)
    lost.refresh_from_db()
    video = {"title": "T", "captions": captions.pk, "transcript": "<p>x</p>", "poster": None}
    for fake in (file("fake.mp4"), file("fake.webm", b"\x00\x00\x00\x18ftypmp42"), lost):
        assert refused(VideoBlock(), {**video, "film": fake.pk}) == {"film"}
    film = file("true.mp4", b"\x00\x00\x00\x18ftypmp42")
    assert refused(VideoBlock(), {**video, "film": film.pk, "captions": file("no.vtt").pk}) == {"captions"}
    VideoBlock().clean(VideoBlock().to_python({**video, "film": film.pk}))


@pytest.mark.parametrize("squares", ["A1", "A0 B2", "M1 A1", "a1 b2", "A1  B2", "A1,B2"])
def test_a_street_is_named_by_squares_of_the_grid(squares: str) -> None:
    block = MapBlock()
    value = {**block.get_preview_value(), "streets": [{"name": "", "kind": "street", "squares": squares}]}
    with pytest.raises(ValidationError):
        block.clean(block.normalize(value))


def test_a_map_leads_streets_beyond_its_edge_names_them_upright_and_numbers_its_marks() -> None:
    block = MapBlock()
    value = block.normalize(
        {
            "heading": "Map",
            "streets": [{"name": "High Street", "kind": "main", "squares": "L3 F3 A4"}],
            "marks": [
                {"label": "Us", "kind": "clinic", "square": "B2"},
                {"label": "Bus", "kind": "bus", "square": "L8"},
            ],
            "directions": "<p>Left.</p>",
        }
    )
    assert [street.way for street in streets_of(value)] == ["M0 175 L275 125 L600 125"]
    assert [(mark.number, mark.left, mark.top) for mark in marks_of(value)] == [(1, 75, 75), (2, 575, 375)]


def test_the_opening_carries_the_main_heading_only_as_the_first_block() -> None:
    hero: tuple[str, Any] = ("hero", {"title": "Welcome here", "text": "", "image": None, "links": []})
    first, later = read(landing(hero)), read(landing(("text", "<p>Hello</p>"), hero, title="Another"))
    assert "Welcome here</h1>" in first
    assert first.count("<h1") == 1
    assert "Welcome here</h2>" in later
    assert "Another</h1>" in later


def test_the_first_picture_is_fetched_first_and_the_others_when_they_come_near() -> None:
    body = [("picture", {"image": picture((600, 400)), "caption": ""}) for _ in range(2)]
    first, second = read(landing(*body)).split("<picture")[1:]
    assert 'fetchpriority="high"' in first
    assert "lazy" not in first
    assert 'loading="lazy"' in second
    for drawn in (first, second):
        assert 'width="600" height="400"' in drawn
        assert 'alt="The harbour"' in drawn


def everything(number: int) -> list[tuple[str, Any]]:
    """Every block, its lists so long."""
    image = {"image": picture(), "caption": ""}
    known = [DoctorPageFactory.create(doctor=free_doctor(f"Known{number}{turn}")) for turn in range(min(number, 8))]
    target = below_home(LandingPage(title=f"Target {number}"))
    link = {"label": "Go", "page": target, "address": ""}
    for turn in range(number):
        VisitTypeFactory.create(name=f"Visit {number} {turn}")
        location_open_all_week(name=f"Place {number} {turn}", slug=f"place-{number}-{turn}")
    bodies: dict[str, Any] = {name: block.get_preview_value() for name, block in blocks.LANDING_BLOCKS}
    bodies |= {
        "hero": {"title": "T", "text": "", "image": picture(), "links": [("link", link)]},
        "picture": image,
        "gallery": {"heading": "", "pictures": [{"image": picture(), "caption": ""} for _ in range(number)]},
        "cards": {
            "heading": "C",
            "cards": [{"title": "T", "text": "x", "link": [("link", link)]} for _ in range(number)],
        },
        "call_to_action": {"heading": "C", "text": "", "link": link},
        "video": {
            "title": "Film",
            "film": file("a.mp4"),
            "captions": file("a.vtt"),
            "transcript": "<p>x</p>",
            "poster": picture(),
        },
        "download": {"title": "D", "text": "", "file": file("form.pdf")},
        "team": live(people=[{"name": "N", "role": "R", "image": picture(), "text": ""} for _ in range(number)]),
        "doctor_cards": live(specialty="", doctors=known, number=8),
    }
    return list(bodies.items())


def statements(page: LandingPage) -> int:
    read(page)
    avif_draw(limit=999)
    read(page)
    with CaptureQueriesContext(connection) as caught:
        read(page)
    return len(caught)


def test_a_page_of_every_block_costs_the_same_however_long_its_lists_are() -> None:
    empty = statements(landing(title="Empty"))
    few = statements(landing(*everything(2), title="Few"))
    many = statements(landing(*everything(5), title="Many"))
    assert few == many
    # Settings, the way here, the page and all links; then pictures, files, and six for the blocks that are live. One
    # less than twelve, for whoever is signed in takes one more.
    assert empty <= 4
    assert many <= 11


def test_prices_of_many_specialties_take_the_statement_and_the_sentence_of_one() -> None:
    blocks_of_prices = []
    for name in ("Heart", "Skin", "Eyes"):
        specialty = Specialty.objects.create(name=name, slug=name.lower())
        doctor = DoctorFactory.create(listed=True, specialties=[specialty])
        VisitTypeFactory.create(doctor=doctor, name=f"About your {name.lower()}")
        for price in (4500, 9500):
            VisitTypeFactory.create(doctor=doctor, price_minor=price)
        blocks_of_prices.append(("prices", live(heading=f"Prices: {name}", specialty=specialty.slug)))
    all_of_them = landing(*blocks_of_prices, ("prices", live(specialty="")), title="All")

    assert statements(all_of_them) == statements(landing(blocks_of_prices[0], title="One"))
    before, heart, *others, of_all = read(all_of_them).split("<table")
    assert "Where two prices stand" in before
    assert not any("Where two prices stand" in after for after in (heart, *others, of_all))
    assert "About your heart" in heart
    assert "About your skin" not in heart
    assert len(others) == 2
    assert all(f"About your {name}" in of_all for name in ("heart", "skin", "eyes"))


def test_a_page_of_every_block_that_is_not_live_takes_no_more_than_any_other() -> None:
    known = dict(blocks.STANDARD_BLOCKS)
    body = [(name, value) for name, value in everything(3) if name in known]
    assert len(body) == len(known)
    assert statements(below_home(StandardPage(title="About us", body=body))) <= 6


def test_links_in_texts_cost_the_same_however_many_texts_there_are() -> None:
    target, form = below_home(LandingPage(title="Target")), file("form.pdf")
    text = f'<p><a linktype="page" id="{target.pk}">There</a> <a linktype="document" id="{form.pk}">Form</a></p>'
    gone = '<p><a linktype="page" id="999999">Gone</a></p>'

    one = landing(("text", text), title="One")
    ten = landing(*[("text", text), ("text", gone)] * 5, title="Ten")

    assert read(ten).count(f'<a href="{target.url}">There</a> <a href="{form.url}">Form</a>') == 5
    assert statements(one) == statements(ten)


def test_blocks_that_share_a_picture_a_file_or_a_link_say_each_their_own() -> None:
    """They are read together, and each block has an object of its own: the same picture with other words beside it."""
    image, target, form = picture(), below_home(LandingPage(title="Target")), file("form.pdf")
    raw = [
        {"type": "picture", "value": {"image": {"image": image.pk, "alt_text": words, "decorative": False}}}
        for words in ("By day", "By night")
    ]
    raw += [{"type": "download", "value": {"title": "D", "text": "", "file": form.pk}} for _ in range(2)]
    link = {"label": "Go", "page": target.pk, "address": ""}
    raw += [{"type": "call_to_action", "value": {"heading": "C", "text": "", "link": link}}]
    gone = {"label": "Gone", "page": 999_999, "address": ""}
    raw += [{"type": "call_to_action", "value": {"heading": "C", "text": "", "link": gone}}]
    page = landing()
    page.body = LandingPage._meta.get_field("body").to_python(raw)
    page.save()

    shown = read(page)

    assert 'alt="By day"' in shown
    assert 'alt="By night"' in shown
    assert shown.count(form.url) == 2
    assert f'href="{target.url}"' in shown
    assert "Gone" not in shown


def test_a_page_of_every_block_breaks_no_rule_of_ours() -> None:
    shown = read(landing(*everything(2)))
    assert " style=" not in shown
    assert "<script>" not in shown
    assert shown.count("<h1") == 1
    assert shown.count('kind="captions"') == 1


def test_a_landing_page_lies_below_the_home_page_or_a_section() -> None:
    assert LandingPage in HomePage.allowed_subpage_models()
    assert HomePage not in LandingPage.allowed_subpage_models()
