"""What editors build pages from; one file a family. A block's look is its template in templates/home/blocks/."""

from home.blocks.base import PLAIN_TEXT, TEXT, LinkBlock
from home.blocks.clinic import FeaturedDoctorsBlock, HeadedBlock, LocationsBlock, SpecialtiesBlock
from home.blocks.media import PictureBlock
from home.blocks.streams import STANDARD_BLOCKS
from home.blocks.text import (
    CallOutBlock,
    QuestionBlock,
    QuestionsBlock,
    QuoteBlock,
    StepBlock,
    StepsBlock,
    questions_in,
)
from home.blocks.ways import CallToActionBlock, CardBlock, CardsBlock

__all__ = [
    "PLAIN_TEXT",
    "STANDARD_BLOCKS",
    "TEXT",
    "CallOutBlock",
    "CallToActionBlock",
    "CardBlock",
    "CardsBlock",
    "FeaturedDoctorsBlock",
    "HeadedBlock",
    "LinkBlock",
    "LocationsBlock",
    "PictureBlock",
    "QuestionBlock",
    "QuestionsBlock",
    "QuoteBlock",
    "SpecialtiesBlock",
    "StepBlock",
    "StepsBlock",
    "questions_in",
]
