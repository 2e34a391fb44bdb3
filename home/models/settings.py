from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import StreamField

from home.blocks import LinkBlock


class FooterColumnBlock(blocks.StructBlock):
    heading = blocks.CharBlock(max_length=40)
    links = blocks.ListBlock(LinkBlock(), min_num=1, max_num=8)

    class Meta:
        icon = "list-ul"


@register_setting(icon="site")
class SiteSettings(BaseSiteSetting):
    """What every public page shows around its content; one row a Wagtail site."""

    clinic_name = models.CharField(max_length=60, default="MedConsult")
    tagline = models.CharField(max_length=120, default="Verified doctors, at a time that suits you.")
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField("email address", blank=True)
    emergency = models.CharField(
        "emergency sentence",
        max_length=200,
        default="In an emergency call 999. For urgent medical advice call 111.",
        help_text="At the foot of every page.",
    )
    description = models.CharField(
        max_length=200,
        blank=True,
        help_text="What search engines show for pages that have no description of their own.",
    )
    social_image = models.ForeignKey(
        "wagtailimages.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Shown when a page is shared; 1200 by 630 pixels or larger.",
    )
    navigation = StreamField([("link", LinkBlock())], blank=True, max_num=6, help_text="At the top of every page.")
    footer = StreamField([("column", FooterColumnBlock())], blank=True, max_num=4)

    select_related: ClassVar[list[str]] = ["social_image"]
    edit_handler = TabbedInterface(
        [
            ObjectList(
                [
                    FieldPanel("clinic_name"),
                    FieldPanel("tagline"),
                    MultiFieldPanel([FieldPanel("phone"), FieldPanel("email")], heading="How to reach the clinic"),
                    FieldPanel("emergency"),
                ],
                heading="Clinic",
            ),
            ObjectList([FieldPanel("navigation"), FieldPanel("footer")], heading="Navigation and footer"),
            ObjectList([FieldPanel("description"), FieldPanel("social_image")], heading="Search and sharing"),
        ]
    )

    class Meta:
        verbose_name = "site settings"

    def __str__(self) -> str:
        return self.clinic_name

    def linked_page_ids(self) -> set[int]:
        """The pages that navigation and footer lead to, read from the stored form without fetching them."""
        links: list[dict[str, Any]] = [block["value"] for block in self.navigation.raw_data]
        for column in self.footer.raw_data:
            links += [item["value"] for item in column["value"]["links"]]
        return {link["page"] for link in links if link.get("page")}
