from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import models
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from common import clock
from doctors.models import Doctor, Location, Specialty
from doctors.selectors import Choices, DoctorFilters, doctors_search
from home import blocks
from home.selectors import page_path

FEATURED_DOCTORS = 4


class HomePage(Page):
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

    template = "home/home_page.html"
    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        MultiFieldPanel(
            [FieldPanel("hero_title"), FieldPanel("hero_text"), FieldPanel("hero_image")], heading="Opening"
        ),
        FieldPanel("body"),
    ]
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = ["home.StandardPage", "doctors.DoctorIndexPage"]
    max_count = 1

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        choices = Choices(specialties=list(specialties_with_doctors()), locations=list(Location.objects.all()))
        context["found"] = doctors_search(DoctorFilters(), now=clock.now(), choices=choices, size=FEATURED_DOCTORS)
        context["faces"] = faces_of(context["found"].cards)
        context["questions"] = list(blocks.questions_in(self.body))
        return context


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


def specialties_with_doctors() -> QuerySet[Specialty]:
    """The specialties in which a patient finds somebody, each with `doctor_count`."""
    found = Count("doctors", filter=Q(doctors__in=Doctor.objects.listed()))
    return Specialty.objects.annotate(doctor_count=found).filter(doctor_count__gt=0)


class StandardPage(Page):
    """A page of text and blocks: about the clinic, how it works, privacy."""

    introduction = models.CharField(max_length=300, blank=True)
    body = StreamField(blocks.STANDARD_BLOCKS, blank=True)

    template = "home/standard_page.html"
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("introduction"), FieldPanel("body")]
    parent_page_types: ClassVar[list[str]] = ["home.HomePage", "home.StandardPage"]
    subpage_types: ClassVar[list[str]] = ["home.StandardPage"]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        above = self.get_ancestors().filter(depth__gt=1).live()
        context["crumbs"] = [{"label": page.title, "href": page_path(page)} for page in above]
        context["questions"] = list(blocks.questions_in(self.body))
        return context
