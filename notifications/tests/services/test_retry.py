from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from functools import partial
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.contrib.auth.models import Group

from audit.models import Event
from common import clock
from common.errors import Conflict, Forbidden, NotFound
from devtools.testing.parallel import Outcome
from notifications.models import Message
from notifications.services import message_retry, messages_deliver, retry
from notifications.services.deliver import MAX_ATTEMPTS
from notifications.states import ENDED, MessageStatus
from notifications.tests.factories import MessageFactory, PersonFactory

pytestmark = pytest.mark.django_db


def operator() -> Any:
    person = PersonFactory()
    group, _ = Group.objects.get_or_create(name="Administrators")
    person.groups.add(group)
    return person


def failed(**facts: Any) -> Message:
    return MessageFactory(
        status=MessageStatus.FAILED, attempts=MAX_ATTEMPTS, last_error="SMTPServerDisconnected", **facts
    )


def test_a_message_that_was_given_up_is_sent_after_all_and_the_log_says_who_asked(mailoutbox: list[Any]) -> None:
    message, person = failed(), operator()
    message_retry(actor=person, message_id=message.public_id)
    assert messages_deliver() == 1
    message.refresh_from_db()
    assert (message.status, message.attempts, message.last_error) == (MessageStatus.SENT, 1, "")
    assert len(mailoutbox) == 1
    event = Event.objects.get(action="message.retried")
    assert (event.actor_id, event.object_id) == (person.public_id, str(message.public_id))
    assert message.email not in str(event.data)


@pytest.mark.parametrize("status", [status for status in MessageStatus if status != MessageStatus.FAILED])
def test_what_has_not_failed_is_left_alone(status: MessageStatus) -> None:
    message = MessageFactory(status=status, attempts=2)
    with pytest.raises(Conflict, match="has not failed"):
        message_retry(actor=operator(), message_id=message.public_id)
    message.refresh_from_db()
    assert (message.status, message.attempts) == (status, 2)


def test_what_was_purged_cannot_be_sent() -> None:
    message = failed(purged_at=clock.now())
    with pytest.raises(Conflict, match="has been deleted"):
        message_retry(actor=operator(), message_id=message.public_id)


def test_nobody_else_may() -> None:
    message = failed()
    for group in ("Content editors", "Clinic staff", "Verification officers", "Billing officers", "Auditors"):
        person = PersonFactory()
        person.groups.add(Group.objects.get(name=group))
        with pytest.raises(Forbidden):
            message_retry(actor=person, message_id=message.public_id)
    with pytest.raises(NotFound):
        message_retry(actor=operator(), message_id=uuid.uuid4())
    assert message.status in ENDED
    assert not Event.objects.filter(action="message.retried").exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("lock", ["held", "taken away"])
def test_two_operators_at_once_put_it_back_once(
    together: Callable[[Sequence[Callable[[], Any]]], list[Outcome[Any]]], monkeypatch: pytest.MonkeyPatch, lock: str
) -> None:
    message, people = failed(), [operator(), operator()]
    if lock == "taken away":
        both = Barrier(2)

        def seen_together(message_id: uuid.UUID) -> Message:
            found = Message.objects.get(public_id=message_id)
            try:
                both.wait(timeout=5)
            except BrokenBarrierError as error:
                raise AssertionError from error
            return found

        monkeypatch.setattr(retry, "lock_message", seen_together)
    tries = [partial(message_retry, actor=person, message_id=message.public_id) for person in people]
    outcomes = together(tries)
    refused = [outcome.error for outcome in outcomes if outcome.error]
    assert [type(error) for error in refused] == ([Conflict] if lock == "held" else [])
    assert Event.objects.filter(action="message.retried").count() == (1 if lock == "held" else 2)
