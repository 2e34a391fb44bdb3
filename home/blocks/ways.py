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

    title = blocks.CharBlock(max_length=80)
    text = blocks.CharBlock(max_length=240, required=False)
    image = ImageBlock(required=False)
    links = LinksBlock()

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
    title = blocks.CharBlock(max_length=80)
    text = blocks.TextBlock(max_length=300)
    link = blocks.StreamBlock([("link", LinkBlock())], max_num=1, required=False)


class CardsBlock(blocks.StructBlock):
    heading = blocks.CharBlock(max_length=80)
    cards = blocks.ListBlock(CardBlock(), min_num=2, max_num=6)

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
    heading = blocks.CharBlock(max_length=80)
    text = blocks.TextBlock(max_length=300, required=False)
    link = LinkBlock()

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
