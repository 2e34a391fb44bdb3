"""Turns SVG into small WebP files through a browser, and lays out contact sheets."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Page, sync_playwright

BROWSER = "/usr/bin/chromium"


@contextmanager
def browser_page(scale: int = 2) -> Iterator[Page]:
    """A blank page of a headless browser that draws at `scale` device pixels a unit."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=BROWSER, chromium_sandbox=False, args=["--disable-gpu"])
        try:
            yield browser.new_page(device_scale_factor=scale)
        finally:
            browser.close()


def draw(page: Page, svg: str, width: int, height: int) -> Image.Image:
    """The drawing at `width` x `height`, sampled down from the page's scale."""
    page.set_viewport_size({"width": width, "height": height})
    page.set_content(f"<style>body{{margin:0}}svg{{display:block}}</style>{svg}")
    shot = Image.open(io.BytesIO(page.screenshot(type="png"))).convert("RGB")
    return shot.resize((width, height), Image.Resampling.LANCZOS)


def save_webp(image: Image.Image, path: Path, limit: int) -> int:
    """Write the best-looking WebP of at most `limit` bytes; answers its size."""
    for quality in range(90, 30, -4):
        buffer = io.BytesIO()
        image.save(buffer, "WEBP", quality=quality, method=6)
        if buffer.tell() <= limit:
            path.write_bytes(buffer.getvalue())
            return buffer.tell()
    raise ValueError(f"{path.name} does not fit into {limit} bytes")


def contact_sheet(images: Mapping[str, Image.Image], path: Path, *, columns: int = 6, width: int = 300) -> None:
    """All images in one picture, named."""
    tall = round(width * 1.25)
    rows = -(-len(images) // columns)
    sheet = Image.new("RGB", (columns * (width + 16) + 16, rows * (tall + 36) + 16), "#ffffff")
    pen = ImageDraw.Draw(sheet)
    for i, (name, image) in enumerate(images.items()):
        x, y = 16 + (i % columns) * (width + 16), 16 + (i // columns) * (tall + 36)
        sheet.paste(image.resize((width, tall), Image.Resampling.LANCZOS), (x, y))
        pen.text((x, y + tall + 4), name, fill="#14263a")
    sheet.save(path)
