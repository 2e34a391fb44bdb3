"""What belongs to a page's copy in another language."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Length
from wagtail.log_actions import get_active_log_context
from wagtail.models import GroupPagePermission, Page, PageViewRestriction, WorkflowPage

from accounts.models import User
from audit.services import event_record
from doctors.models.pages import restrictions_on
from home.models import HomePage


@transaction.atomic
def home_page_hand_over(*, actor: User | None, source: HomePage, copy: HomePage) -> None:
    """Whoever writes, publishes or approves the pages below one home page does so below its translation.

    Wagtail's rights hold below a page, and a translated home page stands beside the other, not below it. The copy is
    new: nobody else can hold its rows. `actor` is None where a command translates.
    """
    rights = GroupPagePermission.objects.filter(page=source).select_related("group", "permission").order_by("pk")
    for right in rights:
        GroupPagePermission.objects.get_or_create(group=right.group, page=copy, permission=right.permission)
    for one in WorkflowPage.objects.filter(page=source):
        WorkflowPage.objects.get_or_create(page=copy, defaults={"workflow": one.workflow})
    given = sorted(f"{right.group.name}: {right.permission.codename}" for right in rights)
    event_record("page.rights_given", copy, actor=actor, source=source.pk, rights=given)


@transaction.atomic
def page_restriction_copy(*, actor: User | None, source: Page, copy: Page) -> None:
    """Who may not see a page may not see its translation.

    Wagtail copies a page's own restriction, but not where anything above the copy is restricted, however lightly; nor
    one of a page above whose translation is open. One a page, since its admin edits one. Its log tells the audit.
    """
    nearest = restrictions_on(Value(source.path)).order_by(Length("page__path").desc(), "pk").first()
    if nearest is None:
        return
    held = restrictions_on(Value(copy.path))
    if (held.filter(page=copy) if nearest.page_id == source.pk else held).exists():
        return
    same = PageViewRestriction(page=copy, restriction_type=nearest.restriction_type, password=nearest.password)
    same.save(user=actor)
    same.groups.set(nearest.groups.all())


def page_translated(source_obj: Any, target_obj: Any, **_: Any) -> None:
    """Answers Wagtail's signal, in the transaction that makes the copy, which knows the editor who asked."""
    if not isinstance(source_obj, Page) or not isinstance(target_obj, Page):
        return
    actor = get_active_log_context().user
    page_restriction_copy(actor=actor, source=source_obj, copy=target_obj)
    if isinstance(source_obj, HomePage) and isinstance(target_obj, HomePage):
        home_page_hand_over(actor=actor, source=source_obj, copy=target_obj)
