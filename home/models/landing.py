"""A page that an editor builds from blocks alone: a campaign, a service, a place to send people to."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField

from common import clock
from home import blocks, structured_data
from home.models.base import REVIEW_PANEL, PublicPage, words_of


class LandingPage(PublicPage):
    """All blocks, in any order. The title is shown only where no opening comes first."""

    body = StreamField(
        blocks.LANDING_BLOCKS,
        blank=True,
        block_counts={"find_a_doctor": {"max_num": 1}},
        help_text="Begin with an opening, or the page's title stands on top.",
    )

    search_fields = words_of("body")
    template = "home/landing_page.html"
    content_panels: ClassVar[list[Any]] = [*PublicPage.content_panels, FieldPanel("body"), REVIEW_PANEL]
    parent_page_types: ClassVar[list[str]] = ["home.HomePage", "home.SectionPage"]
    subpage_types: ClassVar[list[str]] = []

    class Meta(PublicPage.Meta):
        verbose_name = "landing page"

    def shown(self, request: HttpRequest) -> dict[str, Any]:
        clinic = blocks.Clinic(clock.now(), priced=blocks.priced_in(self.body))
        return {"clinic": clinic, "questions": list(blocks.questions_in(self.body))}

    def structured_data(self, context: dict[str, Any]) -> list[dict[str, Any]]:
        return [structured_data.questions(context["questions"])] if context["questions"] else []
