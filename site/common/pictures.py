"""Pictures of the image library in the sizes that pages show, made once and kept.

Each size is a rendition in WebP, which every browser reads; `avif_draw` adds the smaller AVIF of it in the background,
for drawing one takes a second that nobody should wait for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Value
from django.db.models.functions import JSONObject, Replace
from django.templatetags.static import static
from wagtail.images import get_image_model
from wagtail.images.models import AbstractImage, AbstractRendition, Filter
from wagtail.images.shortcuts import get_renditions_or_not_found

WEBP, AVIF = "|format-webp", "|format-avif"
# "whole" keeps the picture as it is; the others crop it around its focal point.
SHAPES = {
    "whole": ("width-480", "width-960", "width-1440"),
    "wide": ("fill-480x320", "fill-960x640"),
    "square": ("fill-240x240", "fill-480x480"),
}
SIZES = [size for sizes in SHAPES.values() for size in sizes]
_STORED = ("id", "filter_spec", "file", "width", "height", "focal_point_key")


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A picture as the component `c-picture` shows it; `avif` is empty until that has been drawn.

    `width` and `height` are pixels of the largest size, so that the page keeps its place; `alt` is empty for one that
    only decorates.
    """

    src: str
    webp: str
    avif: str
    width: int
    height: int
    alt: str


def drawn(image: AbstractImage | None, shape: str = "whole") -> Drawn | None:
    """The picture in the sizes of a shape (a key of `SHAPES`); None without a picture.

    Without a statement where `images_in_sizes` has read the picture before, or the cache knows all its sizes.
    """
    if image is None:
        return None
    if image.pk is None:
        return _sample(image)
    filters = [Filter(spec=spec) for spec in specs_of(shape)]
    stored = _stored(image, filters)
    specs = [Filter(spec=f"{size}{WEBP}") for size in SHAPES[shape]]
    if any(one.spec not in stored for one in specs):
        stored |= get_renditions_or_not_found(image, specs)
    webp = _by_width(stored[one.spec] for one in specs)
    avif = _by_width(one for spec, one in stored.items() if spec.endswith(AVIF))
    return Drawn(
        src=webp[0].url,
        webp=_srcset(webp),
        avif=_srcset(avif) if len(avif) == len(webp) else "",
        width=webp[-1].width,
        height=webp[-1].height,
        alt=alt_of(image),
    )


def _stored(image: AbstractImage, filters: Sequence[Filter]) -> dict[str, AbstractRendition]:
    """The sizes that exist, by filter, and kept for the next time where Wagtail keeps them."""
    found = image.find_existing_renditions(*filters)
    model = image.get_rendition_model()
    fresh = {
        model.construct_cache_key(image, one.get_cache_key(image), one.spec): rendition
        for one, rendition in found.items()
        if not getattr(rendition, "_from_cache", False)
    }
    if fresh:
        model.cache_backend.set_many(fresh)
    return {one.spec: rendition for one, rendition in found.items()}


def alt_of(image: AbstractImage) -> str:
    """What is read out instead of the picture: the page's own words or the library's; empty if it only decorates."""
    if getattr(image, "decorative", False):
        return ""
    return getattr(image, "contextual_alt_text", None) or str(image.default_alt_text)


def specs_of(*shapes: str) -> list[str]:
    """The filters of Wagtail's that make the sizes of these shapes."""
    return [f"{size}{form}" for shape in shapes for size in SHAPES[shape] for form in (WEBP, AVIF)]


def renditions_of(*shapes: str, lookup: str = "renditions") -> Prefetch[str]:
    """For `prefetch_related`: the sizes of these shapes for pictures, or for those that rows lead to by `lookup`."""
    rows = get_image_model().get_rendition_model().objects.filter(filter_spec__in=specs_of(*shapes))
    return Prefetch(lookup, queryset=rows, to_attr="prefetched_renditions")


def images_in_sizes(keys: Collection[int]) -> dict[int, AbstractImage]:
    """Pictures by their keys with all their sizes, so that showing them takes no statement; none without a key."""
    if not keys:
        return {}
    model = get_image_model()
    rendition = model.get_rendition_model()
    sizes = rendition.objects.filter(image=OuterRef("pk"), filter_spec__in=specs_of(*SHAPES)).order_by()
    rows = ArraySubquery(sizes.values(row=JSONObject(**{name: name for name in _STORED})))
    found: dict[int, AbstractImage] = model.objects.annotate(sizes=rows).in_bulk(list(keys))
    for image in found.values():
        image.prefetched_renditions = [rendition(image=image, **fields) for fields in image.sizes]
    return found


def avif_draw(*, limit: int) -> int:
    """Draw the AVIF of so many sizes that are stored in WebP alone; how many it were. May run twice at once."""
    done = 0
    for stored in _without_avif():
        twin = Filter(spec=stored.filter_spec.replace(WEBP, AVIF))
        # A crop around a focal point that has moved since is shown no more.
        if done < limit and twin.get_cache_key(stored.image) == stored.focal_point_key:
            get_renditions_or_not_found(stored.image, [twin])
            done += 1
    return done


def _without_avif() -> QuerySet[AbstractRendition]:
    renditions = get_image_model().get_rendition_model().objects
    same = {"image": OuterRef("image"), "focal_point_key": OuterRef("focal_point_key")}
    twin = renditions.filter(filter_spec=Replace(OuterRef("filter_spec"), Value(WEBP), Value(AVIF)), **same)
    bare = renditions.filter(~Exists(twin), filter_spec__in=[f"{size}{WEBP}" for size in SIZES])
    return bare.select_related("image")


def sample_image() -> AbstractImage:
    """A drawing of ours that stands for an editor's picture where a block is shown before it is used; not stored."""
    words = {"title": "A consulting room", "description": "A doctor and a patient at a desk by a window"}
    # Without asking for the folder that a new picture would go to.
    return get_image_model()(collection_id=None, **words)


def _sample(image: AbstractImage) -> Drawn:
    address = static("images/sample.webp")
    return Drawn(src=address, webp=f"{address} 960w", avif="", width=960, height=600, alt=alt_of(image))


def _by_width(renditions: Iterable[AbstractRendition]) -> list[AbstractRendition]:
    """Each width once: a small picture is made no larger, so that several sizes of it are the same."""
    return sorted({one.width: one for one in renditions}.values(), key=attrgetter("width"))


def _srcset(renditions: Sequence[AbstractRendition]) -> str:
    return ", ".join(f"{one.url} {one.width}w" for one in renditions)
