from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Case, F, JSONField, Value, When
from django.db.models.functions import JSONObject

from notifications.models import Arrival, MailEvent, Message, NotificationSettings
from notifications.states import ENDED

AT_ONCE = 1000


def messages_purge(*, now: datetime) -> int:
    """Forget what old messages said, of those that nothing more becomes of: that there was one is kept, and where its
    notice leads. Answers how many. It may run twice at once, and goes on where another run has ended.
    """
    rules: NotificationSettings = NotificationSettings.load()
    before = now - timedelta(days=rules.facts_kept_days)
    MailEvent.objects.filter(at__lt=before).delete()
    Arrival.objects.filter(at__lt=before).delete()
    old = Message.objects.filter(created_at__lt=before, purged_at=None, status__in=ENDED)
    kept = Case(
        When(facts__has_key="path", then=JSONObject(path=F("facts__path"))), default=Value({}, output_field=JSONField())
    )
    purged = 0
    while keys := list(old.values_list("pk", flat=True)[:AT_ONCE]):
        purged += Message.objects.filter(pk__in=keys, purged_at=None).update(facts=kept, purged_at=now)
    return purged
