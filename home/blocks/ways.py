"""Blocks that lead somewhere."""

from __future__ import annotations

from wagtail import blocks

from home.blocks.base import LinkBlock


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
