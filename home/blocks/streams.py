"""Which blocks an editor is offered where."""

from __future__ import annotations

from wagtail import blocks

from home.blocks.base import TEXT
from home.blocks.media import PictureBlock
from home.blocks.text import CallOutBlock, QuestionsBlock, QuoteBlock, StepsBlock
from home.blocks.ways import CallToActionBlock, CardsBlock

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
