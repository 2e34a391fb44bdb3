from __future__ import annotations

from typing import Any

from django import template
from wagtail.models import Page

from home.wagtail_admin.checks import Finding
from home.wagtail_admin.desk import findings_of

register = template.Library()


@register.simple_tag
def content_findings(page: Any) -> list[Finding]:
    """What our checks find on the page as the editor has it before them; nothing of what is no page, or is new."""
    return findings_of(page.specific) if isinstance(page, Page) and page.pk else []
