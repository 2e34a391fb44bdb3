"""What editors build pages from; one file a family. A block's look is its template in templates/home/blocks/."""

from home.blocks.base import PLAIN_TEXT, TEXT, LinkBlock
from home.blocks.choosers import references_of
from home.blocks.clinic import FeaturedDoctorsBlock, LocationsBlock, SpecialtiesBlock, priced_in
from home.blocks.live import Clinic
from home.blocks.media import PictureBlock
from home.blocks.streams import LANDING_BLOCKS, STANDARD_BLOCKS, samples
from home.blocks.text import (
    CallOutBlock,
    QuestionBlock,
    QuestionsBlock,
    QuoteBlock,
    StepBlock,
    StepsBlock,
    changes_in,
    is_on,
    questions_in,
)
from home.blocks.ways import CallToActionBlock, CardBlock, CardsBlock

__all__ = [
    "LANDING_BLOCKS",
    "PLAIN_TEXT",
    "STANDARD_BLOCKS",
    "TEXT",
    "CallOutBlock",
    "CallToActionBlock",
    "CardBlock",
    "CardsBlock",
    "Clinic",
    "FeaturedDoctorsBlock",
    "LinkBlock",
    "LocationsBlock",
    "PictureBlock",
    "QuestionBlock",
    "QuestionsBlock",
    "QuoteBlock",
    "SpecialtiesBlock",
    "StepBlock",
    "StepsBlock",
    "changes_in",
    "is_on",
    "priced_in",
    "questions_in",
    "references_of",
    "samples",
]
