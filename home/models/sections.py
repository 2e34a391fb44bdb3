"""Pages that lead to those below them, and pages of questions."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.images import get_image_model
from wagtail.images.models import AbstractImage

from common.pictures import renditions_of
from home import structured_data
from home.blocks import STANDARD_BLOCKS, QuestionsBlock, questions_in
from home.models.base import PublicPage, rows_of, words_of
from home.paths import page_path

PAGES_A_SECTION = 24
# The types below a section that have a picture of their own.
PICTURES_BELOW = ("specialtypage__picture", "locationpage__picture")


class SectionPage(PublicPage):
    """A part of the site: its own words, and the pages below it in the order in which editors keep them."""

    introduction = models.CharField(max_length=300, blank=True, help_text="One or two sentences under the title.")
    body = StreamField(STANDARD_BLOCKS, blank=True, help_text="Shown below the list of pages.")

    search_fields = words_of("introduction", "body")
    template = "home/section_page.html"
    content_panels: ClassVar[list[Any]] = [
        *PublicPage.content_panels,
        FieldPanel("introduction"),
        FieldPanel("body"),
    ]
    parent_page_types: ClassVar[list[str]] = ["home.HomePage", "home.SectionPage"]
    subpage_types: ClassVar[list[str]] = [
        "home.SectionPage",
        "home.StandardPage",
        "home.LandingPage",
        "home.FaqPage",
        "home.ContactPage",
        "home.ArticleIndexPage",
        "home.NewsIndexPage",
        "home.SpecialtyPage",
        "home.LocationPage",
    ]

    class Meta(PublicPage.Meta):
        verbose_name = "section"

    def shown(self, request: HttpRequest) -> dict[str, Any]:
        below = self.get_children().live().annotate(picture=Coalesce(*PICTURES_BELOW)).order_by("path")
        rows = rows_of(below, request, PAGES_A_SECTION)
        pictures = _pictures({page.picture for page in rows} - {None})
        listed = [
            {
                "title": page.title,
                "href": page_path(page),
                "text": page.search_description,
                "picture": pictures.get(page.picture),
            }
            for page in rows
        ]
        questions = list(questions_in(self.body))
        return {"rows": rows, "pages": listed, "has_pictures": bool(pictures), "questions": questions}

    def structured_data(self, context: dict[str, Any]) -> list[dict[str, Any]]:
        return [structured_data.questions(context["questions"])] if context["questions"] else []


def _pictures(keys: set[int]) -> dict[int, AbstractImage]:
    """Those pictures in the sizes of a card, by their keys: two statements, none without a key."""
    found: dict[int, AbstractImage] = (
        get_image_model().objects.prefetch_related(renditions_of("wide")).in_bulk(keys) if keys else {}
    )
    return found


class FaqPage(PublicPage):
    """Questions and answers in groups."""

    introduction = models.CharField(max_length=300, blank=True, help_text="One or two sentences under the title.")
    groups = StreamField(
        [("questions", QuestionsBlock())],
        blank=True,
        verbose_name="groups of questions",
        help_text="Each group has a heading and its questions; the page leads to each by its heading.",
    )

    search_fields = words_of("introduction", "groups")
    template = "home/faq_page.html"
    content_panels: ClassVar[list[Any]] = [
        *PublicPage.content_panels,
        FieldPanel("introduction"),
        FieldPanel("groups"),
    ]
    parent_page_types: ClassVar[list[str]] = ["home.HomePage", "home.SectionPage"]
    subpage_types: ClassVar[list[str]] = []

    class Meta(PublicPage.Meta):
        verbose_name = "page of questions"
        verbose_name_plural = "pages of questions"

    def structured_data(self, context: dict[str, Any]) -> list[dict[str, Any]]:
        asked = list(questions_in(self.groups))
        return [structured_data.questions(asked)] if asked else []
