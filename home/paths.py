"""Where pages stand on the site."""

from __future__ import annotations

from wagtail.models import Page


def page_path(page: Page) -> str:
    """A page's path on the site, read from its row: Wagtail's own way asks the cache and the table of sites first.

    Holds while an installation has one site, whose root is "/"."""
    return path_of(page.url_path)


def path_of(url_path: str) -> str:
    """As `page_path`, of what a page's row says."""
    return f"/{url_path.split('/', 2)[2]}"
