from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

from wagtail.models import Page

from doctors.tests.factories import LocationFactory, SpecialtyFactory
from home.models import (
    ArticleIndexPage,
    ArticlePage,
    HomePage,
    LocationPage,
    NewsIndexPage,
    NewsPage,
    SectionPage,
    SpecialtyPage,
)

PageT = TypeVar("PageT", bound=Page)


def under(parent: Page, page: PageT) -> PageT:
    parent.add_child(instance=page)
    return page


def below_home(page: PageT) -> PageT:
    return under(HomePage.objects.get(slug="home"), page)


def section(title: str = "Specialties") -> SectionPage:
    return SectionPage.objects.filter(title=title).first() or below_home(SectionPage(title=title))


def article(title: str = "High blood pressure", **fields: Any) -> ArticlePage:
    index = ArticleIndexPage.objects.first() or below_home(ArticleIndexPage(title="Health advice"))
    return under(index, ArticlePage(**{"title": title, "introduction": "What the numbers mean.", **fields}))


def news(title: str = "A new clinic", **fields: Any) -> NewsPage:
    index = NewsIndexPage.objects.first() or below_home(NewsIndexPage(title="News"))
    return under(
        index, NewsPage(**{"title": title, "introduction": "It opens soon.", "date": date(2026, 3, 2), **fields})
    )


def specialty_page(**fields: Any) -> SpecialtyPage:
    specialty = fields.pop("specialty", None) or SpecialtyFactory.create()
    page = SpecialtyPage(title=specialty.name, specialty=specialty, **{"introduction": "Hearts.", **fields})
    return under(section(), page)


def location_page(**fields: Any) -> LocationPage:
    location = fields.pop("location", None) or LocationFactory.create()
    page = LocationPage(title=location.name, location=location, **{"introduction": "By the water.", **fields})
    return under(section("Clinics"), page)
