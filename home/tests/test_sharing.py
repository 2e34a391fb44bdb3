"""The pictures that stand for pages where they are shared: what they show, how long, and of which pages alone."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Page, PageViewRestriction

from doctors.models import Doctor, DoctorPage
from doctors.tests.factories import DoctorFactory, DoctorPageFactory, SpecialtyFactory
from home.models import HomePage, SiteSettings
from home.sharing.card import HEIGHT, WIDTH, Card, drawn
from home.tests.factories import article, news
from home.tests.test_pages import standard_page

pytestmark = pytest.mark.django_db

LONG = "What to do in the first days after a sprained ankle, and when it is not one: a guide for parents and coaches"
CARD: dict[str, str] = {"title": "Fees", "line": "", "clinic": "MedConsult", "tagline": "At a time that suits you."}


def told(path: str) -> dict[str, str]:
    """What the page's head says of its picture."""
    head = Client().get(path).content.decode().split("</head>")[0]
    return dict(re.findall(r'<meta property="og:(image[^"]*)" content="([^"]*)"', head))


def address(path: str) -> str:
    return told(path)["image"].removeprefix("http://testserver")


def picture(size: tuple[int, int] = (600, 800)) -> Any:
    return get_image_model().objects.create(title="p.png", description="Dr Osei", file=get_test_image_file(size=size))


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
    assert "max-age=604800" in answer["Cache-Control"]
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


def test_the_address_changes_with_what_is_shown_and_the_old_one_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    page = doctor_page(photo=picture())
    seen = [address(page.url)]
    kept = f"shared/{page.pk}"
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
        assert default_storage.listdir(kept)[1] == [new.rpartition("/")[2]], "one picture a page"
        seen.append(new)


def test_it_is_drawn_once_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    path = address(standard_page().url)
    first = Client().get(path).content
    monkeypatch.setattr("home.sharing.drawn", lambda *_: pytest.fail("drawn again"))
    assert Client().get(path).content == first


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
        from home.sharing import picture_path

        picture_path(page, SiteSettings())


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"title": LONG},
        {"title": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"},
        {"title": "Łukasz Żółć-Nguyễn, Ελένη 医", "line": "Ear, nose and throat, " * 6},
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
