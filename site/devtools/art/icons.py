"""The mark, the word beside it, icons for browsers and phones, and the picture shown when a page is shared."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from devtools.art.interiors import hero_body
from devtools.art.lettering import MEDCONSULT, TITLE_FIRST, TITLE_SECOND
from devtools.art.pen import document
from devtools.art.render import browser_page, draw

TEAL, PAPER, INK, NIGHT_TEAL = "#0a5550", "#fbf9f4", "#13202c", "#7fc9be"
_STROKES = "M7 23V12.5c0-2.5 3.2-3.4 4.5-1.3L16 18.5l4.5-7.3c1.3-2.1 4.5-1.2 4.5 1.3V23"


def mark(ground: str = TEAL, line: str = "#ffffff", *, radius: float = 8) -> str:
    """The mark in a box of 32 units."""
    return (
        f'<rect width="32" height="32" rx="{radius:g}" fill="{ground}"/><path d="{_STROKES}" fill="none" '
        f'stroke="{line}" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round"/>'
    )


def logo(word: str, ground: str, line: str) -> str:
    """The mark with the clinic's name, 152 x 32 units."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 152 32" width="152" height="32" role="img" '
        f'aria-label="MedConsult">{mark(ground, line)}<path transform="translate(42 23)" fill="{word}" '
        f'd="{MEDCONSULT}"/></svg>\n'
    )


def social() -> str:
    """1200 x 630: the promise on paper, the consulting room beside it."""
    words = (
        f'<g transform="translate(72 72) scale(1.75)">{mark()}<path transform="translate(42 23)" fill="{INK}" '
        f'd="{MEDCONSULT}"/></g>'
        f'<g fill="{INK}"><path transform="translate(70 292)" d="{TITLE_FIRST}"/>'
        f'<path transform="translate(70 368)" d="{TITLE_SECOND}"/></g>'
        f'<rect x="72" y="420" width="72" height="6" rx="3" fill="{TEAL}"/>'
    )
    room = (
        '<clipPath id="half"><path d="M640 0H1200V630H640Z"/></clipPath><g clip-path="url(#half)">'
        f'<g transform="translate(302 -8) scale(0.64)">{hero_body()}</g></g>'
    )
    return f'<rect width="1200" height="630" fill="{PAPER}"/>{room}{words}'


def write_icons(static: Path) -> None:
    """Write the files under `static/icons` and the sharing picture under `static/images`."""
    icons = static / "icons"
    icons.mkdir(exist_ok=True)
    icons.joinpath("logo.svg").write_text(logo(INK, TEAL, "#ffffff"))
    icons.joinpath("logo-dark.svg").write_text(logo("#f3efe6", NIGHT_TEAL, "#0b2b29"))
    icons.joinpath("mark.svg").write_text(_svg(mark(), 32, 32) + "\n")
    with browser_page() as page:
        _phone_icons(page, icons)
        sharing = draw(page, document(1200, 630, [social()]), 1200, 630)
    sharing.save(static / "images" / "social.jpg", "JPEG", quality=84, optimize=True, progressive=True)


def _svg(content: str, width: int, height: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">{content}</svg>'
    )


def _phone_icons(page: Page, folder: Path) -> None:
    touch = draw(page, _svg(f'<g transform="scale(5.625)">{mark(radius=0)}</g>', 180, 180), 180, 180)
    touch.save(folder / "apple-touch-icon.png", optimize=True)
    sizes = []
    for size in (16, 32, 48):
        page.set_viewport_size({"width": size, "height": size})
        scaled = _svg(f'<g transform="scale({size / 32})">{mark()}</g>', size, size)
        page.set_content(f"<style>body{{margin:0}}svg{{display:block}}</style>{scaled}")
        shot = Image.open(io.BytesIO(page.screenshot(type="png", omit_background=True)))
        sizes.append(shot.convert("RGBA").resize((size, size), Image.Resampling.LANCZOS))
    sizes[-1].save(folder / "favicon.ico", sizes=[(s.width, s.height) for s in sizes], append_images=sizes[:-1])
