"""The picture that stands for a page where somebody shares it, for pages to which editors have given none.

It is drawn once for what it shows and kept; its address names the page and what is shown, so that it may be kept for
long by others, and changes with the title or the portrait. Nothing in the address is drawn: it is looked up, and
whatever is not the address of a page that everybody may see now is not found.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.crypto import salted_hmac
from wagtail.models import Page

from doctors.models import DoctorPage
from home.models import SiteSettings
from home.sharing.card import DESIGN, HEIGHT, PORTRAIT_SPEC, WIDTH, Card, drawn

__all__ = ["HEIGHT", "WIDTH", "picture_path", "shared_picture"]

_FOLDER = "shared"


def picture_path(page: Page, site: SiteSettings, *, specialties: Iterable[Any] = ()) -> str:
    """Where the picture of a page is; `specialties` are those of a doctor's page. No statement."""
    version = _version(_card(page, site, specialties), _photo(page))
    return reverse("shared_picture", args=[page.pk, version])


def shared_picture(*, page_id: int, version: str, site: SiteSettings) -> bytes | None:
    """The picture as JPEG; None unless everybody may see the page and `version` is what it shows now."""
    page = _public_page(page_id)
    if page is None:
        return None
    specialties = page.doctor.specialties.all() if isinstance(page, DoctorPage) else ()
    card, photo = _card(page, site, specialties), _photo(page)
    if version != _version(card, photo):
        return None
    name = f"{_FOLDER}/{page_id}/{version}.jpg"
    return _kept(name) or _keep(name, drawn(card, _portrait(photo)))


def _public_page(page_id: int) -> Any:
    """The page with the fields of its type, if it is live, lies under no restriction and names no hidden doctor."""
    found = Page.objects.live().public().filter(pk=page_id, depth__gt=1).first()
    page = found.specific if found else None
    return None if isinstance(page, DoctorPage) and not page.is_public else page


def _card(page: Page, site: SiteSettings, specialties: Iterable[Any]) -> Card:
    names = ", ".join(str(specialty) for specialty in specialties)
    return Card(title=page.title, line=names, clinic=site.clinic_name, tagline=site.tagline)


def _photo(page: Page) -> Any:
    return getattr(page, "photo", None)


def _version(card: Card, photo: Any) -> str:
    """Nobody can reckon it who has not read the page: what is kept of a page that has gone is not to be guessed."""
    of_photo = [photo.pk, photo.file.name, *map(str, photo.get_focal_point() or ())] if photo else []
    shown = json.dumps([DESIGN, card.title, card.line, card.clinic, card.tagline, of_photo])
    return salted_hmac("home.sharing", shown, algorithm="sha256").hexdigest()[:20]


def _portrait(photo: Any) -> bytes | None:
    if photo is None:
        return None
    with photo.get_rendition(PORTRAIT_SPEC).file.open("rb") as file:
        return bytes(file.read())


def _kept(name: str) -> bytes | None:
    try:
        with default_storage.open(name) as file:
            return bytes(file.read())
    except OSError:
        return None


def _keep(name: str, picture: bytes) -> bytes:
    """One picture a page: what it showed before is thrown away. Two who draw the same leave one."""
    folder = name.rpartition("/")[0]
    saved = default_storage.save(name, ContentFile(picture))
    if saved != name:
        default_storage.delete(saved)
    for other in default_storage.listdir(folder)[1]:
        if f"{folder}/{other}" != name:
            default_storage.delete(f"{folder}/{other}")
    return picture
