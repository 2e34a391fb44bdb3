"""What several families of blocks share: which text may be formatted how, and links."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from home.blocks.choosers import PageChooserBlock

TEXT = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link"]
PLAIN_TEXT = ["bold", "italic", "ol", "ul", "link"]


class LinkBlock(blocks.StructBlock):
    """A way to a page of this site, or to an address: one of the two."""

    label = blocks.CharBlock(max_length=60, help_text="What the link says: where it leads, in one to four words.")
    page = PageChooserBlock(
        required=False, help_text="A page of this site; the link follows it when it moves. Or give an address below."
    )
    address = blocks.RegexBlock(
        regex=r"^(/(?!/)\S*|https?://\S+)$",
        required=False,
        help_text="Instead of a page: a path such as /account/signup/, or a whole address with https://.",
        error_messages={"invalid": "Start with / for this site, or with https:// for another."},
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        given = [bool(cleaned["page"]), bool(cleaned["address"])]
        # A draft may lack both for now.
        if all(given) or not (any(given) or self.is_deferred_validation):
            message = ValidationError("Choose a page or give an address: one of the two.")
            raise StructBlockValidationError(block_errors={"page": message})
        return cleaned

    class Meta:
        icon = "link"


class LinksBlock(blocks.StreamBlock):
    """Up to two ways on, the first of them the main one."""

    link = LinkBlock()

    class Meta:
        max_num = 2
        required = False


def sample_link(label: str = "Find a doctor", address: str = "/doctors/") -> dict[str, Any]:
    """A link as a block's preview shows one."""
    return {"label": label, "page": None, "address": address}
