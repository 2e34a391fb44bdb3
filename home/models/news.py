"""What is new at the clinic, newest first; machines follow it by feed (home/feeds.py)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page, PageManager

from common import clock
from home import structured_data
from home.blocks import STANDARD_BLOCKS
from home.models.articles import with_card_pictures
from home.models.base import PublicPage, PublicPageQuerySet, file_of, rows_of, words_of
from home.paths import page_path

NEWS_A_PAGE = 10
MORE_NEWS = 3


def today() -> Any:
    return clock.clinic_day(clock.now())


class NewsQuerySet(PublicPageQuerySet):
    def for_cards(self, page: Page) -> Any:
        """The live ones in the language of `page`, the newest first, each with its picture in the sizes of a card."""
        return with_card_pictures(self.live().in_language_of(page).order_by("-date", "-pk"))


class NewsIndexPage(PublicPage):
    """All news, by day."""

    introduction = models.CharField(max_length=300, blank=True, help_text="One or two sentences under the title.")

    search_fields = words_of("introduction")
    template = "home/news_index_page.html"
    content_panels: ClassVar[list[Any]] = [*PublicPage.content_panels, FieldPanel("introduction")]
    parent_page_types: ClassVar[list[str]] = ["home.HomePage", "home.SectionPage"]
    subpage_types: ClassVar[list[str]] = ["home.NewsPage"]
    # The feeds are of all news, so that there is one place for it.
    max_count = 1

    class Meta(PublicPage.Meta):
        verbose_name = "news"

    def shown(self, request: HttpRequest) -> dict[str, Any]:
        return {"news": rows_of(NewsPage.objects.for_cards(self), request, NEWS_A_PAGE)}


class NewsPage(PublicPage):
    """One piece of news."""

    date = models.DateField(default=today, help_text="The day that it is news of; the newest stands first.")
    introduction = models.CharField(max_length=300, help_text="What has happened, in one or two sentences.")
    picture = models.ForeignKey(
        "wagtailimages.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Its description in the image library is read out by screen readers.",
    )
    body = StreamField(STANDARD_BLOCKS, blank=True, help_text="What people need to know and to do.")

    objects = PageManager.from_queryset(NewsQuerySet)()

    shown_with = (*PublicPage.shown_with, "picture")
    search_fields = words_of("introduction", "body")
    template = "home/news_page.html"
    content_panels: ClassVar[list[Any]] = [
        *PublicPage.content_panels,
        FieldPanel("date"),
        FieldPanel("introduction"),
        FieldPanel("picture"),
        FieldPanel("body"),
    ]
    parent_page_types: ClassVar[list[str]] = ["home.NewsIndexPage"]
    subpage_types: ClassVar[list[str]] = []

    class Meta(PublicPage.Meta):
        verbose_name = "piece of news"
        verbose_name_plural = "pieces of news"

    def shown(self, request: HttpRequest) -> dict[str, Any]:
        others = NewsPage.objects.live().in_language_of(self).exclude(pk=self.pk)
        return {"more": others.order_by("-date", "-pk")[:MORE_NEWS]}

    def structured_data(self, context: dict[str, Any]) -> list[dict[str, Any]]:
        picture, publisher = file_of(self.picture), context["clinic_name"]
        return [structured_data.news_article(self, address=page_path(self), picture=picture, publisher=publisher)]
