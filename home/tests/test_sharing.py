"""The pictures that stand for pages where they are shared: what they show, how long, and of which pages alone."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from PIL import Image
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Page, PageViewRestriction, get_page_models

from doctors.models import Doctor, DoctorIndexPage, DoctorPage
from doctors.tests.factories import DoctorFactory, DoctorPageFactory, SpecialtyFactory
from home.models import (
    ArticleIndexPage,
    ContactPage,
    FaqPage,
    HomePage,
    LandingPage,
    NewsIndexPage,
    SectionPage,
    SiteSettings,
)
from home.sharing import picture_path
from home.sharing.card import HEIGHT, WIDTH, Card, can_be_drawn, drawn, plain
from home.tests.factories import article, below_home, location_page, news, specialty_page
from home.tests.test_pages import standard_page

pytestmark = pytest.mark.django_db

LONG = "What to do in the first days after a sprained ankle, and when it is not one: a guide for parents and coaches"
CARD: dict[str, str] = {"title": "Fees", "line": "", "clinic": "MedConsult", "tagline": "At a time that suits you."}


def told(path: str) -> dict[str, str]:
    """What the page's head says of its picture."""
    head = Client().get(path).content.decode().split("</head>")[0]
    facts = re.findall(r'<meta (?:property="og:|name="twitter:)(image[^"]*|card)" content="([^"]*)"', head)
    return dict(facts)


def address(path: str) -> str:
    return told(path)["image"].removeprefix("http://testserver")


def picture(size: tuple[int, int] = (600, 800)) -> Any:
    return get_image_model().objects.create(title="p.png", description="Dr Osei", file=get_test_image_file(size=size))


def kept_of(page: Page) -> Any:
    return caches["redis"].get(f"shared:{page.pk}")


def doctor_page(**fields: Any) -> DoctorPage:
    doctor = DoctorFactory.create(listed=True, specialties=[SpecialtyFactory.create()])
    return DoctorPageFactory.create(doctor=doctor, **fields)


def test_a_page_without_a_picture_of_its_own_names_one_that_is_drawn_and_may_be_kept_for_long() -> None:
    page = standard_page()
    facts = told(page.url)
    assert facts["image"].startswith(f"http://testserver/shared/{page.pk}/")
    assert (facts["image:width"], facts["image:height"]) == ("1200", "630")
    assert facts["image:alt"] == f"{page.title}, MedConsult"

    answer = Client().get(address(page.url))

    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/jpeg"
    assert "public" in answer["Cache-Control"]
    assert "max-age=86400" in answer["Cache-Control"]
    assert "Set-Cookie" not in answer
    with Image.open(io.BytesIO(answer.content)) as image:
        assert image.size == (WIDTH, HEIGHT)
    assert len(answer.content) < 200_000


def test_an_editors_own_picture_comes_first_and_says_its_size() -> None:
    page = standard_page()
    page.social_image = picture((1600, 900))
    page.save()
    facts = told(page.url)
    assert "/shared/" not in facts["image"]
    assert (facts["image:width"], facts["image:height"]) == ("1200", "630")
    assert facts["image:alt"] == "Dr Osei"


def test_the_picture_of_every_type_of_page_is_where_its_head_says() -> None:
    shown = doctor_page(photo=picture())
    specialties = list(shown.doctor.specialties.all())
    assert specialties
    pages: list[Page] = [
        shown,
        DoctorIndexPage.objects.get(),
        HomePage.objects.get(),
        standard_page(),
        article(specialties=specialties),
        ArticleIndexPage.objects.get(),
        news(),
        NewsIndexPage.objects.get(),
        specialty_page(specialty=specialties[0]),
        location_page(),
        SectionPage.objects.all()[0],
        below_home(FaqPage(title="Questions")),
        below_home(LandingPage(title="First visit")),
        below_home(ContactPage(title="Contact", told="desk@example.org")),
    ]
    # A type that is added later comes into the list: this test is where its picture is looked for.
    assert {type(page) for page in pages} == {*get_page_models()} - {Page}
    for page in pages:
        path = address(page.url)
        assert path.startswith(f"/shared/{page.pk}/"), page
        assert Client().get(path).status_code == 200, page


def test_the_address_changes_with_what_is_shown_and_the_old_one_leads_nowhere() -> None:
    page = doctor_page(photo=picture())
    seen = [address(page.url)]
    assert Client().get(seen[0]).status_code == 200
    changes = [
        lambda: DoctorPage.objects.filter(pk=page.pk).update(title="Dr Another Name"),
        lambda: DoctorPage.objects.filter(pk=page.pk).update(photo=picture()),
        lambda: page.doctor.specialties.add(SpecialtyFactory.create(name="Dermatology")),
        lambda: SiteSettings.objects.update_or_create(site_id=1, defaults={"clinic_name": "The Harbour Clinic"}),
    ]
    for change in changes:
        change()
        new = address(page.url)
        assert new not in seen
        assert Client().get(new).status_code == 200
        assert Client().get(seen[-1]).status_code == 404
        assert kept_of(page)[0] == Path(new).stem, "one picture a page"
        seen.append(new)


def test_it_is_drawn_once_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    path = address(standard_page().url)
    first = Client().get(path).content
    monkeypatch.setattr("home.sharing.drawn", lambda *_: pytest.fail("drawn again"))
    assert Client().get(path).content == first


def test_nothing_of_it_lies_where_a_web_server_publishes_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    page = standard_page()
    path = address(page.url)
    assert Client().get(path).status_code == 200
    assert kept_of(page)
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []
    assert Client().get(f"/media{path}").status_code == 404


