"""What editors build pages from. A block's look is its template in templates/home/blocks/."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, F, Q, QuerySet
from django.utils.html import strip_tags
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.images.blocks import ImageBlock

from common import clock
from doctors.models import Doctor, DoctorPage, Location, Specialty

TEXT = ["h3", "bold", "italic", "ol", "ul", "link", "document-link"]
FEATURED_DOCTORS = 4
PLAIN_TEXT = ["bold", "italic", "ol", "ul", "link"]


class LinkBlock(blocks.StructBlock):
    """A way to a page of this site, or to an address: one of the two."""

    label = blocks.CharBlock(max_length=60)
    page = blocks.PageChooserBlock(required=False)
    address = blocks.RegexBlock(
        regex=r"^(/(?!/)\S*|https?://\S+)$",
        required=False,
        help_text="Instead of a page: a path such as /account/signup/, or a whole address with https://.",
        error_messages={"invalid": "Start with / for this site, or with https:// for another."},
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if bool(cleaned["page"]) == bool(cleaned["address"]):
            message = ValidationError("Choose a page or give an address: one of the two.")
            raise StructBlockValidationError(block_errors={"page": message})
        return cleaned

    class Meta:
        icon = "link"


class PictureBlock(blocks.StructBlock):
    image = ImageBlock()
    caption = blocks.CharBlock(max_length=200, required=False)

    class Meta:
        icon = "image"
        template = "home/blocks/picture.html"


class CallOutBlock(blocks.StructBlock):
    kind = blocks.ChoiceBlock(choices=[("info", "Good to know"), ("warning", "Important")], default="info")
    title = blocks.CharBlock(max_length=80)
    text = blocks.RichTextBlock(features=PLAIN_TEXT)

    class Meta:
        icon = "info-circle"
        label = "Call-out"
        template = "home/blocks/call_out.html"


class StepBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=80)
    text = blocks.TextBlock(max_length=300)


class StepsBlock(blocks.StructBlock):
    heading = blocks.CharBlock(max_length=80)
    steps = blocks.ListBlock(StepBlock(), min_num=2, max_num=6)

    class Meta:
        icon = "list-ol"
        template = "home/blocks/steps.html"


class QuestionBlock(blocks.StructBlock):
    question = blocks.CharBlock(max_length=200)
    answer = blocks.RichTextBlock(features=PLAIN_TEXT)


class QuestionsBlock(blocks.StructBlock):
    heading = blocks.CharBlock(max_length=80, default="Questions and answers")
    questions = blocks.ListBlock(QuestionBlock(), min_num=1)

    class Meta:
        icon = "help"
        label = "Questions and answers"
        template = "home/blocks/questions.html"


class CardBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=80)
    text = blocks.TextBlock(max_length=300)
    link = blocks.StreamBlock([("link", LinkBlock())], max_num=1, required=False)


class CardsBlock(blocks.StructBlock):
    heading = blocks.CharBlock(max_length=80)
    cards = blocks.ListBlock(CardBlock(), min_num=2, max_num=6)

    class Meta:
        icon = "grid"
        template = "home/blocks/cards.html"


class CallToActionBlock(blocks.StructBlock):
    heading = blocks.CharBlock(max_length=80)
    text = blocks.TextBlock(max_length=300, required=False)
    link = LinkBlock()

    class Meta:
        icon = "pick"
        label = "Call to action"
        template = "home/blocks/call_to_action.html"


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(max_length=500)
    name = blocks.CharBlock(max_length=80)
    role = blocks.CharBlock(max_length=120, required=False)

    class Meta:
        icon = "openquote"
        template = "home/blocks/quote.html"


class HeadedBlock(blocks.StructBlock):
    """A heading over something that the site itself knows, so that it is never out of date."""

    heading = blocks.CharBlock(max_length=80)
    introduction = blocks.CharBlock(max_length=200, required=False)


class SpecialtiesBlock(HeadedBlock):
    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        return {**super().get_context(value, parent_context), "specialties": specialties_with_doctors()}

    class Meta:
        icon = "clipboard-list"
        template = "home/blocks/specialties.html"


class FeaturedDoctorsBlock(HeadedBlock):
    """The doctors whom a patient can see soonest."""

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        return {
            **super().get_context(value, parent_context),
            "pages": doctors_soonest(limit=FEATURED_DOCTORS, now=clock.now()),
        }

    class Meta:
        icon = "user"
        label = "Doctors"
        template = "home/blocks/doctors.html"


class LocationsBlock(HeadedBlock):
    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        return {**super().get_context(value, parent_context), "locations": Location.objects.all()}

    class Meta:
        icon = "home"
        template = "home/blocks/locations.html"


def specialties_with_doctors() -> QuerySet[Specialty]:
    """The specialties in which a patient finds somebody, each with `doctor_count`."""
    found = Count("doctors", filter=Q(doctors__in=Doctor.objects.listed()))
    return Specialty.objects.annotate(doctor_count=found).filter(doctor_count__gt=0)


def doctors_soonest(*, limit: int, now: datetime) -> QuerySet[DoctorPage]:
    """The pages of the listed doctors with the earliest free times, each with `next_available_at`."""
    any_way = {"doctor__listings__location": None, "doctor__listings__modality": ""}
    return (
        DoctorPage.objects.public()
        .filter(doctor__listings__next_available_at__gt=now, **any_way)
        .annotate(next_available_at=F("doctor__listings__next_available_at"))
        .select_related("doctor", "photo")
        .prefetch_related("doctor__specialties", "photo__renditions")
        .order_by("next_available_at", "pk")[:limit]
    )


STANDARD_BLOCKS: list[tuple[str, blocks.Block]] = [
    ("text", blocks.RichTextBlock(features=TEXT, template="home/blocks/text.html", icon="pilcrow")),
    ("picture", PictureBlock()),
    ("call_out", CallOutBlock()),
    ("steps", StepsBlock()),
    ("questions", QuestionsBlock()),
    ("cards", CardsBlock()),
    ("call_to_action", CallToActionBlock()),
    ("quote", QuoteBlock()),
]


def questions_in(body: Any) -> Iterator[dict[str, str]]:
    """The questions of a page's stream with their answers as plain text, for search engines."""
    for block in body:
        if block.block_type == "questions":
            for item in block.value["questions"]:
                yield {"question": item["question"], "answer": strip_tags(item["answer"].source).strip()}
