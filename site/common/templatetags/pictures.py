from __future__ import annotations

from django import template
from wagtail.images.models import AbstractImage

from common import pictures

register = template.Library()


@register.simple_tag
def drawn(image: AbstractImage | None, shape: str = "whole") -> pictures.Drawn | None:
    """The picture in the sizes that the component `c-picture` shows."""
    return pictures.drawn(image or None, shape)
