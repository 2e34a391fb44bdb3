from __future__ import annotations

from django.db import transaction

from accounts.models import GuideDismissal, User


@transaction.atomic
def guide_dismiss(*, actor: User, guide: GuideDismissal.Guide) -> None:
    """Put a guide to the first steps away, for the person themselves; once more changes nothing.

    How somebody's own page looks is nobody else's matter, so no event is written.
    """
    GuideDismissal.objects.get_or_create(user=actor, guide=guide)


@transaction.atomic
def guide_restore(*, actor: User, guide: GuideDismissal.Guide) -> None:
    """Show it again, if steps of it are left."""
    GuideDismissal.objects.filter(user=actor, guide=guide).delete()
