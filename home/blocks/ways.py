"""Blocks that lead somewhere."""

from __future__ import annotations

from typing import Any

from wagtail import blocks

from common.pictures import sample_image
from home.blocks.base import LinkBlock, LinksBlock, sample_link
from home.blocks.choosers import ImageBlock

GROUP = "Ways on"


class HeroBlock(blocks.StructBlock):
    """The opening of a page. As the first block it carries the page's main heading, further down one of a section."""

    title = blocks.CharBlock(
        max_length=80, help_text="What the page is for, in a few words; as the first block it is the main heading."
    )
    text = blocks.CharBlock(max_length=240, required=False, help_text="One or two sentences below it; may be left out.")
    image = ImageBlock(required=False, help_text="Beside the title, cropped around its focal point; may be left out.")
    links = LinksBlock(help_text="Up to two buttons; the first is the main one.")

    def get_preview_value(self) -> Any:
        return self.normalize(
            {
                "title": "A doctor who has time for you",
                "text": "Choose a verified doctor, see when they are free and book in a few minutes.",
                "image": sample_image(),
                "links": [("link", sample_link()), ("link", sample_link("What it costs", "/fees-and-cancellation/"))],
            }
        )

    class Meta:
        icon = "title"
        group = GROUP
        label = "Opening"
        description = "A large title with a sentence, a picture and up to two buttons. Put it first."
        template = "home/blocks/hero.html"


class CardBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=80, help_text="In a few words.")
    text = blocks.TextBlock(max_length=300, help_text="One to three sentences.")
    link = blocks.StreamBlock(
        [("link", LinkBlock())], max_num=1, required=False, help_text="Where one reads more; may be left out."
    )


class CardsBlock(blocks.StructBlock):
    heading = blocks.CharBlock(max_length=80, help_text="Over the cards.")
    cards = blocks.ListBlock(
        CardBlock(),
        min_num=2,
        max_num=6,
        help_text="Two to six; they stand side by side on a desk, one below the other on a phone.",
    )

    class Meta:
        icon = "grid"
        group = GROUP
        description = "Two to six short texts side by side, each with a link if you like."
        template = "home/blocks/cards.html"
        preview_value = {
            "heading": "Why people book with us",
            "cards": [
                {
                    "title": "Every doctor is checked",
                    "text": "Before a profile goes live, and again later.",
                    "link": [],
                },
                {
                    "title": "The price is the price",
                    "text": "It is shown before you choose a time.",
                    "link": [("link", sample_link("All prices", "/fees-and-cancellation/"))],
                },
            ],
        }


class CallToActionBlock(blocks.StructBlock):
    heading = blocks.CharBlock(max_length=80, help_text="What to do next, as an invitation.")
    text = blocks.TextBlock(max_length=300, required=False, help_text="One sentence about it; may be left out.")
    link = LinkBlock(help_text="The button: one way and no other.")

    class Meta:
        icon = "pick"
        label = "Call to action"
        group = GROUP
        description = "One thing to do next, on a ground of its own."
        template = "home/blocks/call_to_action.html"
        preview_value = {
            "heading": "Ready when you are",
            "text": "Most doctors have a free time this week.",
            "link": sample_link(),
        }
