"""The pictures of doctors, in sizes made once and kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from itertools import product
from types import SimpleNamespace
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.files.storage import Storage
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from wagtail.images import get_image_model
from wagtail.images.models import Filter
from wagtail.images.shortcuts import get_rendition_or_not_found

Addresses = Mapping[tuple[int, str], str]
_FOCAL_POINT = ("focal_point_x", "focal_point_y", "focal_point_width", "focal_point_height")


def portrait_addresses(photo_ids: Collection[int], specs: Collection[str]) -> Addresses:
    """The address of each picture in each size, by image id and filter; one statement once the sizes exist.

    Wagtail's own way asks the cache and the database once a picture.
    """
    images, filters = get_image_model(), {spec: _filter(spec) for spec in specs}
    stored = images.get_rendition_model().objects.filter(image__in=photo_ids, filter_spec__in=specs)
    found = {
        (rendition.image_id, rendition.filter_spec): rendition.url
        for rendition in stored.select_related("image")
        # A picture whose focal point has moved is cropped anew.
        if rendition.focal_point_key == filters[rendition.filter_spec].get_cache_key(rendition.image)
    }
    missing = set(product(photo_ids, specs)) - found.keys()
    if missing:
        known = images.objects.in_bulk({image_id for image_id, _ in missing})
        for image_id, spec in missing:
            found[image_id, spec] = get_rendition_or_not_found(known[image_id], filters[spec]).url
    return found


def stored_with(photo: str, spec: str) -> ArraySubquery:
    """For rows that lead to a picture by `photo`: what is stored of it in a size, for `address_in`. No statement of its
    own."""
    sizes = get_image_model().get_rendition_model().objects.filter(image=OuterRef(photo), filter_spec=spec).order_by()
    names = {"file": "file", "key": "focal_point_key", **{name: f"image__{name}" for name in _FOCAL_POINT}}
    return ArraySubquery(sizes.values(told=JSONObject(**names)))


def address_in(stored: Iterable[Mapping[str, Any]], spec: str) -> str:
    """The address of a picture in a size, of what `stored_with` has read; "" where it is still to be made, or anew for
    a focal point that has moved.

    No picture is made an object of: Wagtail would open its file each time, to learn its width.
    """
    for told in stored:
        point = SimpleNamespace(**{name: told[name] for name in _FOCAL_POINT})
        if told["key"] == _filter(spec).get_cache_key(point):
            return str(_kept_in().url(told["file"]))
    return ""


@cache
def _filter(spec: str) -> Filter:
    """Reading what a filter says costs more than the rest of a card's picture."""
    return Filter(spec=spec)


def _kept_in() -> Storage:
    storage: Storage = get_image_model().get_rendition_model()._meta.get_field("file").storage
    return storage
