from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.core.files.storage import default_storage
from django.db.models import Max, QuerySet
from django.urls import reverse
from wagtail.models import Page

from doctors.models import DoctorPage
from home.models import ArticlePage, HomePage, LocationPage, NewsPage, SpecialtyPage
from home.paths import language_of, language_tag, page_path, path_of
from home.structured_data import absolute
from home.translations import public_translations

ItemT = TypeVar("ItemT")


class OwnSitemap(Sitemap[ItemT]):
    """Addresses below BASE_URL, whatever host the request came by."""

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.BASE_URL).scheme

    def get_domain(self, site: object | None = None) -> str:
        return urlsplit(settings.BASE_URL).netloc


class RoutesSitemap(OwnSitemap[str]):
    """The public pages that are no Wagtail pages, by the names of their routes."""

    routes: ClassVar[list[str]] = ["credentials:join"]

    def items(self) -> list[str]:
        return self.routes

    def location(self, item: str) -> str:
        return reverse(item)


class PublicSitemap(OwnSitemap[Page], ABC):
    limit = 5000

    @abstractmethod
    def items(self) -> QuerySet[Page]:
        """The pages of this part, those that everybody may see alone."""

    def lastmod(self, item: Page) -> datetime | None:
        return item.last_published_at

    def get_latest_lastmod(self) -> datetime | None:
        latest: datetime | None = self.items().aggregate(latest=Max("last_published_at"))["latest"]
        return latest

    def location(self, item: Page) -> str:
        return page_path(item)

    def _urls(self, *args: Any) -> list[dict[str, Any]]:
        """Django's rows, each with the address of its page's picture, "" without one, and its translations."""
        rows: list[dict[str, Any]] = super()._urls(*args)  # type: ignore[misc]
        pictures = pictures_of([row["item"].pk for row in rows])
        told = translations_of([row["item"] for row in rows])
        return [
            {
                **row,
                "picture": absolute(pictures.get(row["item"].pk, "")),
                "translations": told.get(row["item"].translation_key, []),
            }
            for row in rows
        ]


# Which picture of a page is its own, by type of page.
PICTURED: tuple[tuple[type[Page], str], ...] = (
    (HomePage, "hero_image"),
    (ArticlePage, "picture"),
    (NewsPage, "picture"),
    (SpecialtyPage, "picture"),
    (LocationPage, "picture"),
    (DoctorPage, "photo"),
)


def pictures_of(page_ids: Collection[int]) -> dict[int, str]:
    """The address of each page's picture by the key of the page, as it was uploaded; a statement a type of page."""
    rows = [
        row
        for model, field in PICTURED
        for row in model.objects.filter(pk__in=page_ids, **{f"{field}__isnull": False})
        .order_by()
        .values_list("pk", f"{field}__file")
    ]
    return {pk: default_storage.url(name) for pk, name in rows}


def translations_of(pages: Collection[Page]) -> dict[UUID, list[dict[str, str]]]:
    """Of pages in several languages: the address in each, by what their translations share; one statement."""
    found: dict[UUID, list[dict[str, str]]] = defaultdict(list)
    public = public_translations({page.translation_key for page in pages})
    for key, url_path in public.values_list("translation_key", "url_path"):
        language = language_tag(language_of(url_path))
        found[key].append({"language": language, "address": absolute(path_of(url_path))})
    return {key: told for key, told in found.items() if len(told) > 1}


class PagesSitemap(PublicSitemap):
    """What editors write, in every language."""

    def items(self) -> QuerySet[Page]:
        # The home pages of all languages lie side by side, and below them all other pages.
        return Page.objects.filter(depth__gt=1).live().public().not_type(DoctorPage).order_by("path")


class DoctorsSitemap(PublicSitemap):
    """The doctors whom patients may see, and no others."""

    def items(self) -> QuerySet[DoctorPage]:
        return DoctorPage.objects.public().defer_streamfields().order_by("path")


SITEMAPS: dict[str, type[OwnSitemap[Any]]] = {
    "pages": PagesSitemap,
    "doctors": DoctorsSitemap,
    "routes": RoutesSitemap,
}
