"""Scripts of our own by their digests: a browser runs none that a CDN or a disk has changed."""

from __future__ import annotations

import base64
import hashlib
from functools import cache

from django import template
from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def script(name: str) -> SafeString:
    """A static file as a script that runs once the page is there.

    With its digest where files are named by their content, as in production; elsewhere a file may change as it is.
    """
    address = staticfiles_storage.url(name)
    digest = _digest_of(name) if hasattr(staticfiles_storage, "stored_name") else ""
    if not digest:
        return format_html('<script src="{}" defer></script>', address)
    # Of another host a browser compares the digest only where that allows it to look.
    elsewhere = "" if address.startswith("/") else SafeString(' crossorigin="anonymous"')
    return format_html('<script src="{}" integrity="{}"{} defer></script>', address, digest, elsewhere)


@cache
def _digest_of(name: str) -> str:
    with staticfiles_storage.open(staticfiles_storage.stored_name(name)) as file:  # type: ignore[attr-defined]
        return "sha384-" + base64.b64encode(hashlib.sha384(file.read()).digest()).decode()
