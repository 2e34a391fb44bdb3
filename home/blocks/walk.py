"""What lies in the blocks of a page, however deep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wagtail.blocks.list_block import ListValue
from wagtail.blocks.stream_block import StreamValue
from wagtail.images.models import AbstractImage

from common.pictures import with_renditions
from home.blocks.choosers import read_together


def leaves_of(value: Any) -> Iterator[Any]:
    """Every value in a stream that holds no others."""
    if isinstance(value, StreamValue):
        for block in value:
            yield from leaves_of(block.value)
    elif isinstance(value, ListValue):
        for item in value:
            yield from leaves_of(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from leaves_of(item)
    else:
        yield value


def read_ahead(body: StreamValue) -> None:
    """Read whatever the blocks of a page lead to, so that drawing them takes no statement for it.

    One statement each for pages, pictures, the sizes of these, and files, however many blocks there are.
    """
    with read_together(body):
        leaves = list(leaves_of(body))
    with_renditions(leaf for leaf in leaves if isinstance(leaf, AbstractImage))
