"""Every field that an editor meets in a block says what it is for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wagtail import blocks
from wagtail.images.blocks import ImageBlock

from home.blocks import LANDING_BLOCKS

# Wagtail's own picture explains its parts itself, and a block of rich text is the whole of what is offered.
WHOLE = (ImageBlock,)


def fields_of(name: str, block: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(block, blocks.StructBlock) and not isinstance(block, WHOLE):
        for child_name, child in block.child_blocks.items():
            yield f"{name}.{child_name}", child
            yield from fields_of(f"{name}.{child_name}", child)
    elif isinstance(block, blocks.StreamBlock):
        for child_name, child in block.child_blocks.items():
            yield from fields_of(f"{name}.{child_name}", child)
    elif isinstance(block, blocks.ListBlock):
        yield from fields_of(name, block.child_block)


def help_of(block: Any) -> str:
    return str(getattr(block.meta, "help_text", "") or getattr(getattr(block, "field", None), "help_text", "") or "")


def test_every_field_of_every_block_says_what_it_is_for() -> None:
    met = [(at, field) for name, block in LANDING_BLOCKS for at, field in fields_of(name, block)]
    assert len(met) > 60
    assert [at for at, field in met if not help_of(field)] == []
