"""Drawings for articles and other pages; a text names its picture by the name of the file."""

from __future__ import annotations

from pathlib import PurePath

from medconsult.demo.content.pages import HOME
from medconsult.demo.content.places import LOCATIONS
from medconsult.demo.content.shapes import FocalPoint, Picture
from medconsult.demo.content.standard_pages import ABOUT

ARTICLE_PICTURES = (
    *((ABOUT.picture,) if ABOUT.picture else ()),
    Picture(
        "pictures/skin-in-the-sun.webp",
        "Skin in the sun",
        "Drawing of a straw hat, a bottle of sun cream and dark glasses on a bench by the sea.",
        FocalPoint(600, 520, 900, 480),
    ),
    Picture(
        "pictures/sleeping-better.webp",
        "Sleeping better",
        "Drawing of a bedroom at night: a lit lamp, two books and a glass of water on a bedside table.",
        FocalPoint(780, 420, 620, 560),
    ),
    Picture(
        "pictures/blood-pressure.webp",
        "A blood pressure monitor",
        "Drawing of a blood pressure monitor with its cuff, and a notebook with readings, on a table by a window.",
        FocalPoint(560, 540, 900, 360),
    ),
    Picture(
        "pictures/quiet-pulse.webp",
        "A quiet pulse",
        "Drawing of a stethoscope on a desk beside a strip of paper with a regular heartbeat.",
        FocalPoint(640, 430, 900, 600),
    ),
    Picture(
        "pictures/soft-skin.webp",
        "Soft skin",
        "Drawing of folded towels with a cotton glove, a pump bottle and an open tub of cream on a bathroom shelf.",
        FocalPoint(620, 480, 960, 420),
    ),
    Picture(
        "pictures/teddy-and-thermometer.webp",
        "A teddy and a thermometer",
        "Drawing of a toy bear tucked up in a child's bed, with a thermometer and a cup of water beside it.",
        FocalPoint(600, 440, 900, 560),
    ),
    Picture(
        "pictures/olive-oil.webp",
        "Olive oil for the ears",
        "Drawing of a brown dropper bottle, a small dish of oil and a branch of olive on a cloth.",
        FocalPoint(700, 480, 880, 480),
    ),
    Picture(
        "pictures/honey-and-lemon.webp",
        "Honey and lemon",
        "Drawing of a steaming mug with a slice of lemon, a jar of honey and a box of tissues on a kitchen table.",
        FocalPoint(680, 540, 880, 420),
    ),
    Picture(
        "pictures/a-good-plate.webp",
        "A good plate",
        "Drawing of a plate from above: half of it vegetables, a quarter grains, a quarter fish.",
        FocalPoint(600, 410, 760, 640),
    ),
    Picture(
        "pictures/letter.webp",
        "A letter",
        "Drawing of a letter on its envelope, with reading glasses and a cup of tea, on a wooden table.",
        FocalPoint(680, 400, 800, 680),
    ),
    Picture(
        "pictures/examination-room.webp",
        "An examination room",
        "Drawing of a consulting room with a couch, a height chart, scales and a desk by a bright window.",
        FocalPoint(600, 440, 1000, 560),
    ),
    Picture(
        "pictures/quiet-room.webp",
        "A quiet room",
        "Drawing of a waiting room with two armchairs, a lamp and a plant; nobody is in it.",
        FocalPoint(600, 480, 1000, 520),
    ),
    Picture(
        "pictures/cool-evening.webp",
        "A cool evening",
        "Drawing of an open window at dusk with a curtain in the wind, a jug of water with lemon and a fan.",
        FocalPoint(600, 420, 900, 640),
    ),
    Picture(
        "pictures/bench-by-the-water.webp",
        "A bench by the water",
        "Drawing of a bench under a tree by a lake with two swans; a scarf and a book lie on it.",
        FocalPoint(720, 480, 800, 520),
    ),
    Picture(
        "pictures/walking-shoes.webp",
        "Walking shoes",
        "Drawing of walking shoes on a mat before an open door, from which a path leads out between trees.",
        FocalPoint(600, 520, 800, 520),
    ),
    Picture(
        "pictures/video-visit.webp",
        "A video visit",
        "Drawing of a screen on a kitchen table on which a doctor listens; medicines lie beside it.",
        FocalPoint(600, 420, 800, 560),
    ),
    Picture(
        "pictures/a-model-heart.webp",
        "A model heart",
        "Drawing of a model of a heart on a stand, with books, a cup and a plant on a table.",
        FocalPoint(620, 400, 760, 640),
    ),
    Picture(
        "pictures/a-close-look.webp",
        "A close look",
        "Drawing of a magnifier with a lamp over a mole, and a card with tones of skin from light to dark.",
        FocalPoint(640, 400, 900, 640),
    ),
    Picture(
        "pictures/play-corner.webp",
        "A play corner",
        "Drawing of wooden blocks, stacking rings, a ball and a toy boat; a child's picture hangs on the wall.",
        FocalPoint(640, 460, 1000, 560),
    ),
    Picture(
        "pictures/flowers-and-diary.webp",
        "Flowers and a diary",
        "Drawing of a vase of bright flowers beside an open diary with marked days and a cup of tea.",
        FocalPoint(620, 440, 1000, 620),
    ),
    Picture(
        "pictures/exercise-corner.webp",
        "An exercise corner",
        "Drawing of a rolled mat, small weights, a band and a large ball on a wooden floor by a window.",
        FocalPoint(620, 480, 1000, 560),
    ),
    Picture(
        "pictures/listening.webp",
        "Listening",
        "Drawing of headphones, a tuning fork and a machine that tests hearing.",
        FocalPoint(640, 480, 1000, 560),
    ),
)

PICTURES = {
    PurePath(picture.file).stem: picture
    for picture in (HOME.picture, *ARTICLE_PICTURES, *(place.picture for place in LOCATIONS))
}
