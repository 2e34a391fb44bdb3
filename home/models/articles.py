"""Health information: who wrote it, who checked it and when, and what it rests on."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from modelcluster.fields import ParentalManyToManyField
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page, PageManager

from common.pictures import renditions_of
from doctors.models import Doctor, Specialty
from home import structured_data
from home.blocks import STANDARD_BLOCKS, questions_in
from home.models.base import REVIEW_PANEL, PublicPage, PublicPageQuerySet, file_of, rows_of, words_of
from home.paths import page_path

ARTICLES_A_PAGE = 12
RELATED = 3


class SourceBlock(blocks.StructBlock):
    """What the advice rests on: a guideline, a study, a page of the NHS."""

    title = blocks.CharBlock(max_length=160, help_text="As the source calls itself.")
    publisher = blocks.CharBlock(max_length=80, help_text="Such as NHS, NICE, or the British Heart Foundation.")
    address = blocks.URLBlock(required=False, help_text="Where it can be read, with https://.")
    year = blocks.IntegerBlock(required=False, min_value=1900, max_value=2200, help_text="Of the version you used.")

    class Meta:
        icon = "doc-full-inverse"


def with_card_pictures(pages: Any) -> Any:
    """The pages with their pictures in the sizes of a card, in one statement more."""
    return pages.select_related("picture").prefetch_related(renditions_of("wide", lookup="picture__renditions"))


class ArticleQuerySet(PublicPageQuerySet):
    def for_cards(self, page: Page) -> Any:
        """The live ones in the language of `page`, the newest first, each with its picture in the sizes of a card."""
        return with_card_pictures(self.live().in_language_of(page).order_by("-first_published_at", "-pk"))


class ArticleIndexPage(PublicPage):
    """All health information, the newest first, by specialty where one asks for one."""

    introduction = models.CharField(max_length=300, blank=True, help_text="One or two sentences under the title.")

    search_fields = words_of("introduction")
    template = "home/article_index_page.html"
    content_panels: ClassVar[list[Any]] = [*PublicPage.content_panels, FieldPanel("introduction")]
    parent_page_types: ClassVar[list[str]] = ["home.HomePage", "home.SectionPage"]
    subpage_types: ClassVar[list[str]] = ["home.ArticlePage"]

    def shown(self, request: HttpRequest) -> dict[str, Any]:
        specialties = Specialty.objects.filter(pk__in=ArticlePage.specialties.through.objects.values("specialty"))
        asked = request.GET.get("specialty", "")
        chosen = next((specialty for specialty in specialties if specialty.slug == asked), None)
        articles = ArticlePage.objects.for_cards(self)
        if chosen:
            articles = articles.filter(specialties=chosen)
        rows = rows_of(articles, request, ARTICLES_A_PAGE)
        return {"specialties": specialties, "chosen": chosen, "articles": rows}


class ArticlePage(PublicPage):
    """One piece of health information."""

    introduction = models.CharField(max_length=300, help_text="What it is about and for whom, in one or two sentences.")
    picture = models.ForeignKey(
        "wagtailimages.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Over the article and on its card; its description in the image library is read out.",
    )
    body = StreamField(STANDARD_BLOCKS, blank=True, help_text="Begin each part with a heading of the second level.")
    specialties = ParentalManyToManyField(
        Specialty,
        blank=True,
        related_name="+",
        help_text="Their pages list the article, and it leads to their doctors.",
    )
    author = models.ForeignKey(
        Doctor,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="written by the doctor",
        help_text="Instead of a name.",
    )
    author_name = models.CharField(
        "written by", max_length=120, blank=True, help_text="A person or a team who is no doctor here."
    )
    reviewer = models.ForeignKey(
        Doctor,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="checked by the doctor",
        help_text="Who answers for what it says. Instead of a name.",
    )
    reviewer_name = models.CharField(
        "checked by",
        max_length=120,
        blank=True,
        help_text="With title and registration, such as Dr A Reid, GMC 1234567.",
    )
    sources = StreamField(
        [("source", SourceBlock())],
        blank=True,
        help_text="Every claim about health needs one. Shown under the article.",
    )

    objects = PageManager.from_queryset(ArticleQuerySet)()

    shown_with = (*PublicPage.shown_with, "picture")
    search_fields = words_of("introduction", "body")
    template = "home/article_page.html"
    content_panels: ClassVar[list[Any]] = [
        *PublicPage.content_panels,
        FieldPanel("introduction"),
        FieldPanel("picture"),
        FieldPanel("body"),
        FieldPanel("specialties"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("author"), FieldPanel("author_name")]),
                FieldRowPanel([FieldPanel("reviewer"), FieldPanel("reviewer_name")]),
            ],
            heading="Who wrote it and who checked it",
        ),
        REVIEW_PANEL,
        FieldPanel("sources"),
    ]
    parent_page_types: ClassVar[list[str]] = ["home.ArticleIndexPage"]
    subpage_types: ClassVar[list[str]] = []

    class Meta(PublicPage.Meta):
        verbose_name = "article"

    def shown(self, request: HttpRequest) -> dict[str, Any]:
        known = {pk for pk in (self.author_id, self.reviewer_id) if pk}
        doctors = Doctor.objects.select_related("page").in_bulk(known) if known else {}
        return {
            "author": _named(doctors.get(self.author_id), self.author_name),
            "reviewer": _named(doctors.get(self.reviewer_id), self.reviewer_name),
            "specialties": list(self.specialties.all()),
            "questions": list(questions_in(self.body)),
        }

    def structured_data(self, context: dict[str, Any]) -> list[dict[str, Any]]:
        facts = [
            structured_data.medical_web_page(
                self,
                address=page_path(self),
                author=context["author"],
                reviewer=context["reviewer"],
                specialties=context["specialties"],
                picture=file_of(self.picture),
            )
        ]
        return [*facts, structured_data.questions(context["questions"])] if context["questions"] else facts


def _named(doctor: Doctor | None, name: str) -> dict[str, str]:
    """Who it was, with the way to their profile while they have a public one."""
    if doctor is None:
        return {"name": name, "href": ""} if name else {}
    page = getattr(doctor, "page", None)
    return {"name": doctor.name, "href": doctor.page_url if page and page.is_public else ""}
