"""The picture that stands for a page where somebody shares it, for pages to which editors have given none.

It is drawn for what it shows; its address names the page and what is shown, so that it may be kept by others, and
changes with the title or the portrait. Nothing in the address is drawn: it is looked up, and whatever is not the
address of a page that everybody may see now is not found. What was drawn lies in Redis for an hour, where nobody reads
it but this module, and never in a folder that a web server publishes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.core.cache import caches
from django.urls import reverse
from django.utils.crypto import salted_hmac
from wagtail.models import Page

from doctors.models import DoctorPage
from home.models import SiteSettings
from home.sharing.card import DESIGN, HEIGHT, PORTRAIT_SPEC, WIDTH, Card, can_be_drawn, drawn, plain

__all__ = ["HEIGHT", "WIDTH", "picture_path", "shared_picture"]

_ALIAS = "redis"
# Those who fetch a picture for one post come within minutes; what is drawn of a page that is taken down is then gone.
_KEPT_SECONDS = 3600


def picture_path(page: Page, site: SiteSettings, *, specialties: Iterable[Any] | None = None) -> str:
    """Where the picture of a page is; "" where none can be drawn, since our fonts have not the letters of its title.

    `specialties` are those of a doctor's page, where the caller has read them: then it takes no statement. They count
    for no other type of page.
    """
    card = _card(page, site, specialties)
    if not can_be_drawn(card):
        return ""
    return reverse("shared_picture", args=[page.pk, _version(card, _photo(page))])


def shared_picture(*, page_id: int, version: str, site: SiteSettings) -> bytes | None:
    """The picture as JPEG; None unless everybody may see the page and `version` is what it shows now."""
    page = _public_page(page_id)
    if page is None:
        return None
    card, photo = _card(page, site), _photo(page)
    if version != _version(card, photo) or not can_be_drawn(card):
        return None
    return _kept(page_id, version) or _keep(page_id, version, drawn(card, _portrait(photo)))


def _public_page(page_id: int) -> Any:
    """The page with the fields of its type, if it is live, lies under no restriction and names no hidden doctor."""
    found = Page.objects.live().public().filter(pk=page_id, depth__gt=1).first()
    page = found.specific if found else None
    return None if isinstance(page, DoctorPage) and not page.is_public else page


def _card(page: Page, site: SiteSettings, specialties: Iterable[Any] | None = None) -> Card:
    """The one place that says what stands on a picture, and so in its address."""
    named: Iterable[Any] = ()
    if isinstance(page, DoctorPage):
        named = page.doctor.specialties.all() if specialties is None else specialties
    return Card(
        title=plain(page.title),
        line=plain(", ".join(map(str, named))),
        clinic=plain(site.clinic_name),
        tagline=plain(site.tagline),
    )


def _photo(page: Page) -> Any:
    return getattr(page, "photo", None)


def _version(card: Card, photo: Any) -> str:
    """Keyed, so that nobody can work out the address of a picture without having read the page."""
    of_photo = [photo.pk, photo.file.name, *map(str, photo.get_focal_point() or ())] if photo else []
    shown = json.dumps([DESIGN, card.title, card.line, card.clinic, card.tagline, of_photo])
    return salted_hmac("home.sharing", shown, algorithm="sha256").hexdigest()[:20]


def _portrait(photo: Any) -> bytes | None:
    """None as well where the file is no longer in the storage, or is no picture: the name alone is drawn then."""
    if photo is None:
        return None
    try:
        with photo.get_rendition(PORTRAIT_SPEC).file.open("rb") as file:
            return bytes(file.read())
    except OSError:
        return None


def _key(page_id: int) -> str:
    return f"shared:{page_id}"


def _kept(page_id: int, version: str) -> bytes | None:
    of, picture = caches[_ALIAS].get(_key(page_id)) or ("", None)
    return picture if of == version else None


def _keep(page_id: int, version: str, picture: bytes) -> bytes:
    """One picture a page, whole or not at all: what it showed before is thrown away."""
    caches[_ALIAS].set(_key(page_id), (version, picture), _KEPT_SECONDS)
    return picture
