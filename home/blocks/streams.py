"""Which blocks an editor is offered where."""

from __future__ import annotations

from typing import Any, NamedTuple

from wagtail import blocks

from home.blocks.base import TEXT
from home.blocks.clinic import (
    DoctorCardsBlock,
    FindADoctorBlock,
    LocationsBlock,
    OpeningHoursBlock,
    PricesBlock,
    SpecialtiesBlock,
)
from home.blocks.maps import MapBlock
from home.blocks.media import DownloadBlock, GalleryBlock, PictureBlock, TeamBlock, VideoBlock
from home.blocks.text import GROUP as WORDS
from home.blocks.text import CallOutBlock, QuestionsBlock, QuoteBlock, StepsBlock
from home.blocks.ways import CallToActionBlock, CardsBlock, HeroBlock


class WrittenBlock(blocks.RichTextBlock):
    """Text with headings, lists and links."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"features": TEXT, **kwargs})

    class Meta:
        icon = "pilcrow"
        group = WORDS
        label = "Text"
        description = "Paragraphs with headings, lists and links."
        template = "home/blocks/text.html"
        preview_value = (
            "<h2>Before your visit</h2><p>Write down what troubles you and since when. "
            "Bring a list of what you take.</p><ul><li>Letters from other doctors</li><li>Your questions</li></ul>"
        )


STANDARD_BLOCKS: list[tuple[str, blocks.Block]] = [
    ("text", WrittenBlock()),
    ("picture", PictureBlock()),
    ("call_out", CallOutBlock()),
    ("steps", StepsBlock()),
    ("questions", QuestionsBlock()),
    ("cards", CardsBlock()),
    ("call_to_action", CallToActionBlock()),
    ("quote", QuoteBlock()),
    ("gallery", GalleryBlock()),
    ("video", VideoBlock()),
    ("download", DownloadBlock()),
    ("team", TeamBlock()),
    ("map", MapBlock()),
]
LANDING_BLOCKS: list[tuple[str, blocks.Block]] = [
    ("hero", HeroBlock()),
    *STANDARD_BLOCKS,
    ("find_a_doctor", FindADoctorBlock()),
    ("doctor_cards", DoctorCardsBlock()),
    ("specialties", SpecialtiesBlock()),
    ("locations", LocationsBlock()),
    ("opening_hours", OpeningHoursBlock()),
    ("prices", PricesBlock()),
]


class Sample(NamedTuple):
    """A block with what its preview shows, ready to be drawn."""

    name: str
    label: str
    description: str
    bound: Any


def samples() -> list[Sample]:
    """Every block that a landing page may hold, as the gallery and the editor's preview show it."""
    found = []
    for name, block in LANDING_BLOCKS:
        block.set_name(name)
        bound = block.bind(block.get_preview_value())
        found.append(Sample(name, str(block.label), str(block.get_description()), bound))
    return found
