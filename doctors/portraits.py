"""The pictures of doctors, in sizes made once and kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import product

from wagtail.images import get_image_model
from wagtail.images.models import Filter
from wagtail.images.shortcuts import get_rendition_or_not_found

Addresses = Mapping[tuple[int, str], str]


def portrait_addresses(photo_ids: Collection[int], specs: Collection[str]) -> Addresses:
    """The address of each picture in each size, by image id and filter; one statement once the sizes exist.

    Wagtail's own way asks the cache and the database once a picture.
    """
    images, filters = get_image_model(), {spec: Filter(spec=spec) for spec in specs}
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
