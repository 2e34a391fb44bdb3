from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Max, QuerySet
from django.urls import reverse
from wagtail.models import Page, Site

from doctors.models import DoctorPage
from home.paths import page_path

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


class PagesSitemap(PublicSitemap):
    """What editors write."""

    def items(self) -> QuerySet[Page]:
        root = Site.objects.select_related("root_page").get(is_default_site=True).root_page
        return root.get_descendants(inclusive=True).live().public().not_type(DoctorPage).order_by("path")


class DoctorsSitemap(PublicSitemap):
    """The doctors whom patients may see, and no others."""

    def items(self) -> QuerySet[DoctorPage]:
        return DoctorPage.objects.public().defer_streamfields().order_by("path")


SITEMAPS: dict[str, type[OwnSitemap[Any]]] = {
    "pages": PagesSitemap,
    "doctors": DoctorsSitemap,
    "routes": RoutesSitemap,
}
