"""The palette's promise: 7:1 for everything that is read, 3:1 for edges and marks, in the light and in the dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[2] / "static" / "css" / "tokens.css"
THEMES = ("light", "dark")

GROUNDS = ("paper", "surface", "sunken")
READ_ON_GROUNDS = ("ink", "soft", "teal", "teal-strong", "coral-strong", "success", "warning", "danger", "info")
TONES = ("success", "warning", "danger", "info", "neutral")
READ = [
    *((text, ground) for text in READ_ON_GROUNDS for ground in GROUNDS),
    *((tone, f"{tone}-soft") for tone in TONES),
    *(("ink", f"{tone}-soft") for tone in (*TONES, "teal", "coral")),
    ("coral-strong", "coral-soft"),
    ("teal", "teal-soft"),
    ("soft", "teal-soft"),
    ("on-teal", "teal"),
    ("on-teal", "teal-strong"),
    ("on-danger", "danger"),
    ("on-night", "night"),
    ("on-night-soft", "night"),
]
SEEN = [(mark, ground) for mark in ("edge", "coral", "teal") for ground in GROUNDS]


def palette(theme: str) -> dict[str, str]:
    light, dark = TOKENS.read_text().split("prefers-color-scheme: dark")
    colours = dict(re.findall(r"--color-([a-z-]+): (#[0-9a-f]{6});", light))
    return colours if theme == "light" else colours | dict(re.findall(r"--color-([a-z-]+): (#[0-9a-f]{6});", dark))


def luminance(colour: str) -> float:
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2's contrast ratio of two `#rrggbb` colours."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_wcags() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), READ)
def test_what_is_read_stands_out_seven_to_one(theme: str, text: str, ground: str) -> None:
    colours = palette(theme)
    assert contrast(colours[text], colours[ground]) >= 7


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("mark", "ground"), SEEN)
def test_edges_and_marks_stand_out_three_to_one(theme: str, mark: str, ground: str) -> None:
    colours = palette(theme)
    assert contrast(colours[mark], colours[ground]) >= 3


def test_the_dark_theme_draws_every_colour_but_the_footers_words() -> None:
    light, dark = palette("light"), palette("dark")
    assert {name for name in light if light[name] == dark[name]} == {"on-night", "on-night-soft"}