def test_what_was_drawn_is_gone_within_the_hour(redis_client: Any) -> None:
    assert Client().get(address(standard_page().url)).status_code == 200
    (key,) = redis_client.scan_iter("*shared:*")
    assert 0 < redis_client.ttl(key) <= 3600


@pytest.mark.parametrize("lose", ["the original", "the size that is drawn"])
def test_a_portrait_whose_file_is_lost_is_left_out(lose: str) -> None:
    page = doctor_page(photo=picture())
    path = address(page.url)
    with_portrait = Client().get(path).content
    caches["redis"].clear()
    photo = page.photo
    assert photo
    if lose == "the original":
        photo.renditions.all().delete()
        caches["renditions"].clear()
        photo.file.storage.delete(photo.file.name)
    else:
        for rendition in photo.renditions.all():
            rendition.file.storage.delete(rendition.file.name)

    answer = Client().get(path)

    assert answer.status_code == 200
    with Image.open(io.BytesIO(answer.content)) as image:
        assert image.size == (WIDTH, HEIGHT)
    assert answer.content != with_portrait


@pytest.mark.parametrize("title", ["عيادة القلب", "מרפאה", "心臓外来", "Open late 🎉", "x\u0332 underlined"])
def test_a_title_in_letters_that_our_fonts_have_not_has_no_picture(title: str) -> None:
    page = standard_page()
    known = Path(address(page.url)).stem
    type(page).objects.filter(pk=page.pk).update(title=title)
    assert told(page.url) == {"card": "summary"}
    page.refresh_from_db()
    assert picture_path(page, SiteSettings()) == ""
    assert Client().get(f"/shared/{page.pk}/{known}.jpg").status_code == 404


def test_letters_with_accents_are_drawn_however_they_are_written() -> None:
    for title in (
        "Y Tŷ Gwyn: dŵr a gwŷdd",
        "y\u0302 and e\u0301",
        "soft\u00adhyphen\u200b",
        "a\u00a0b\nc",
        "Łukasz, Ελένη, Юлия",
    ):
        assert can_be_drawn(Card(**{**CARD, "title": plain(title)})), title
    assert plain("e\u0301t\u00ad\u00e9 \n now\u200b") == "été now"


def test_no_text_of_an_address_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    page = standard_page()
    path = address(page.url)
    monkeypatch.setattr("home.sharing.drawn", lambda *_: pytest.fail("drawn"))
    for wrong in (
        f"/shared/{page.pk}/anything.jpg",
        f"/shared/{page.pk}/{'0' * 20}.jpg",
        path.replace(f"/{page.pk}/", "/999999/"),
        path.replace(f"/{page.pk}/", f"/{HomePage.objects.get().pk}/"),
        f"/shared/{Page.objects.get(depth=1).pk}/{'0' * 20}.jpg",
        f"{path[:-4]}.png",
    ):
        assert Client().get(wrong).status_code == 404, wrong
    assert Client().post(path).status_code == 405


def test_of_what_not_everybody_may_see_there_is_no_picture_also_where_one_was_drawn_before() -> None:
    hidden, barred, gone = doctor_page(photo=picture()), doctor_page(), standard_page()
    written = article("For members")
    paths = {page: address(page.url) for page in (hidden, barred, gone, written)}
    for path in paths.values():
        assert Client().get(path).status_code == 200

    Doctor.objects.filter(pk=hidden.doctor_id).update(verification_status="suspended")
    DoctorPage.objects.filter(pk=barred.pk).update(live=False)
    type(gone).objects.filter(pk=gone.pk).update(live=False)
    PageViewRestriction.objects.create(page=written.get_parent(), restriction_type="password", password="open")

    for page, path in paths.items():
        assert Client().get(path).status_code == 404, page


def test_other_pages_need_no_statement_more_for_it(django_assert_num_queries: Any) -> None:
    page = news()
    told(page.url)
    with django_assert_num_queries(0):
        picture_path(page, SiteSettings())


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"title": LONG},
        {"title": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"},
        {"title": "Łukasz Żółć-Nguyễn, Ελένη", "line": "Ear, nose and throat, " * 6},
        {"title": LONG * 5, "clinic": "The Royal Borough Medical Centre of Harbourside " * 3, "tagline": LONG * 2},
        {"title": "", "clinic": "", "tagline": ""},
    ],
)
@pytest.mark.parametrize("portrait_width", [0, 420])
def test_whatever_a_title_says_nothing_is_drawn_beyond_its_place(
    fields: dict[str, str], portrait_width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[tuple[float, float]] = []
    from home.sharing import card as drawing

    write = drawing._write

    def noting(pen: Any, at: Any, text: str, size: int, weight: int, colour: str) -> None:
        written.append((at[0] + drawing._length(text, size, weight), at[1] + size))
        write(pen, at, text, size, weight, colour)

    monkeypatch.setattr(drawing, "_write", noting)
    portrait = io.BytesIO()
    Image.new("RGB", (420, 630), "#88aaaa").save(portrait, "JPEG")

    content = drawn(Card(**{**CARD, **fields}), portrait.getvalue() if portrait_width else None)

    with Image.open(io.BytesIO(content)) as image:
        assert image.size == (WIDTH, HEIGHT)
    assert max(right for right, _ in written) <= (WIDTH - 420 - 40 if portrait_width else WIDTH - 80) + 1
    assert max(bottom for _, bottom in written) <= HEIGHT
