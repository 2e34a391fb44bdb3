from __future__ import annotations

from django.core.files.images import ImageFile
from wagtail.images.models import Image

from medconsult.demo.content.shapes import Picture


def image_of(picture: Picture) -> Image:
    """The picture in the image library, put there once."""
    found: Image | None = Image.objects.filter(title=picture.title).first()
    if found:
        return found
    focal = picture.focal
    with picture.path.open("rb") as file:
        image: Image = Image.objects.create(
            title=picture.title,
            file=ImageFile(file, name=picture.path.name),
            description=picture.alt,
            focal_point_x=focal.x,
            focal_point_y=focal.y,
            focal_point_width=focal.width,
            focal_point_height=focal.height,
        )
    return image
