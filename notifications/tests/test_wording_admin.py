"""How editors change the words of messages, and try them, in Wagtail's admin."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from audit.models import Event
from notifications.kinds import Kind
from notifications.models import Message, MessageWording
from notifications.tests.factories import PersonFactory

pytestmark = pytest.mark.django_db

LIST = "/admin/snippets/notifications/messagewording/"
WORDS = {"subject": "See you on {day}", "heading": "", "opening": "Dear guest,", "closing": "Warmly, {clinic}"}


@pytest.fixture
def editor(client: Client) -> Any:
    person = PersonFactory()
    person.groups.add(Group.objects.get(name="Content editors"))
    client.force_login(person)
    return person


def address(kind: Kind = Kind.APPOINTMENT_BOOKED, page: str = "edit") -> str:
    return f"{LIST}{page}/{MessageWording.objects.get(kind=kind).pk}/"


def test_the_list_says_whose_words_go_out_and_which_messages_keep_theirs(client: Client, editor: Any) -> None:
    MessageWording.objects.filter(kind=Kind.APPOINTMENT_MOVED).update(subject="Moved")
    shown = client.get(LIST).content.decode()
    assert "Appointment booked" in shown
    assert shown.count("An editor’s") == 1
    assert "Messages that keep their words" in shown
    assert "Who helps a patient has changed" in shown
    for page in ("add/", "delete/1/"):
        assert page not in shown
        assert client.get(f"{LIST}{page}").status_code == 404


def test_a_kind_that_must_say_little_keeps_its_subject_whatever_is_sent(client: Client, editor: Any) -> None:
    shown = client.get(address(Kind.RECORD_NEW)).content.decode()
    assert "This stays as it is" in shown
    assert "{doctor}" not in shown
    client.post(address(Kind.RECORD_NEW), {**WORDS, "subject": "Your blood test", "action-publish": "1"})
    record = MessageWording.objects.get(kind=Kind.RECORD_NEW)
    assert (record.subject, record.closing) == ("", "Warmly, {clinic}")


def test_an_editor_saves_a_draft_tries_it_and_publishes_it(client: Client, editor: Any) -> None:
    shown = client.get(address()).content.decode()
    assert "In place of: “Appointment confirmed: {day}, {time}”" in shown
    answer = client.post(address(), {**WORDS, "action-test": "1"}, follow=True)
    assert f"A test is on its way to {editor.email}." in answer.content.decode()
    wording = MessageWording.objects.get(kind=Kind.APPOINTMENT_BOOKED)
    assert (wording.subject, wording.has_unpublished_changes) == ("", True)
    test = Message.objects.get()
    assert (test.user_id, test.facts["words"]["subject"]) == (editor.pk, "See you on {day}")
    client.post(address(), {**WORDS, "action-publish": "1"})
    wording.refresh_from_db()
    assert wording.subject == "See you on {day}"
    assert {"content.edited", "wording.tried", "content.published"} <= {*Event.objects.values_list("action", flat=True)}
    assert Message.objects.count() == 1


def test_what_is_refused_is_said_beside_the_field_and_nothing_is_saved_or_sent(client: Client, editor: Any) -> None:
    answer = client.post(address(), {**WORDS, "opening": "Because of {reason}", "action-test": "1"})
    shown = answer.content.decode()
    assert "{reason} cannot be filled in" in shown
    assert "Because of {reason}" in shown
    assert not Message.objects.exists()
    assert not MessageWording.objects.get(kind=Kind.APPOINTMENT_BOOKED).has_unpublished_changes


def test_the_preview_is_the_mail_in_its_own_style_and_without_scripts(client: Client, editor: Any) -> None:
    assert client.post(address(page="preview"), WORDS).json() == {"is_valid": True, "is_available": True}
    mail = client.get(address(page="preview"), {"mode": "html"})
    assert "Dear guest," in mail.content.decode()
    assert "Dr Amara Osei" in mail.content.decode()
    policy = mail["Content-Security-Policy"]
    assert "script-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    text = client.get(address(page="preview"), {"mode": "text"})
    assert text["Content-Type"].startswith("text/plain")
    assert text.content.decode().startswith("Subject: See you on Tuesday 6 July 2027\n")


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_deletes_them_not_even_an_administrator(client: Client, method: str) -> None:
    client.force_login(PersonFactory(is_staff=True, is_superuser=True))
    wording = MessageWording.objects.get(kind=Kind.APPOINTMENT_BOOKED)
    answer = getattr(client, method)(f"/admin/bulk/notifications/messagewording/delete/?id={wording.pk}")
    assert answer.status_code == 302
    assert MessageWording.objects.filter(pk=wording.pk).exists()


@pytest.mark.parametrize("group", ["Auditors", "Patients", "Doctors", "Billing officers", "Verification officers"])
def test_nobody_else_reads_or_changes_them(client: Client, group: str) -> None:
    person = PersonFactory()
    person.groups.add(Group.objects.get(name=group))
    client.force_login(person)
    for path in (LIST, address(), address(page="preview"), address(page="history")):
        assert client.get(path).status_code in (302, 403, 404)
    client.post(address(), {**WORDS, "action-publish": "1"})
    assert MessageWording.objects.get(kind=Kind.APPOINTMENT_BOOKED).subject == ""
