"""Pictures in the sizes that pages show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from common.pictures import avif_draw, drawn, images_in_sizes, sample_image

pytestmark = pytest.mark.django_db


def image(**fields: Any) -> Any:
    file = get_test_image_file(size=(600, 400))
    return get_image_model().objects.create(title="harbour.png", description="The harbour", file=file, **fields)


def test_a_picture_has_its_sizes_in_webp_with_the_room_it_takes() -> None:
    shown = drawn(image())

    assert shown
    assert [size.rsplit(" ", 1)[1] for size in shown.webp.split(", ")] == ["480w", "600w"], "made no larger than it is"
    assert (shown.width, shown.height, shown.avif) == (600, 400, "")
    assert shown.src.endswith(".webp")


def test_a_crop_keeps_the_focal_point() -> None:
    without, point = image(), {"focal_point_x": 590, "focal_point_y": 200}
    focused = image(**point, focal_point_width=10, focal_point_height=10)
    assert drawn(without, "square") is not None
    assert drawn(focused, "square") is not None

    keys = [one.renditions.first().focal_point_key for one in (without, focused)]
    assert keys[0] != keys[1]


def test_avif_comes_later_once_and_for_what_is_shown_alone() -> None:
    shown = image()
    image()
    drawn(shown)

    assert (avif_draw(limit=1), avif_draw(limit=9), avif_draw(limit=9)) == (1, 2, 0)
    again = drawn(get_image_model().objects.get(pk=shown.pk))
    assert again
    assert again.avif.count(".avif") == again.webp.count(".webp") == 2


def test_a_crop_around_a_point_that_has_moved_is_not_drawn_anew() -> None:
    moved = image()
    drawn(moved, "square")
    get_image_model().objects.filter(pk=moved.pk).update(
        focal_point_x=10, focal_point_y=10, focal_point_width=9, focal_point_height=9
    )
    assert avif_draw(limit=9) == 0


@pytest.mark.parametrize(
    ("page_says", "alt"),
    [
        ({}, "The harbour"),
        ({"contextual_alt_text": "Boats at dusk"}, "Boats at dusk"),
        ({"contextual_alt_text": "", "decorative": True}, ""),
    ],
)
def test_the_alternative_text_is_the_pages_or_the_librarys_or_none_for_looks(page_says: Any, alt: str) -> None:
    one = image()
    vars(one).update(page_says)
    shown = drawn(one)
    assert shown
    assert shown.alt == alt


def test_all_pictures_of_a_page_take_one_statement(django_assert_num_queries: Callable[..., Any]) -> None:
    for one in (image(), image(), image()):
        drawn(one)
    keys = list(get_image_model().objects.values_list("pk", flat=True))

    with django_assert_num_queries(1):
        shown = list(images_in_sizes(keys).values())
        assert len({drawn(one).src for one in shown if drawn(one)}) == len(shown)  # type: ignore[union-attr]


def test_no_picture_is_no_picture_and_the_sample_needs_no_file() -> None:
    assert drawn(None) is None
    sample = drawn(sample_image())
    assert sample
    assert sample.src.endswith("sample.webp")
