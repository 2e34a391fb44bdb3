from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from common.uploads import images
from common.uploads.models import MediaType
from common.uploads.readers import picture
from common.uploads.refusals import Refused
from common.uploads.tests import samples

SHAPES = [
    *((MediaType.JPEG, mode) for mode in ("RGB", "L", "CMYK")),
    *((MediaType.PNG, mode) for mode in ("RGB", "RGBA", "L", "LA", "P", "1", "I;16")),
]


def opened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


def anew(content: bytes, media_type: MediaType) -> Image.Image:
    return opened(images.written_anew(BytesIO(content), media_type).content)


@pytest.mark.parametrize(("media_type", "mode"), SHAPES, ids=str)
def test_picture_of_any_colours_is_taken_and_looks_the_same(media_type: MediaType, mode: str) -> None:
    content = samples.picture(media_type.label, mode)
    images.examine(BytesIO(content), media_type)

    before, after = opened(content).convert("RGB"), anew(content, media_type).convert("RGB")

    assert after.size == before.size
    for place in ((5, 20), (60, 20)):
        assert _brightness(after, place) == pytest.approx(_brightness(before, place), abs=8)


def _brightness(image: Image.Image, place: tuple[int, int]) -> float:
    pixel: Any = image.getpixel(place)
    return sum(pixel) / 3


@pytest.mark.parametrize("media_type", [MediaType.JPEG, MediaType.PNG], ids=str)
def test_who_where_and_with_what_is_gone_and_the_picture_stands_upright(media_type: MediaType) -> None:
    content = samples.picture(media_type.label, size=(64, 48), exif=samples.telltale_exif())
    assert samples.CAMERA.encode() in content

    image = anew(content, media_type)

    # Turned right by a quarter, what was bright at the left is bright on top.
    assert image.size == (48, 64)
    assert _brightness(image, (24, 5)) > 200
    assert _brightness(image, (24, 60)) < 50
    assert dict(image.getexif()) == {}
    assert samples.CAMERA.encode() not in images.written_anew(BytesIO(content), media_type).content


def test_nothing_that_is_written_beside_a_picture_stays() -> None:
    profile = b"canary-profile" * 10
    jpeg = samples.commented(samples.jpeg(icc_profile=profile, xmp=b"<canary-xmp/>"), b"canary-comment")
    png = samples.png(icc_profile=profile)
    for content, media_type in ((jpeg, MediaType.JPEG), (png, MediaType.PNG)):
        assert b"canary" in content or media_type is MediaType.PNG
        stored = images.written_anew(BytesIO(content), media_type).content
        assert b"canary" not in stored
        assert set(opened(stored).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}


def test_see_through_palette_stays_see_through() -> None:
    content = samples.png(mode="P", transparency=0)
    image = anew(content, MediaType.PNG)
    assert image.mode == "RGBA"
    assert image.getchannel("A").getextrema() == (0, 255)


def test_camera_picture_with_a_second_view_keeps_the_first() -> None:
    out = BytesIO()
    views = [Image.new("RGB", (64, 48), "white"), Image.new("RGB", (32, 24), "black")]
    views[0].save(out, "MPO", save_all=True, append_images=views[1:])
    images.examine(BytesIO(out.getvalue()), MediaType.JPEG)

    image = anew(out.getvalue(), MediaType.JPEG)

    assert (image.format, image.size, getattr(image, "n_frames", 1)) == ("JPEG", (64, 48), 1)


def test_fifty_megapixels_are_taken_and_unpacked_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """150 MB whole: a web server has several at once to judge, and a worker one after the other to write anew."""
    content = samples.picture("JPEG", "L", size=(10_000, 5_000))
    unpacked: list[tuple[int, int]] = []
    load = JpegImageFile.load

    def note(image: JpegImageFile) -> object:
        unpacked.append(image.size)
        return load(image)

    monkeypatch.setattr(JpegImageFile, "load", note)
    picture.decoded(content, "JPEG")
    assert unpacked == [(1250, 625)]


def test_what_cannot_be_decoded_to_the_end_is_refused() -> None:
    with pytest.raises(Refused):
        images.written_anew(BytesIO(samples.jpeg()[:-100]), MediaType.JPEG)


def test_no_picture_is_decoded_in_our_own_process(monkeypatch: pytest.MonkeyPatch) -> None:
    content = samples.jpeg()

    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("It is decoded here")

    monkeypatch.setattr(Image.Image, "load", never)
    monkeypatch.setattr(JpegImageFile, "load", never)
    images.examine(BytesIO(content), MediaType.JPEG)
    written = images.written_anew(BytesIO(content), MediaType.JPEG)
    assert (written.width, written.height) == Image.open(BytesIO(content)).size
