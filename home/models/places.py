"""A page for each specialty and each location: words that editors write over facts that are read from the doctors."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter
from typing import Any, ClassVar, NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, Value
from django.http import HttpRequest
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, InlinePanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable
from wagtail.search import index

from common import clock
from doctors.models import Location, Specialty
from doctors.selectors import Choices, DoctorFilters, SearchPage, doctors_search, search_choices
from home import structured_data
from home.blocks import PLAIN_TEXT, STANDARD_BLOCKS, questions_in
from home.models.articles import ArticlePage
from home.models.base import REVIEW_PANEL, PublicPage, file_of, words_of
from home.paths import page_path, path_of
from home.words import Hours, hours_in_words

DOCTORS_SHOWN = 6
ARTICLES_SHOWN = 3
WEEKDAYS = tuple(enumerate(structured_data.DAYS))


class SpecialtyPage(PublicPage):
    """What a specialty is for, who works in it here, and what we have written about it."""

    specialty = models.OneToOneField(
        Specialty,
        on_delete=models.PROTECT,
        related_name="page",
        help_text="The doctors and the articles on the page are those of this specialty; they are never typed.",
    )
    introduction = models.CharField(max_length=300, help_text="What these doctors look after, in plain words.")
    picture = models.ForeignKey(
        "wagtailimages.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Beside the title; without one, the icon of the specialty.",
    )
    body = StreamField(STANDARD_BLOCKS, blank=True, help_text="When to come, what happens at a visit, how to prepare.")

    shown_with = (*PublicPage.shown_with, "picture", "specialty")
    search_fields = words_of("introduction", "body")
    template = "home/specialty_page.html"
    content_panels: ClassVar[list[Any]] = [
        *PublicPage.content_panels,
        FieldPanel("specialty"),
        FieldPanel("introduction"),
        FieldPanel("picture"),
        FieldPanel("body"),
        REVIEW_PANEL,
    ]
    parent_page_types: ClassVar[list[str]] = ["home.SectionPage"]
    subpage_types: ClassVar[list[str]] = []

    class Meta(PublicPage.Meta):
        verbose_name = "specialty page"

    def shown(self, request: HttpRequest) -> dict[str, Any]:
        choices = search_choices()
        words = {specialty.pk: specialty.search_words for specialty in choices.specialties}  # type: ignore[attr-defined]
        return {
            "found": _soonest(DoctorFilters(specialty=self.specialty.slug), choices),
            "conditions": words.get(self.specialty_id, []),
            "articles": ArticlePage.objects.for_cards(self).filter(specialties=self.specialty)[:ARTICLES_SHOWN],
            "questions": list(questions_in(self.body)),
        }

    def structured_data(self, context: dict[str, Any]) -> list[dict[str, Any]]:
        facts = [structured_data.specialty_page(self, self.specialty, address=page_path(self))]
        return [*facts, structured_data.questions(context["questions"])] if context["questions"] else facts


class LocationPage(PublicPage):
    """Where a clinic is, when it is open, how one gets there and into it, and whom one can see there."""

    location = models.OneToOneField(
        Location,
        on_delete=models.PROTECT,
        related_name="page",
        help_text="Its address, telephone, access and doctors are read from there; they are never typed.",
    )
    introduction = models.CharField(max_length=300, help_text="What the place is like, in one or two sentences.")
    picture = models.ForeignKey(
        "wagtailimages.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Of the building as one sees it on arriving.",
    )
    directions = RichTextField(
        features=PLAIN_TEXT, blank=True, help_text="On foot, by bus and train, by car: one paragraph each."
    )
    body = StreamField(STANDARD_BLOCKS, blank=True, help_text="Anything else that helps on the day.")

    shown_with = (*PublicPage.shown_with, "picture", "location")
    search_fields: ClassVar[list[Any]] = [
        *words_of("introduction", "directions", "body", "hours_told"),
        # As they are when the page is indexed: on publishing it, and by `update_index`.
        index.RelatedFields("location", [index.SearchField(name) for name in ("street", "town", "postcode", "access")]),
    ]
    template = "home/location_page.html"
    content_panels: ClassVar[list[Any]] = [
        *PublicPage.content_panels,
        FieldPanel("location"),
        FieldPanel("introduction"),
        FieldPanel("picture"),
        InlinePanel("opening_hours", heading="Opening hours", label="Hours", help_text="A row for each day, or two."),
        HelpPanel(content="Address, telephone and access are changed under Doctors, Locations."),
        FieldPanel("directions"),
        FieldPanel("body"),
        REVIEW_PANEL,
    ]
    parent_page_types: ClassVar[list[str]] = ["home.SectionPage"]
    subpage_types: ClassVar[list[str]] = []

    class Meta(PublicPage.Meta):
        verbose_name = "location page"

    def hours_told(self) -> str:
        """When it is open, for the site's search."""
        told = (f"{days} {hours}" for days, hours in hours_in_words(_by_day(self.opening_hours.all())))
        return f"Opening hours, opening times: {', '.join(told)}"

    def shown(self, request: HttpRequest) -> dict[str, Any]:
        choices = Choices(specialties=list(Specialty.objects.all()), locations=list(Location.objects.all()))
        open_hours = list(self.opening_hours.all())
        return {
            "found": _soonest(DoctorFilters(location=self.location.slug), choices),
            "open_hours": open_hours,
            "hours": hours_in_words(_by_day(open_hours)),
            "questions": list(questions_in(self.body)),
        }

    def structured_data(self, context: dict[str, Any]) -> list[dict[str, Any]]:
        facts = [
            structured_data.medical_clinic(
                self.location,
                address=page_path(self),
                description=self.search_description or self.introduction,
                picture=file_of(self.picture),
                hours=context["open_hours"],
            )
        ]
        return [*facts, structured_data.questions(context["questions"])] if context["questions"] else facts


