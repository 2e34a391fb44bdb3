"""Draw the pictures again: `PYTHONPATH=site python -m devtools.art [portraits|scenes|icons ...]`."""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

from devtools.art.fields import FIELDS
from devtools.art.icons import write_icons
from devtools.art.interiors import ARTICLES, hero
from devtools.art.people import PEOPLE
from devtools.art.places import PLACES
from devtools.art.portrait import portrait
from devtools.art.render import browser_page, contact_sheet, draw, save_webp
from devtools.art.rooms import ROOMS
from devtools.art.stills import STILLS

ROOT = Path(__file__).resolve().parents[3]
CONTENT = ROOT / "site" / "medconsult" / "demo" / "content"
PORTRAIT_LIMIT, SCENE_LIMIT = 25_000, 60_000


def portraits() -> None:
    drawn: dict[str, Image.Image] = {}
    folder = CONTENT / "portraits"
    folder.mkdir(parents=True, exist_ok=True)
    with browser_page() as page:
        for person in PEOPLE:
            drawn[person.slug] = draw(page, portrait(person), 800, 1000)
            size = save_webp(drawn[person.slug], folder / f"{person.slug}.webp", PORTRAIT_LIMIT)
            print(f"{person.slug}: {size} bytes")
    contact_sheet(drawn, ROOT / ".cache" / "portraits.png")


def scenes() -> None:
    folder = CONTENT / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    with browser_page() as page:
        save_webp(draw(page, hero(), 1600, 1000), folder / "consulting-room.webp", SCENE_LIMIT)
        for name, drawing in {**PLACES, **ARTICLES, **STILLS, **FIELDS, **ROOMS}.items():
            save_webp(draw(page, drawing(), 1200, 800), folder / f"{name}.webp", SCENE_LIMIT)


JOBS = {"portraits": portraits, "scenes": scenes, "icons": lambda: write_icons(ROOT / "static")}


def main(wanted: list[str]) -> None:
    (ROOT / ".cache").mkdir(exist_ok=True)
    for name in wanted or list(JOBS):
        JOBS[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
