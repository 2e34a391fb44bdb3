"""What editors do to many pages at once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import transaction
from wagtail.models import Page

from accounts.models import User
from common.errors import Forbidden, Invalid


@transaction.atomic
def pages_mark_reviewed(
    *, actor: User, page_ids: Collection[int], day: date, next_review: date
) -> tuple[list[Page], list[Page]]:
    """Notes on public pages that all in them was checked on `day`, and when it is to be checked again.

    Answers which were marked, and which were left as they are: pages that nobody reviews, are not public or have an
    unfinished version, which this would publish. Wagtail's log tells the audit. Raises `Forbidden`, where one of the
    pages is not the actor's to publish, and `Invalid` (`next_review`).
    """
    if next_review <= day:
        told = "Enter a day that is still to come."
        raise Invalid("next_review", told, fields={"next_review": [told]})
    marked, left = [], []
    for page in Page.objects.filter(pk__in=page_ids).order_by("pk").specific():
        if not page.permissions_for_user(actor).can_publish():
            raise Forbidden("page_not_yours", f"You may not publish {page.title}.")
        if not hasattr(page, "next_review") or not page.live or page.has_unpublished_changes or page.locked:
            left.append(page)
            continue
        page.last_reviewed, page.next_review = day, next_review
        page.save_revision(user=actor, log_action=True, clean=False).publish(user=actor)
        marked.append(page)
    return marked, left
