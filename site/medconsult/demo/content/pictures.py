"""Drawings for articles, ready for editors to use; nothing in the sample pages depends on them."""

from __future__ import annotations

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
)
