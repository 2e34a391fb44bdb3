from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.notices.views import PAGE_LENGTH
from accounts.tests.factories import PatientFactory
from common import clock
from notifications.models import Message
from notifications.states import Channel, MessageStatus, Withheld
from notifications.tests.factories import MessageFactory

pytestmark = pytest.mark.django_db
NOTICES = reverse("accounts:notices")


@pytest.fixture
def person(client: Client) -> User:
    user: User = PatientFactory.create().user
    client.force_login(user)
    return user


def _page(client: Client, address: str = NOTICES) -> str:
    return client.get(address).content.decode()


def test_the_bell_counts_what_is_unread_with_one_statement_that_an_index_answers(client: Client, person: User) -> None:
    profile = reverse("accounts:profile")
    client.get(profile)
    assert "unread" not in _page(client, profile)
    MessageFactory.create_batch(3, user=person)
    MessageFactory(user=person, read_at=clock.now())
    MessageFactory(user=person, channel=Channel.SMS)
    MessageFactory(user=person, created_at=clock.now() + timedelta(days=1))
    MessageFactory()
    with CaptureQueriesContext(connection) as statements:
        page = _page(client, profile)
    assert '3<span class="sr-only"> unread</span>' in page
    assert len([one for one in statements.captured_queries if "notifications_message" in one["sql"]]) == 1
    MessageFactory.create_batch(100, user=person)
    assert '99+<span class="sr-only"> unread</span>' in _page(client, profile)


def test_the_page_says_what_one_was_told_and_what_became_of_it(client: Client, person: User) -> None:
    MessageFactory(user=person, status=MessageStatus.SENT, dedupe_key="a")
    MessageFactory(user=person, channel=Channel.SMS, status=MessageStatus.SENT, dedupe_key="a:sms", email="")
    late = MessageFactory(user=person, status=MessageStatus.WITHHELD, last_error=Withheld.TOO_LATE)
    purged = MessageFactory(user=person, kind="record_new", facts={"path": "/health-record/"}, purged_at=clock.now())
    foreign = MessageFactory()
    page = _page(client)
    assert "Appointment confirmed: Tuesday 6 July 2027, 10:20am" in page
    assert "Emailed to you. Texted to you." in page
    MessageFactory(user=person, status=MessageStatus.WITHHELD, last_error=Withheld.SWITCHED_OFF)
    assert "Not emailed: its time had passed." in page
    assert "Not emailed: you have switched it off." in _page(client)
    assert "There is something new in your health record" in page
    assert all(str(notice.public_id) in page for notice in (late, purged))
    assert str(foreign.public_id) not in page


def test_a_long_list_is_read_page_by_page_at_the_cost_of_one(client: Client, person: User) -> None:
    MessageFactory(user=person)
    _page(client)
    with CaptureQueriesContext(connection) as few:
        _page(client)
    now = clock.now()
    rows = [MessageFactory(user=person, created_at=now - timedelta(hours=age)) for age in range(1, PAGE_LENGTH + 5)]
    with CaptureQueriesContext(connection) as many:
        first = _page(client)
    assert len(many) == len(few)
    assert str(rows[PAGE_LENGTH - 2].public_id) in first
    older = _page(client, f"{NOTICES}?before={rows[PAGE_LENGTH - 2].public_id}")
    assert str(rows[PAGE_LENGTH - 1].public_id) in older
    assert f"?after={rows[PAGE_LENGTH - 1].public_id}" in older
    assert str(rows[0].public_id) not in older


def test_opening_one_leads_to_what_it_tells_of_and_takes_it_off_the_bell(client: Client, person: User) -> None:
    notice, other = MessageFactory.create_batch(2, user=person)
    answer = client.post(reverse("accounts:notice_open", args=[notice.public_id]))
    assert (answer.status_code, answer["Location"]) == (302, notice.facts["path"])
    assert list(Message.objects.filter(read_at=None)) == [other]
    assert client.get(reverse("accounts:notice_open", args=[other.public_id])).status_code == 405


@pytest.mark.parametrize("path", ["", "//elsewhere.example/", "https://elsewhere.example/"])
def test_a_notice_leads_nowhere_else(client: Client, person: User, path: str) -> None:
    notice = MessageFactory(user=person, facts={"path": path}, purged_at=clock.now())
    assert client.post(reverse("accounts:notice_open", args=[notice.public_id]))["Location"] == NOTICES


def test_somebody_elses_notice_is_not_found_and_stays_unread(client: Client, person: User) -> None:
    foreign = MessageFactory()
    assert client.post(reverse("accounts:notice_open", args=[foreign.public_id])).status_code == 404
    client.post(reverse("accounts:notices_read"))
    foreign.refresh_from_db()
    assert foreign.read_at is None


def test_what_arrives_behind_the_page_stays_new_when_all_are_read(client: Client, person: User) -> None:
    MessageFactory(user=person, created_at=clock.now() - timedelta(minutes=1))
    form = re.search(r'name="until" value="([^"]+)"', _page(client))
    assert form
    later = MessageFactory(user=person)
    answer = client.post(reverse("accounts:notices_read"), {"until": form[1]}, follow=True)
    assert Message.objects.get(read_at=None) == later
    assert "but for what has just come in" in answer.content.decode()


def test_all_can_be_read_at_once(client: Client, person: User) -> None:
    MessageFactory.create_batch(3, user=person)
    client.post(reverse("accounts:notices_read"))
    assert not Message.objects.filter(read_at=None).exists()
    assert "Mark all as read" not in _page(client)
