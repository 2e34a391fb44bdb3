from __future__ import annotations

from django.contrib.auth.models import AbstractUser

from common.errors import Forbidden

VIEW_MESSAGES = "notifications.view_message"
REWORD = "notifications.change_messagewording"


def assert_may_retry(actor: AbstractUser) -> None:
    """Whoever sees which messages went out may have one tried again, or laid aside. Raises `Forbidden`."""
    if not actor.has_perm(VIEW_MESSAGES):
        raise Forbidden("not_an_operator", "Administrators deal with messages that failed.")


def assert_may_reword(actor: AbstractUser) -> None:
    """Whoever may change what messages say may try it on themselves. Raises `Forbidden`."""
    if not actor.has_perm(REWORD):
        raise Forbidden("not_an_editor", "Content editors change what messages say.")
