from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from accounts.models import User
from notifications.services import messages_mark_read
from records.selectors.news import NEWS, news_key, unread_news


def news_mark_read(*, actor: User, thing_ids: Iterable[UUID], now: datetime) -> int:
    """Take the notices about these things of the person's own record off their home. Answers how many.

    What has come in since the page was shown stays new. It changes nothing of the record, so no event is written.
    """
    keys = tuple(news_key(thing_id) for thing_id in thing_ids)
    told = unread_news(actor).values_list("public_id", "dedupe_key") if keys else ()
    read = [notice_id for notice_id, key in told if key.startswith(keys)]
    return messages_mark_read(user=actor, now=now, kinds=[NEWS], message_ids=read) if read else 0
