"""An editor's words as Wagtail's preview shows them."""

from __future__ import annotations

from csp.constants import UNSAFE_INLINE
from django.http import HttpResponse

from notifications.kinds import Kind
from notifications.rendering import Typed, sample_of
from notifications.wording import Unsayable

PLAIN = "text/plain; charset=utf-8"
# A mail brings its own style, as the mail page of the demo shows it too; nothing else of it is let do anything.
_POLICY = {"default-src": ["'none'"], "script-src": ["'none'"], "style-src": [UNSAFE_INLINE]}


def preview(kind: Kind, typed: Typed, mode: str) -> HttpResponse:
    """The mail with these words and made-up facts: its HTML, or in `text` mode its plain part."""
    try:
        written = sample_of(kind, typed, with_subject=True)
    except Unsayable as unsayable:
        return HttpResponse(
            "\n".join(told for every in unsayable.faults.values() for told in every), content_type=PLAIN
        )
    if mode == "text":
        return HttpResponse(written.text, content_type=PLAIN)
    response = HttpResponse(written.html)
    # As django-csp's own decorators do, which know no answers to requests that Wagtail makes up.
    response._csp_replace = _POLICY  # type: ignore[attr-defined]  # noqa: SLF001
    return response
