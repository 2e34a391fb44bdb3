from __future__ import annotations

from datetime import timedelta

import pytest

from common import clock
from medconsult.demo import diary
from notifications.selectors import unread_for
from notifications.tests.factories import MessageFactory, PersonFactory

pytestmark = pytest.mark.django_db


def test_a_fresh_demo_has_a_little_news_for_each_person_and_the_rest_is_read() -> None:
    now, people = clock.now(), [PersonFactory.create() for _ in range(2)]
    for person in people:
        for days in range(5):
            MessageFactory.create(user=person, created_at=now - timedelta(days=days))

    diary._messages_are_old(now)

    for person in people:
        assert [message.created_at for message in unread_for(person)] == [now, now - timedelta(days=1)]
