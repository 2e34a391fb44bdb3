"""The blocks of the site settings: what stands around every page, and leads somewhere."""

from __future__ import annotations

from wagtail import blocks

from home.blocks.base import LinkBlock


class SiteLinkBlock(LinkBlock):
    """A link around every page. To a page it follows wherever that moves, and goes while the page is not live."""

    label = blocks.CharBlock(
        max_length=60, help_text="In one to four words. In another language the translated page's own title is shown."
    )
    page = blocks.PageChooserBlock(
        required=False, help_text="The link follows the page when it moves, and vanishes while it is not published."
    )


class MenuLinkBlock(SiteLinkBlock):
    text = blocks.CharBlock(
        required=False, max_length=90, label="What is there", help_text="A few words under the link; may be left out."
    )


class MenuGroupBlock(blocks.StructBlock):
    heading = blocks.CharBlock(
        required=False, max_length=40, help_text="Above these links; may be left out where there is one group alone."
    )
    links = blocks.ListBlock(
        MenuLinkBlock(), min_num=1, max_num=8, help_text="The most wanted first; eight at most, better five."
    )

    class Meta:
        icon = "list-ul"


class MenuBlock(SiteLinkBlock):
    """A word of the main menu that opens on groups of links; its own page comes first in what opens."""

    text = blocks.CharBlock(
        required=False, max_length=160, help_text="One sentence beside the links: what this part of the site is for."
    )
    groups = blocks.ListBlock(MenuGroupBlock(), min_num=1, max_num=3, help_text="Up to three, side by side on a desk.")

    class Meta:
        icon = "bars"
        label = "Menu"


class FooterColumnBlock(blocks.StructBlock):
    heading = blocks.CharBlock(max_length=40, help_text="One or two words above the links.")
    links = blocks.ListBlock(SiteLinkBlock(), min_num=1, max_num=8, help_text="Eight at most.")

    class Meta:
        icon = "list-ul"
