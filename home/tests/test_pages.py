"""The public pages as visitors and machines read them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Page, Site

from common import clock
from common.pictures import avif_draw
from doctors.models import Doctor, DoctorPage, Listing
from doctors.services.listing import listing_close, listing_open
from doctors.tests.factories import DoctorFactory, DoctorPageFactory, LocationFactory, SpecialtyFactory
from home.models import HomePage, SiteSettings, StandardPage

pytestmark = pytest.mark.django_db

QUESTIONS = {
    "heading": "Questions",
    "questions": [{"question": "Is it <safe>?", "answer": "<p>Yes, </script> & <b>always</b>.</p>"}],
}


def standard_page(title: str = "About us", *, body: list[tuple[str, Any]] | None = None, **fields: Any) -> StandardPage:
    home = HomePage.objects.get()
    page = StandardPage(title=title, body=body or [], **fields)
    home.add_child(instance=page)
    return page


def listed_doctor(family_name: str, *, in_hours: int) -> DoctorPage:
    """A listed doctor with a live page and a free time that many hours ahead."""
    page = DoctorPageFactory.create(doctor=DoctorFactory.create(listed=True, family_name=family_name))
    soonest = clock.now() + timedelta(hours=in_hours)
    Listing.objects.create(doctor=page.doctor, next_available_at=soonest, next_times=[soonest])
    return page


def read(path: str) -> str:
    answer = Client().get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def facts_in(page: str) -> list[dict[str, Any]]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return [json.loads(text) for text in found]


def test_the_home_page_is_the_sites_root_and_has_a_search_that_leads_to_the_doctors() -> None:
    site = Site.objects.get()

    assert site.root_page.specific == HomePage.objects.get()
    assert Page.objects.get(slug="doctors").get_parent().specific == HomePage.objects.get()
    assert not Page.objects.filter(title__startswith="Welcome").exists()
    page = read("/")
    assert 'action="/doctors/"' in page
    assert 'name="q"' in page


def test_the_home_page_shows_the_listed_doctors_soonest_first_and_no_others() -> None:
    later, sooner = listed_doctor("Later", in_hours=48), listed_doctor("Sooner", in_hours=2)
    suspended = listed_doctor("Suspended", in_hours=1)
    Doctor.objects.filter(pk=suspended.doctor_id).update(verification_status="suspended")

    page = read("/")

    assert page.index(sooner.doctor.name) < page.index(later.doctor.name)
    assert "Suspended" not in page


def test_the_home_page_counts_only_the_listed_doctors_of_a_specialty() -> None:
    hearts, empty = SpecialtyFactory.create(name="Cardiology"), SpecialtyFactory.create(name="Radiology")
    stays, goes = (DoctorFactory.create(listed=True, specialties=own) for own in ([hearts], [hearts, empty]))
    for doctor in (stays, goes):
        listing_open(doctor, now=clock.now())
    listing_close(goes)

    page = read("/")

    assert f"/doctors/?specialty={hearts.slug}" in page
    assert "1 doctor<" in page
    assert "Radiology" not in page


def test_the_home_page_takes_at_most_eleven_statements_however_many_doctors_there_are(
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    image = get_image_model().objects.create(title="A street", file=get_test_image_file())
    HomePage.objects.update(hero_image=image)
    about = standard_page()
    settings = SiteSettings.for_site(Site.objects.get())
    settings.navigation = [("link", {"label": "About", "page": about, "address": ""})]
    settings.save()
    for number in range(6):
        page = listed_doctor(f"Number{number}", in_hours=number + 1)
        DoctorPage.objects.filter(pk=page.pk).update(photo=image)
    LocationFactory.create_batch(4)
    read("/")
    avif_draw(limit=9)
    read("/")

    with django_assert_max_num_queries(11):
        read("/")


def test_a_standard_page_renders_every_block() -> None:
    image = get_image_model().objects.create(title="A street", description="Harbour", file=get_test_image_file())
    page = standard_page(
        "O'Brien & sons",
        body=[
            ("text", "<p>Some <b>text</b></p>"),
            ("picture", {"image": {"image": image, "alt_text": "The harbour", "decorative": False}, "caption": "Sea"}),
            ("call_out", {"kind": "warning", "title": "Mind & care", "text": "<p>Important</p>"}),
            (
                "steps",
                {"heading": "Steps", "steps": [{"title": "One", "text": "First"}, {"title": "Two", "text": "x"}]},
            ),
            ("questions", QUESTIONS),
            (
                "cards",
                {"heading": "Cards", "cards": [{"title": "Card", "text": "Words", "link": []}] * 2},
            ),
            (
                "call_to_action",
                {"heading": "Book", "text": "", "link": {"label": "Go", "page": None, "address": "/doctors/"}},
            ),
            ("quote", {"text": "Kind people.", "name": "A patient", "role": ""}),
        ],
    )

    shown = read(page.url)

    assert "O&#x27;Brien &amp; sons" in shown
    assert "&amp;amp;" not in shown
    assert 'alt="The harbour"' in shown
    for words in ("Some <b>text</b>", "Mind &amp; care", "First", "Is it &lt;safe&gt;?", "Card", 'href="/doctors/"'):
        assert words in shown
    assert " style=" not in shown


def test_questions_are_told_to_search_engines_and_cannot_end_their_script() -> None:
    page = standard_page(body=[("questions", QUESTIONS)], seo_title="About the clinic")

    facts = {fact["@type"]: fact for fact in facts_in(read(page.url))}

    (question,) = facts["FAQPage"]["mainEntity"]
    assert question["name"] == "Is it <safe>?"
    assert question["acceptedAnswer"]["text"] == "Yes,  & always."
    assert facts["BreadcrumbList"]["itemListElement"][0]["item"] == "http://testserver/"


def test_a_page_says_its_own_address_and_description_to_machines() -> None:
    page = standard_page(search_description="Who we are.")

    shown = read(page.url)

    assert f'<link rel="canonical" href="http://testserver{page.url}">' in shown
    assert '<meta property="og:title" content="About us">' in shown
    assert '<meta name="description" content="Who we are.">' in shown


def test_the_shared_picture_comes_from_the_site_settings() -> None:
    settings = SiteSettings.for_site(Site.objects.get())
    settings.social_image = get_image_model().objects.create(
        title="Front door", file=get_test_image_file(size=(1200, 630))
    )
    settings.save()

    assert 'property="og:image" content="http://testserver/media/' in read("/")


def test_a_link_leads_to_a_page_or_an_address_and_to_exactly_one_of_them() -> None:
    from wagtail.blocks.struct_block import StructBlockValidationError

    from home.blocks import LinkBlock

    block, about = LinkBlock(), standard_page()

    assert block.clean(block.to_python({"label": "A", "page": about.pk, "address": ""}))["page"].pk == about.pk
    for wrong in (
        {"label": "A", "page": None, "address": ""},
        {"label": "A", "page": about.pk, "address": "/doctors/"},
        {"label": "A", "page": None, "address": "javascript:alert(1)"},
        {"label": "A", "page": None, "address": "//evil.example/"},
    ):
        with pytest.raises(StructBlockValidationError):
            block.clean(block.to_python(wrong))


def test_navigation_and_footer_are_the_editors_and_leave_out_what_is_not_live() -> None:
    about, draft = standard_page(), standard_page("Draft", live=False)
    settings = SiteSettings.for_site(Site.objects.get())
    settings.navigation = [
        ("link", {"label": "About the clinic", "page": about, "address": ""}),
        ("link", {"label": "Not yet", "page": draft, "address": ""}),
    ]
    settings.footer = [
        (
            "column",
            {"heading": "More", "links": [{"label": "New account", "page": None, "address": "/account/signup/"}]},
        ),
        ("column", {"heading": "Soon", "links": [{"label": "Not yet", "page": draft, "address": ""}]}),
    ]
    settings.emergency = "Ring 999."
    settings.save()

    shown = read("/")

    assert f'href="{about.url}"' in shown
    assert "About the clinic" in shown
    assert "New account" in shown
    assert "Ring 999." in shown
    assert "Not yet" not in shown
    assert "Soon" not in shown


def test_the_sitemap_holds_what_is_public_and_no_doctor_who_is_not_listed() -> None:
    about, draft = standard_page(), standard_page("Draft", live=False)
    listed, hidden = listed_doctor("Listed", in_hours=1), DoctorPageFactory.create(doctor=DoctorFactory.create())

    index = read("/sitemap.xml")
    pages, doctors = read("/sitemap-pages.xml"), read("/sitemap-doctors.xml")

    assert "/sitemap-doctors.xml" in index
    assert f"<loc>http://testserver{about.url}</loc>" in pages
    assert "<loc>http://testserver/</loc>" in pages
    assert "<loc>http://testserver/doctors/</loc>" in pages
    assert draft.slug not in pages
    assert f"<loc>http://testserver/doctors/{listed.doctor.slug}/</loc>" in doctors
    assert hidden.doctor.slug not in pages + doctors


def test_the_sitemap_tells_the_pictures_of_pages_and_doctors() -> None:
    image = get_image_model().objects.create(title="A street", file=get_test_image_file())
    HomePage.objects.update(hero_image=image)
    listed = listed_doctor("Listed", in_hours=1)
    DoctorPage.objects.filter(pk=listed.pk).update(photo=image)
    told = f"<image:image><image:loc>http://testserver{image.file.url}</image:loc></image:image>"

    for sitemap in ("/sitemap-pages.xml", "/sitemap-doctors.xml"):
        assert read(sitemap).count(told) == 1


def test_the_sitemap_holds_the_public_pages_that_no_editor_writes() -> None:
    assert "http://testserver/sitemap-routes.xml" in read("/sitemap.xml")

    addresses = re.findall("<loc>(.*?)</loc>", read("/sitemap-routes.xml"))

    assert addresses == ["http://testserver/join/"]
    for address in addresses:
        read(address.removeprefix("http://testserver"))


def test_whoever_finds_a_hole_reads_whom_to_tell(settings: Settings) -> None:
    assert Client().get("/.well-known/security.txt").status_code == 404
    settings.SECURITY_CONTACT = "mailto:security@clinic.example"
    answer = Client().get("/.well-known/security.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    assert fields["Contact"] == "mailto:security@clinic.example"
    assert fields["Canonical"] == "http://testserver/.well-known/security.txt"
    left = datetime.strptime(fields["Expires"], "%Y-%m-%dT%H:%M:%S%z") - clock.now()
    assert timedelta(days=89) < left < timedelta(days=365)


def test_robots_are_sent_to_the_sitemap_and_kept_from_private_pages() -> None:
    answer = Client().get("/robots.txt")

    assert answer["Content-Type"].startswith("text/plain")
    assert "Sitemap: http://testserver/sitemap.xml" in answer.content.decode()
    for private in ("appointments", "availability", "clinic", "my-day", "verification"):
        assert f"Disallow: /{private}/" in answer.content.decode()


def test_the_title_of_every_page_names_the_clinic_once_and_is_one_line() -> None:
    site = SiteSettings.for_site(Site.objects.get())
    SiteSettings.objects.filter(pk=site.pk).update(clinic_name="Harbour Practice", tagline="By the water.")
    home = HomePage.objects.get()
    below = StandardPage(title="News & notes", slug="news-and-notes")
    home.add_child(instance=below)
    doctor = DoctorPageFactory.create(doctor=DoctorFactory.create(listed=True))

    def title(path: str) -> str:
        return Client().get(path).content.decode().split("<title>")[1].split("</title>")[0]

    assert title("/news-and-notes/") == "News &amp; notes – Harbour Practice"
    assert title("/search/?q=prices") == "“prices”: Search – Harbour Practice"
    assert title("/doctors/").endswith(" – Harbour Practice")
    assert title(doctor.url) == f"{doctor.doctor.name} – Harbour Practice"
    for own, told in (
        ("Harbour Practice", "Harbour Practice – By the water"),
        ("At Harbour Practice", "At Harbour Practice"),
    ):
        home.seo_title = own
        home.save()
        assert title("/") == told
