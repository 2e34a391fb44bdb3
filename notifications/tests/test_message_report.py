from __future__ import annotations

from http import HTTPStatus

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import clock
from notifications.states import MessageStatus
from notifications.tests.factories import MessageFactory, PersonFactory

pytestmark = pytest.mark.django_db
REPORT = "/admin/reports/messages/"


@pytest.fixture
def administrator(client: Client) -> Client:
    person = PersonFactory()
    person.groups.add(Group.objects.get(name="Administrators"))
    client.force_login(person)
    return client


def test_an_administrator_sees_what_was_given_up(administrator: Client) -> None:
    MessageFactory(email="waits@example.org")
    MessageFactory(
        email="dead@example.org", status=MessageStatus.FAILED, attempts=16, last_error="SMTPRecipientsRefused"
    )
    page = administrator.get(REPORT, {"status": "failed"}).content.decode()
    assert "dead@example.org" in page
    assert "SMTPRecipientsRefused" in page
    assert "Failed" in page
    assert "waits@example.org" not in page


def test_the_report_costs_the_same_for_many(administrator: Client) -> None:
    MessageFactory()
    administrator.get(REPORT)
    with CaptureQueriesContext(connection) as few:
        administrator.get(REPORT)
    MessageFactory.create_batch(20)
    with CaptureQueriesContext(connection) as many:
        administrator.get(REPORT)
    assert len(many) == len(few)


@pytest.mark.parametrize("group", ["Content editors", "Auditors", "Patients", "Doctors", "Billing officers"])
def test_nobody_else_sees_it(client: Client, group: str) -> None:
    person = PersonFactory()
    person.groups.add(Group.objects.get(name=group))
    client.force_login(person)
    MessageFactory(email="waits@example.org")
    assert "waits@example.org" not in client.get(REPORT, follow=True).content.decode()


def test_the_menu_counts_what_the_person_has_not_read(client: Client) -> None:
    person = PersonFactory()
    person.groups.add(Group.objects.get(name="Content editors"))
    client.force_login(person)
    MessageFactory.create_batch(2, user=person)
    MessageFactory(user=person, read_at=clock.now())
    MessageFactory()
    assert "Notices (2)" in client.get("/admin/").content.decode()
    assert client.get(reverse("accounts:notices")).status_code == HTTPStatus.OK
