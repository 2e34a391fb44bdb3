from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import StreamField

from home.blocks import LinkBlock
from home.blocks.navigation import FooterColumnBlock, MenuBlock, SiteLinkBlock


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
    emergency_page = models.ForeignKey(
        "wagtailcore.Page",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Whom to call, for whoever searches for something that cannot wait; empty for the numbers alone.",
    )
    emergency_words = models.TextField(
        "words of an emergency",
        blank=True,
        default="",
        db_default="",
        help_text="One or a few words a line. Whoever searches for them is told of 999 and 111 above what was found. "
        "Chest pain, stroke, overdose and the like are known already, with common slips; these come on top.",
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
    navigation = StreamField(
        [("link", SiteLinkBlock()), ("menu", MenuBlock())],
        blank=True,
        max_num=7,
        verbose_name="main menu",
        help_text="At the top of every page: links, and menus that open on more of them. While it is empty it is made "
        "of the pages right below the home page that are marked to be shown in menus.",
    )
    utility = StreamField(
        [("link", SiteLinkBlock())],
        blank=True,
        max_num=4,
        verbose_name="small links above it",
        help_text="What people look for in a hurry, such as contact and emergencies; languages come by themselves.",
    )
    footer = StreamField(
        [("column", FooterColumnBlock())],
        blank=True,
        max_num=4,
        verbose_name="columns of the footer",
        help_text="Up to four columns of links at the foot of every page.",
    )
    footer_address = models.CharField(
        "postal address",
        max_length=160,
        blank=True,
        default="",
        db_default="",
        help_text="In one line, at the foot of every page; empty for none.",
    )
    footer_legal = models.CharField(
        "legal line",
        max_length=240,
        blank=True,
        default="",
        db_default="",
        help_text="Who runs the clinic and who regulates it: the company, its number, the regulator. Empty for none.",
    )

    banner_text = models.CharField(
        "what everybody must know",
        max_length=240,
        blank=True,
        default="",
        db_default="",
        help_text="On every page, above everything: a clinic that is closed, phones that do not work. Short and plain.",
    )
    banner_link = StreamField(
        [("link", LinkBlock())], blank=True, max_num=1, verbose_name="where to read more", help_text="May be left out."
    )
    banner_from = models.DateTimeField(
        "show it from", null=True, blank=True, help_text="By the clinic's clock; a time that has passed means at once."
    )
    banner_until = models.DateTimeField("show it until", null=True, blank=True, help_text="It goes by itself then.")

    select_related: ClassVar[list[str]] = ["social_image", "emergency_page"]
    edit_handler = TabbedInterface(
        [
            ObjectList(
                [
                    FieldPanel("clinic_name", help_text="In the title of every page and at its foot."),
                    FieldPanel("tagline", help_text="One sentence at the foot of every page."),
                    MultiFieldPanel(
                        [
                            FieldPanel("phone", help_text="At the foot of every page; empty for none."),
                            FieldPanel("email", help_text="For questions that are not about anybody's health."),
                        ],
                        heading="How to reach the clinic",
                    ),
                    MultiFieldPanel(
                        [FieldPanel("emergency"), FieldPanel("emergency_page"), FieldPanel("emergency_words")],
                        heading="When it cannot wait",
                    ),
                ],
                heading="Clinic",
            ),
            ObjectList(
                [
                    FieldPanel("banner_text"),
                    FieldPanel("banner_link"),
                    MultiFieldPanel([FieldPanel("banner_from"), FieldPanel("banner_until")], heading="When"),
                ],
                heading="Emergency banner",
            ),
            ObjectList(
                [FieldPanel("navigation"), FieldPanel("utility", heading="Small links above the main menu")],
                heading="Navigation",
            ),
            ObjectList(
                [FieldPanel("footer"), FieldPanel("footer_address"), FieldPanel("footer_legal")], heading="Footer"
            ),
            ObjectList([FieldPanel("description"), FieldPanel("social_image")], heading="Search and sharing"),
        ]
    )

    class Meta:
        verbose_name = "site settings"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(banner_until__isnull=True)
                | models.Q(banner_from__isnull=True)
                | models.Q(banner_until__gt=models.F("banner_from")),
                name="site_banner_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return self.clinic_name

    @classmethod
    def for_request(cls, request: HttpRequest) -> Self:
        cls.know_site(request)
        found: Self = super().for_request(request)
        return found

    @classmethod
    def know_site(cls, request: HttpRequest) -> None:
        """Read the settings, their site and its root page in one statement, where Wagtail takes two to look for them.

        Holds while an installation has one site (`page_path`). Without any, Wagtail says so.
        """
        if hasattr(request, cls.get_cache_attr_name()) or hasattr(request, "_wagtail_site"):
            return
        rows = cls.base_queryset().select_related("site__root_page").filter(site__is_default_site=True)
        if (found := rows.first()) is not None:
            request._wagtail_site = found.site  # type: ignore[attr-defined]  # noqa: SLF001 - where Wagtail keeps it
            setattr(request, cls.get_cache_attr_name(), found)

    def clean(self) -> None:
        """A banner has its words and both ends: one that nobody remembers to take down is believed by nobody."""
        super().clean()
        given = {name: getattr(self, name) for name in ("banner_text", "banner_from", "banner_until")}
        missing = [name for name, value in given.items() if not value]
        if self.banner_text and missing:
            raise ValidationError(dict.fromkeys(missing, "Say when: a banner has a beginning and an end."))
        if self.banner_from and self.banner_until and self.banner_until <= self.banner_from:
            raise ValidationError({"banner_until": "This is not after the beginning."})

    def has_banner(self, now: datetime) -> bool:
        """Whether the banner is shown at this instant: from its beginning on, and no longer at its end."""
        if not (self.banner_text and self.banner_from and self.banner_until):
            return False
        return self.banner_from <= now < self.banner_until

    def banner_changes(self) -> list[datetime]:
        """The instants at which the banner comes and goes, for whoever keeps pages that show it."""
        return [edge for edge in (self.banner_from, self.banner_until) if edge and self.banner_text]

    def linked_page_ids(self) -> set[int]:
        """The pages that menus, small links, footer and banner lead to, read from the stored form. No statement."""
        return {link["page"] for link in self._links() if link.get("page")}

    def _links(self) -> Iterator[dict[str, Any]]:
        for block in [*self.utility.raw_data, *self.navigation.raw_data, *self.banner_link.raw_data]:
            yield block["value"]
            for group in block["value"].get("groups", ()):
                yield from (item["value"] for item in group["value"]["links"])
        for column in self.footer.raw_data:
            yield from (item["value"] for item in column["value"]["links"])
