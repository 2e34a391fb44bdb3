"""What belongs to a page's copy in another language."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from wagtail.models import GroupPagePermission, WorkflowPage

from home.models import HomePage


@transaction.atomic
def home_page_hand_over(*, source: HomePage, copy: HomePage) -> None:
    """Whoever writes, publishes or approves the pages below one home page does so below its translation.

    Wagtail's rights hold below a page, and a translated home page stands beside the other, not below it.
    """
    for right in GroupPagePermission.objects.filter(page=source).order_by("pk"):
        GroupPagePermission.objects.get_or_create(group=right.group, page=copy, permission=right.permission)
    for one in WorkflowPage.objects.filter(page=source):
        WorkflowPage.objects.get_or_create(page=copy, defaults={"workflow": one.workflow})


def page_translated(source_obj: Any, target_obj: Any, **_: Any) -> None:
    """Answers Wagtail's signal, in the transaction that makes the copy."""
    if isinstance(source_obj, HomePage) and isinstance(target_obj, HomePage):
        home_page_hand_over(source=source_obj, copy=target_obj)
