"""The demo's pages made from texts: health advice, news, questions, specialties and locations.

A page that is there already stays as editors have left it, so the seed may run again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any, TypeVar

from django.utils.html import format_html
from wagtail.models import Page

from common import clock
from doctors.models import Doctor, Location, Specialty
from home.models import (
    ArticleIndexPage,
    ArticlePage,
    ContactField,
    ContactPage,
    FaqPage,
    HomePage,
    LocationPage,
    NewsIndexPage,
    NewsPage,
    OpeningHours,
    SectionPage,
    SpecialtyPage,
    StandardPage,
)
from home.paths import HOME
from medconsult.demo import content
from medconsult.demo.content.shapes import DAYS, Picture
from medconsult.demo.people import Cast
from medconsult.demo.pictures import image_of
from medconsult.demo.texts import CallOut, Text, texts_in

PageT = TypeVar("PageT", bound=Page)
# Health advice is looked at again within three years, as the NHS does; the words about a place every year.
ADVICE, PLACE = 3 * 365, 365


def library(people: Cast) -> None:
    """All of it; the parents first."""
    home = HomePage.objects.get(slug=HOME)
    _specialties(_section(home, "specialties", people), people)
    _locations(_section(home, "locations", people), people)
    _articles(home, people)
    _news(home, people)
    _questions(_section(home, "questions", people), people)
    _contact(home, people)
    for text in texts_in("pages_of_text"):
        page = StandardPage(title=text.facts["title"], introduction=text.facts["introduction"], **_common(text, PLACE))
        page.body = _body(text)
        _put(home, page, people)


def _section(home: HomePage, slug: str, people: Cast) -> SectionPage:
    sample = content.SECTIONS[slug]
    page = SectionPage(
        slug=slug, title=sample.title, introduction=sample.introduction, search_description=sample.description
    )
    return _put(home, page, people)


def _specialties(section: SectionPage, people: Cast) -> None:
    known = {specialty.slug: specialty for specialty in Specialty.objects.all()}
    for text in _in_order(texts_in("specialties"), [sample.slug for sample in content.SPECIALTIES]):
        specialty = known[text.slug]
        page = SpecialtyPage(title=specialty.name, specialty=specialty, picture=_picture(text), **_common(text, PLACE))
        page.introduction, page.body = text.facts["introduction"], _body(text)
        _put(section, page, people)


def _locations(section: SectionPage, people: Cast) -> None:
    known = {location.slug: location for location in Location.objects.all()}
    texts = {text.slug: text for text in texts_in("locations")}
    for sample in content.LOCATIONS:
        text = texts[sample.slug]
        directions, rest = _directions(text.html)
        page = LocationPage(
            title=sample.name,
            location=known[sample.slug],
            introduction=sample.description,
            picture=image_of(sample.picture),
            directions=directions,
            **_common(text, PLACE),
        )
        page.body = [("text", rest)] if rest else []
        page.search_description = f"{sample.name} in {sample.town}: address, opening hours, access and directions."
        page.opening_hours.set([row for line in text.facts["hours"] for row in _hours(line)])
        _put(section, page, people)


def _directions(html: str) -> tuple[str, str]:
    """How to get there, which is what stands before the first heading, and what helps on the day."""
    way, heading, rest = html.partition("<h2>")
    return way, heading + rest


def _hours(line: str) -> Iterator[OpeningHours]:
    """Rows of such a line as "mon tue 08:00-19:00"."""
    *days, span = line.split()
    opens, closes = (time.fromisoformat(edge) for edge in span.split("-"))
    for day in days:
        yield OpeningHours(weekday=DAYS[day], opens=opens, closes=closes)


def _articles(home: HomePage, people: Cast) -> None:
    sample = content.SECTIONS["health-advice"]
    index = ArticleIndexPage(slug="health-advice", title=sample.title, introduction=sample.introduction)
    index.search_description = sample.description
    index = _put(home, index, people)
    doctors = {doctor.slug: doctor for doctor in Doctor.objects.all()}
    for text in texts_in("articles"):
        page = ArticlePage(title=text.facts["title"], picture=_picture(text), **_common(text, ADVICE))
        page.introduction = text.facts["introduction"]
        page.author, page.author_name = doctors.get(text.facts.get("written_by", "")), text.facts.get("author", "")
        page.reviewer = doctors.get(text.facts.get("reviewer", ""))
        page.specialties = Specialty.objects.filter(slug__in=text.facts["specialties"])
        page.body = _body(text)
        page.sources = [("source", {"address": "", "year": None, **source}) for source in text.facts["sources"]]
        _put(index, page, people)


def _news(home: HomePage, people: Cast) -> None:
    sample = content.SECTIONS["news"]
    index = NewsIndexPage(slug="news", title=sample.title, introduction=sample.introduction)
    index.search_description = sample.description
    index = _put(home, index, people)
    for text in sorted(texts_in("news"), key=lambda text: -int(text.facts["days_ago"])):
        page = NewsPage(title=text.facts["title"], picture=_picture(text), **_common(text, ADVICE))
        page.date, page.introduction, page.body = _ago(text.facts["days_ago"]), text.facts["introduction"], _body(text)
        _put(index, page, people)


def _questions(section: SectionPage, people: Cast) -> None:
    for text in texts_in("questions"):
        page = FaqPage(title=text.facts["title"], introduction=text.facts["introduction"], **_common(text, ADVICE))
        page.groups = [
            ("questions", {"heading": group["heading"], "questions": [_question(*pair) for pair in group["questions"]]})
            for group in text.facts["groups"]
        ]
        _put(section, page, people)


def _contact(home: HomePage, people: Cast) -> None:
    sample = content.SECTIONS["contact"]
    page = ContactPage(slug="contact", title=sample.title, introduction=sample.introduction)
    page.search_description, page.told = sample.description, content.CLINIC["email"]
    page.form_fields.set(
        [
            ContactField(label="Your name", field_type="singleline"),
            ContactField(label="Your email address", field_type="email", help_text="Our answer goes there."),
            ContactField(
                label="What is it about",
                field_type="dropdown",
                choices="The website\nA payment or a receipt\nA complaint\nA thank you\nSomething else",
            ),
            ContactField(label="Your message", field_type="multiline", help_text="Nothing about your health, please."),
        ]
    )
    _put(home, page, people)


def _common(text: Text, review_after: int) -> dict[str, Any]:
    """What every page has: its address, its description, and when it was looked at."""
    ago = text.facts.get("reviewed_days_ago")
    published = clock.now() - timedelta(days=ago or text.facts.get("days_ago", 0))
    description = text.facts.get("description", "")
    fields = {"slug": text.slug, "search_description": description, "first_published_at": published}
    if ago:
        fields |= {"last_reviewed": _ago(ago), "next_review": _ago(ago - review_after)}
    return fields


def _ago(days: int) -> date:
    return clock.clinic_day(clock.now()) - timedelta(days=days)


def _body(text: Text) -> list[tuple[str, Any]]:
    body: list[tuple[str, Any]] = [
        ("call_out", part._asdict()) if isinstance(part, CallOut) else ("text", part) for part in text.parts
    ]
    if asked := text.facts.get("questions"):
        pairs = [_question(one["question"], one["answer"]) for one in asked]
        body.append(("questions", {"heading": "Questions people ask", "questions": pairs}))
    return body


def _question(question: str, answer: str) -> dict[str, str]:
    return {"question": question, "answer": format_html("<p>{}</p>", answer)}


def _picture(text: Text) -> Any:
    name = text.facts.get("picture")
    picture: Picture | None = content.PICTURES[name] if name else None
    return image_of(picture) if picture else None


def _in_order(texts: list[Text], slugs: list[str]) -> list[Text]:
    return sorted(texts, key=lambda text: slugs.index(text.slug))


def _put(parent: Page, page: PageT, people: Cast) -> PageT:
    """The page below its parent, published; the one that is there already stays.

    Made live at once, with the one revision that it is live with: to publish it as editors do would save and check it
    three times, and half of the seed's statements for pages were that.
    """
    found = type(page).objects.child_of(parent).filter(slug=page.slug).first()
    if found is not None:
        return found
    page.last_published_at = page.first_published_at = page.first_published_at or clock.now()
    made: PageT = parent.add_child(instance=page)
    revision = made.save_revision(user=people.admin, changed=False, clean=False)
    Page.objects.filter(pk=made.pk).update(live_revision=revision)
    return made
