"""The clinic's news for readers of feeds, as RSS and as Atom."""

from __future__ import annotations

from datetime import UTC, datetime, time

from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.utils.feedgenerator import Atom1Feed

from home.models import NewsIndexPage, NewsPage, SiteSettings
from home.paths import page_path
from home.structured_data import absolute

KEPT = 20


class NewsFeed(Feed[NewsPage, None]):
    """The latest news. Addresses stand below BASE_URL, whatever host the request came by."""

    def title(self) -> str:
        return f"{self._site().clinic_name}: news"

    def description(self) -> str:
        return self._site().tagline

    def link(self) -> str:
        index = NewsIndexPage.objects.live().in_english().first()
        return absolute(page_path(index) if index else "/")

    def items(self) -> QuerySet[NewsPage]:
        return NewsPage.objects.live().in_english().order_by("-date", "-pk")[:KEPT]

    def item_title(self, item: NewsPage) -> str:
        return item.title

    def item_description(self, item: NewsPage) -> str:
        return item.introduction

    def item_link(self, item: NewsPage) -> str:
        return absolute(page_path(item))

    def item_guid(self, item: NewsPage) -> str:
        return str(item.translation_key)

    item_guid_is_permalink = False

    def item_pubdate(self, item: NewsPage) -> datetime:
        return datetime.combine(item.date, time(), tzinfo=UTC)

    def item_updateddate(self, item: NewsPage) -> datetime | None:
        return item.last_published_at

    @staticmethod
    def _site() -> SiteSettings:
        return SiteSettings.objects.select_related("site").filter(site__is_default_site=True).first() or SiteSettings()


class AtomNewsFeed(NewsFeed):
    feed_type = Atom1Feed
    subtitle = NewsFeed.description
