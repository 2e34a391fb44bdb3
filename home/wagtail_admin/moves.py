"""Pages that would vanish by being moved."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest
from wagtail.models import Page

from home.paths import slug_refusal


def move_refused(request: HttpRequest, pages: Iterable[Page], destination: Page) -> bool:
    """Whether one of them cannot stand below `destination` under its word; the editor is told of each."""
    refused = [(page.title, told) for page in pages if (told := slug_refusal(page.slug, destination))]
    for title, told in refused:
        messages.error(request, f"Nothing was moved. The address of “{title}” would be in the way: {told}")
    return bool(refused)
