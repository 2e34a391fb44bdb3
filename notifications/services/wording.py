"""Trying an editor's words on oneself."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from django.contrib.auth.models import AbstractUser
from django.db import transaction

from audit.services import event_record
from common.errors import Conflict, Invalid
from common.limits import Limit, spend
from notifications.kinds import Kind
from notifications.locks import lock_wording
from notifications.models import MessageWording
from notifications.policies import assert_may_reword
from notifications.services.queue import Outgoing, messages_queue
from notifications.wording import Unsayable, checked

TESTS = Limit(name="wording-tests", most=10, within=timedelta(hours=1))


def wording_test_send(*, actor: AbstractUser, wording_id: int, path: str, now: datetime) -> None:
    """Send the newest words of a kind, published or not, to whoever asks: to their own address, of made-up facts.

    That address is confirmed, for nobody signs in with another. `path` is where the mail and its notice lead. Call it
    outside a transaction. Raises `Forbidden`, `NotFound`, `Invalid` for words that are not to go out, and `Conflict`
    after ten in an hour.
    """
    assert_may_reword(actor)
    if not spend(TESTS, str(actor.pk)):
        raise Conflict("too_many_tests", "You have sent yourself ten tests within an hour. Please wait a little.")
    _queue(actor, wording_id, path, now)


@transaction.atomic
def _queue(actor: AbstractUser, wording_id: int, path: str, now: datetime) -> None:
    wording = lock_wording(wording_id)
    newest: MessageWording = wording.get_latest_revision_as_object()
    kind = Kind(wording.kind)
    try:
        words = checked(kind, newest.typed)
    except Unsayable as unsayable:
        faults = {part.value: told for part, told in unsayable.faults.items()}
        raise Invalid("not_to_be_said", "These words cannot be sent yet.", fields=faults) from unsayable
    event_record("wording.tried", wording, actor=actor, kind=kind.value)
    facts = {"of": kind.value, "words": {part.value: text for part, text in words.items()}, "path": path}
    test = Outgoing(kind=Kind.WORDING_TEST, user=actor, facts=facts, dedupe_key=f"wording-test:{uuid4()}")
    messages_queue(messages=[test], now=now)
