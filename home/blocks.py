"""What editors build pages from. A block's look is its template in templates/home/blocks/."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.html import strip_tags
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.images.blocks import ImageBlock

TEXT = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link"]
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
    """A heading over what the home page has read from the doctors, so that it is never out of date."""

    heading = blocks.CharBlock(max_length=80)
    introduction = blocks.CharBlock(max_length=200, required=False)


class SpecialtiesBlock(HeadedBlock):
    class Meta:
        icon = "clipboard-list"
        template = "home/blocks/specialties.html"


class FeaturedDoctorsBlock(HeadedBlock):
    """The doctors whom a patient can see soonest."""

    class Meta:
        icon = "user"
        label = "Doctors"
        template = "home/blocks/doctors.html"


class LocationsBlock(HeadedBlock):
    class Meta:
        icon = "home"
        template = "home/blocks/locations.html"


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
