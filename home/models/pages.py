from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django.conf import settings
from django.db import models
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.url_routing import RouteResult

from common import clock
from doctors.models import DoctorIndexPage
from doctors.models.people import DOCTORS_PATH
from doctors.selectors import DoctorFilters, doctors_search
from home import blocks, structured_data
from home.models.base import REVIEW_PANEL, PublicPage, words_of
from home.paths import home_slug, language_of
from home.translations import is_public

FEATURED_DOCTORS = 4
# How many levels of pages fit in the column that holds a page's place in the tree. An address of thousands of parts
# would otherwise be compared in as many pieces, some megabytes of one statement.
DEEPEST = cast("int", Page._meta.get_field("path").max_length) // Page.steplen


class HomePage(PublicPage):
    """The front door. What it says about doctors, specialties and places is read from them, never typed."""

    hero_title = models.CharField("title", max_length=80, default="See a doctor you can trust")
    hero_text = models.CharField(
        "text", max_length=240, default="Choose a verified doctor, pick a time, and you are booked."
    )
    hero_image = models.ForeignKey(
        "wagtailimages.Image", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="image"
    )
    body = StreamField(
        [
            ("specialties", blocks.SpecialtiesBlock()),
            ("doctors", blocks.FeaturedDoctorsBlock()),
            ("locations", blocks.LocationsBlock()),
            *blocks.STANDARD_BLOCKS,
        ],
        blank=True,
        block_counts={"specialties": {"max_num": 1}, "doctors": {"max_num": 1}, "locations": {"max_num": 1}},
    )

    shown_with = (*PublicPage.shown_with, "hero_image")
    template = "home/home_page.html"
    content_panels: ClassVar[list[Any]] = [
        *PublicPage.content_panels,
        MultiFieldPanel(
            [
                FieldPanel("hero_title", help_text="What a visitor reads first: a promise in a few words."),
                FieldPanel("hero_text", help_text="One sentence under it: what to do and what comes of it."),
                FieldPanel("hero_image", help_text="Beside the title; without one, doctors who can be seen soonest."),
            ],
            heading="Opening",
        ),
        FieldPanel("body", help_text="The parts of the page, from top to bottom; each can be previewed beside it."),
    ]
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = [
        "home.SectionPage",
        "home.StandardPage",
        "home.LandingPage",
        "home.ArticleIndexPage",
        "home.NewsIndexPage",
        "home.FaqPage",
        "home.ContactPage",
        "doctors.DoctorIndexPage",
    ]
    # One a language: the others are its translations.
    max_count = 1

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        self._be_named_by_language()
        super().full_clean(*args, **kwargs)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._be_named_by_language()
        super().save(*args, **kwargs)

    def _be_named_by_language(self) -> None:
        # Read from the pages' rows to tell their language and address (home.paths).
        if self.locale_id:
            self.slug = home_slug(self.locale.language_code)

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """Wagtail's own way takes two statements a level."""
        if not path_components:
            return super().route(request, path_components)
        return route_below(self.url_path, request, path_components)

    def shown(self, request: HttpRequest) -> dict[str, Any]:
        clinic = blocks.Clinic(clock.now())
        found = doctors_search(
            DoctorFilters(), now=clinic.now, choices=clinic.choices, size=FEATURED_DOCTORS, with_facets=False
        )
        return {
            "clinic": clinic,
            "found": found,
            "faces": faces_of(found.cards),
            "questions": list(blocks.questions_in(self.body)),
        }

    def structured_data(self, context: dict[str, Any]) -> list[dict[str, Any]]:
        facts = [structured_data.website(name=context["clinic_name"], search_path=DOCTORS_PATH)]
        return [*facts, structured_data.questions(context["questions"])] if context["questions"] else facts


def route_below(home: str, request: HttpRequest, path_components: list[str]) -> RouteResult:
    """A page of ours below a home page, which is told by its `url_path`: two statements however deep it lies.

    The page has those `above` it from the home page on, and knows whether everybody may see it. The doctors' index
    finds its pages itself. Raises Http404.
    """
    if f"/{path_components[0]}/" == DOCTORS_PATH and language_of(home) == settings.LANGUAGE_CODE:
        index = get_object_or_404(DoctorIndexPage, url_path=f"{home}{path_components[0]}/")
        return cast("RouteResult", index.route(request, path_components[1:]))
    if len(path_components) > DEEPEST:
        raise Http404("No page can stand so deep.")
    addresses = [home, *(f"{home}{'/'.join(path_components[: end + 1])}/" for end in range(len(path_components)))]
    # An address ends in the slug, which has an index: without it each visit reads every page that there is.
    named = Page.objects.filter(url_path__in=addresses, slug__in=[home.strip("/"), *path_components])
    rows: list[Any] = list(named.annotate(is_public=is_public()).order_by("path"))
    found = rows.pop() if rows else None
    model = found.specific_class if found else None
    if found is None or model is None or not found.live or found.url_path != addresses[-1]:
        raise Http404("There is no such page.")
    page = model.objects.select_related(*getattr(model, "shown_with", ())).get(pk=found.pk)
    page.above, page.is_public = rows, found.is_public
    return cast("RouteResult", page.route(request, []))


def faces_of(cards: Sequence[Any]) -> list[dict[str, str]]:
    """The portraits beside the opening, where editors have chosen no picture: doctors who can be seen soonest."""
    return [
        {
            "src": card.portrait,
            "name": card.doctor.name,
            "specialty": ", ".join(specialty.name for specialty in card.specialties[:1]),
            "href": card.doctor.page_url,
        }
        for card in cards
        if card.portrait and card.has_page
    ]


class StandardPage(PublicPage):
    """A page of text and blocks: about the clinic, how it works, privacy."""

    introduction = models.CharField(max_length=300, blank=True, help_text="One or two sentences under the title.")
    body = StreamField(blocks.STANDARD_BLOCKS, blank=True)

    search_fields = words_of("introduction", "body")
    template = "home/standard_page.html"
    content_panels: ClassVar[list[Any]] = [
        *PublicPage.content_panels,
        FieldPanel("introduction"),
        FieldPanel("body", help_text="The parts of the page, from top to bottom; each can be previewed beside it."),
        REVIEW_PANEL,
    ]
    parent_page_types: ClassVar[list[str]] = ["home.HomePage", "home.SectionPage", "home.StandardPage"]
    subpage_types: ClassVar[list[str]] = ["home.StandardPage"]

    def shown(self, request: HttpRequest) -> dict[str, Any]:
        return {"questions": list(blocks.questions_in(self.body))}

    def structured_data(self, context: dict[str, Any]) -> list[dict[str, Any]]:
        return [structured_data.questions(context["questions"])] if context["questions"] else []