class OpeningHours(Orderable):
    """A day on which the place is open, from when until when by its own clock; a day without a row is closed."""

    page = ParentalKey(LocationPage, on_delete=models.CASCADE, related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField("day", choices=WEEKDAYS)
    opens = models.TimeField()
    closes = models.TimeField()

    panels: ClassVar[list[Any]] = [FieldRowPanel([FieldPanel("weekday"), FieldPanel("opens"), FieldPanel("closes")])]

    class Meta(Orderable.Meta):
        ordering = ["weekday", "opens"]
        verbose_name_plural = "opening hours"
        constraints = [
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="opening_hours_in_turn"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="opening_hours_on_a_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()}, {self.opens:%H:%M} to {self.closes:%H:%M}"

    def clean(self) -> None:
        if None not in {self.opens, self.closes} and self.closes <= self.opens:
            raise ValidationError({"closes": "Enter a time after it opens."})


class PlacePaths(NamedTuple):
    """Where the live pages of specialties and of locations stand, by the keys of these."""

    specialties: dict[int, str]
    locations: dict[int, str]


def place_paths() -> PlacePaths:
    """In one statement."""
    fields = SpecialtyPage.objects.live().order_by().annotate(kind=Value(0), of=F("specialty"))
    places = LocationPage.objects.live().order_by().annotate(kind=Value(1), of=F("location"))
    found = PlacePaths({}, {})
    for kind, of, url_path in fields.values_list("kind", "of", "url_path").union(
        places.values_list("kind", "of", "url_path"), all=True
    ):
        found[kind][of] = path_of(url_path)
    return found


def _soonest(filters: DoctorFilters, choices: Choices) -> SearchPage:
    return doctors_search(filters, now=clock.now(), choices=choices, size=DOCTORS_SHOWN, with_facets=False)


def _by_day(rows: Iterable[OpeningHours]) -> dict[int, Hours]:
    """The hours of each weekday on which it is open."""
    in_turn = sorted(rows, key=lambda row: (row.weekday, row.opens))
    return {
        weekday: tuple((row.opens, row.closes) for row in day)
        for weekday, day in groupby(in_turn, key=attrgetter("weekday"))
    }
