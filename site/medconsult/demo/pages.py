"""The demo's pages of text, its front page, navigation and footer."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from wagtail.contrib.search_promotions.models import Query, SearchPromotion
from wagtail.models import Page, Site

from booking.models import BookingSettings
from home.models import HomePage, SiteSettings, StandardPage
from home.paths import HOME
from medconsult.demo import content
from medconsult.demo.content import shapes
from medconsult.demo.people import Cast
from medconsult.demo.pictures import image_of


def front_page(people: Cast) -> None:
    home = HomePage.objects.get(slug=HOME)
    if home.hero_title == content.HOME.headline:
        return
    words = words_of_home(
        content.HOME,
        specialties={"heading": "What do you need help with?", "introduction": ""},
        doctors={"heading": "Free soonest", "introduction": "The next times of doctors who are taking patients."},
        locations={"heading": "Where we are", "introduction": ""},
    )
    for name, value in words.items():
        setattr(home, name, value)
    home.save_revision(user=people.admin).publish()


def words_of_home(sample: shapes.Home, **live: dict[str, str]) -> dict[str, Any]:
    """The fields of a home page; `live` are its blocks that are read from the clinic, with their headings."""
    return {
        "title": sample.title,
        "seo_title": content.HOME.title,
        "search_description": sample.description,
        "hero_title": sample.headline,
        "hero_text": sample.text,
        "hero_image": image_of(sample.picture),
        "body": [
            ("specialties", live["specialties"]),
            ("doctors", live["doctors"]),
            ("steps", {"heading": sample.steps_heading, "steps": [_titled(step) for step in sample.steps]}),
            (
                "cards",
                {"heading": sample.reasons_heading, "cards": [_titled(r) | {"link": []} for r in sample.reasons]},
            ),
            ("locations", live["locations"]),
            _questions(sample.questions_heading, sample.questions),
        ],
    }


def standard_pages(people: Cast) -> None:
    home = HomePage.objects.get(slug=HOME)
    for sample in content.STANDARD_PAGES:
        if not StandardPage.objects.filter(slug=sample.slug).exists():
            page = home.add_child(instance=StandardPage(**words_of(sample)))
            page.save_revision(user=people.admin).publish()


def words_of(sample: shapes.StandardPage) -> dict[str, Any]:
    """The fields of a page of text."""
    body: list[tuple[str, Any]] = []
    if sample.picture:
        image = image_of(sample.picture)
        image.contextual_alt_text, image.decorative = sample.picture.alt, False
        body.append(("picture", {"image": image, "caption": ""}))
    body += [("text", _section(section)) for section in sample.sections]
    if sample.questions:
        body.append(_questions("Questions and answers", sample.questions))
    return {
        "title": sample.title,
        "slug": sample.slug,
        "introduction": sample.introduction,
        "search_description": sample.description,
        "body": body,
    }


def site_settings() -> None:
    site = Site.objects.get(is_default_site=True)
    ours = SiteSettings.for_site(site)
    if ours.phone:
        return
    for name, value in content.CLINIC.items():
        setattr(ours, name, value)
    ours.emergency_page = Page.objects.filter(slug="emergency").first()
    ours.utility = [("link", _link(link)) for link in content.UTILITY]
    ours.navigation = [_entry(entry) for entry in content.NAVIGATION]
    ours.footer = [("column", _column(column)) for column in content.FOOTER]
    ours.save()


def put_first() -> None:
    """Until an editor has put something first: then it is theirs."""
    if SearchPromotion.objects.exists():
        return
    for one in content.PUT_FIRST:
        page = Page.objects.get(url_path=f"/home{one.target}")
        for words in one.words:
            SearchPromotion.objects.create(query=Query.get(words), page=page, description=one.sentence)


def payments() -> None:
    """Visits are paid online where there is somebody to take the money: Stripe, or the simulator of `make demo`."""
    booking = BookingSettings.for_site(Site.objects.get(is_default_site=True))
    if settings.PAYMENT_PROVIDER and booking.pay_at_clinic:
        booking.pay_at_clinic = False
        booking.save()


def _link(link: shapes.Link) -> dict[str, Any]:
    """To the page that stands there, which the link then follows; to the address where none does."""
    page = Page.objects.filter(url_path=f"/home{link.target}").first()
    return {"label": link.label, "page": page, "address": "" if page else link.target}


def _column(column: shapes.Column) -> dict[str, Any]:
    return {"heading": column.heading, "links": [_link(link) for link in column.links]}


def _entry(entry: shapes.Link | shapes.Menu) -> tuple[str, dict[str, Any]]:
    if isinstance(entry, shapes.Link):
        return "link", _link(entry)
    groups = [
        {"heading": column.heading, "links": [{**_link(link), "text": link.text} for link in column.links]}
        for column in entry.groups
    ]
    return "menu", {**_link(entry.link), "text": entry.text, "groups": groups}


def _titled(step: shapes.Step) -> dict[str, Any]:
    return {"title": step.title, "text": step.text}


def _questions(heading: str, questions: tuple[shapes.Question, ...]) -> tuple[str, dict[str, Any]]:
    rows = [{"question": one.question, "answer": format_html("<p>{}</p>", one.answer)} for one in questions]
    return "questions", {"heading": heading, "questions": rows}


def _section(section: shapes.Section) -> SafeString:
    paragraphs = format_html_join("", "<p>{}</p>", ((text,) for text in section.paragraphs))
    points = format_html_join("", "<li>{}</li>", ((point,) for point in section.points))
    listed = format_html("<ul>{}</ul>", points) if section.points else ""
    after = format_html("<p>{}</p>", section.after) if section.after else ""
    return format_html("<h2>{}</h2>{}{}{}", section.heading, paragraphs, listed, after)
