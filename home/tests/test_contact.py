"""Writing to the clinic by a contact page: what is kept, who is told, who reads it, and what robots come to."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse
from wagtail.models import Page, PageViewRestriction

from accounts.roles import Role
from accounts.tests.factories import UserFactory
from audit.models import Event
from common import clock
from common.errors import Forbidden
from home import spam
from home.models import ContactField, ContactPage, Enquiry
from home.services import ENQUIRY_KEPT, enquiries_forget, enquiry_answer, enquiry_read, enquiry_receive
from home.tests.factories import below_home
from notifications.models import Message

pytestmark = pytest.mark.django_db

SECRET = "My knee hurts"
TYPED = {"your_name": "Ada Osei", "email": "ada@example.org", "message": SECRET}


@pytest.fixture
def contact() -> ContactPage:
    made = ContactPage(title="Contact us", told="reception@example.org")
    for label, kind in (("Your name", "singleline"), ("Email", "email"), ("Message", "multiline")):
        made.form_fields.add(ContactField(label=label, field_type=kind, required=True))
    return below_home(made)


@pytest.fixture(autouse=True)
def _nobody_is_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spam, "FASTEST", timedelta(seconds=-1))


def send(contact: Page, **changes: Any) -> Any:
    client = Client()
    shown = client.get(contact.url).content.decode()
    stamp = re.search(r'name="opened" value="([^"]+)"', shown)
    assert stamp
    return client.post(contact.url, {**TYPED, spam.TRAP: "", spam.STAMP: stamp[1], **changes})


def enquiry(contact: ContactPage) -> Enquiry:
    return enquiry_receive(page_id=contact.pk, answers=[("Message", SECRET)])


def test_what_is_sent_is_kept_encrypted_and_announced_without_a_word_of_it(contact: ContactPage) -> None:
    answer = send(contact)

    assert (answer.status_code, answer["Location"]) == (302, f"{contact.url}?sent")
    assert "We have your message" in Client().get(answer["Location"]).content.decode()
    kept = Enquiry.objects.get()
    assert json.loads(kept.answers) == [["Your name", "Ada Osei"], ["Email", "ada@example.org"], ["Message", SECRET]]
    with connection.cursor() as cursor:
        cursor.execute("SELECT answers FROM home_enquiry")
        assert "Ada" not in str(cursor.fetchone())
    message = Message.objects.get()
    assert message.email == "reception@example.org"
    assert message.facts.keys() == {"reference", "path"}
    for part in (json.dumps(message.facts), str(list(Event.objects.values()))):
        assert SECRET not in part
        assert "Ada" not in part
    assert message.facts["reference"] == kept.reference


@pytest.mark.parametrize("kind", ["dropdown", "radio"])
def test_a_question_with_nothing_to_choose_is_refused_beside_its_choices(kind: str) -> None:
    """Nobody could answer it, and so nobody send the form."""
    question = ContactField(label="About what?", field_type=kind, choices=" \r\n", required=True)
    with pytest.raises(ValidationError) as refused:
        question.clean()
    assert [*refused.value.message_dict] == ["choices"]
    question.choices = "A bill\r\nA thank you"
    question.clean()


def test_a_form_that_lacks_something_comes_back_with_all_that_was_typed(contact: ContactPage) -> None:
    answer = send(contact, email="no address")

    assert answer.status_code == 422
    shown = answer.content.decode()
    assert SECRET in shown
    assert 'value="no address"' in shown
    assert "<title>Problem: " in shown
    assert "Enter a valid email address." in shown
    assert not Enquiry.objects.exists()


def test_a_robot_is_thanked_and_nothing_is_kept(contact: ContactPage) -> None:
    answer = send(contact, **{spam.TRAP: "https://buy.example/"})

    assert answer["Location"] == f"{contact.url}?sent"
    assert not Enquiry.objects.exists()


@pytest.mark.parametrize("stamp", ["", "form:forged", "form:1tCnBT:x"])
def test_a_form_that_nobody_opened_is_shown_again_and_goes_through_then(contact: ContactPage, stamp: str) -> None:
    answer = send(contact, **{spam.STAMP: stamp})

    assert answer.status_code == 422
    again = re.search(r'name="opened" value="([^"]+)"', answer.content.decode())
    assert again
    assert send(contact, **{spam.STAMP: again[1]}).status_code == 302


def test_who_is_faster_than_a_person_is_asked_once_more(contact: ContactPage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spam, "FASTEST", timedelta(hours=1))

    assert send(contact).status_code == 422
    assert not Enquiry.objects.exists()


def test_one_network_may_send_so_many_an_hour(contact: ContactPage) -> None:
    answers = [send(contact).status_code for _ in range(spam.MESSAGES.most + 1)]

    assert answers == [302] * spam.MESSAGES.most + [429]
    assert Enquiry.objects.count() == spam.MESSAGES.most


def test_a_text_longer_than_a_person_writes_is_refused(contact: ContactPage) -> None:
    assert send(contact, message="x" * 3001).status_code == 422
    assert send(contact, your_name="x" * 201).status_code == 422


def test_a_page_behind_a_password_takes_nothing_from_who_has_not_given_it(contact: ContactPage) -> None:
    PageViewRestriction.objects.create(page=contact, restriction_type="password", password="open")
    Client().post(contact.url, TYPED)

    assert not Enquiry.objects.exists()


def test_the_page_is_kept_in_no_cache(contact: ContactPage) -> None:
    assert "no-store" in Client().get(contact.url)["Cache-Control"]


def test_administrators_alone_read_it_and_each_reading_is_noted(contact: ContactPage) -> None:
    kept = enquiry(contact)
    administrator = UserFactory.create(roles=[Role.ADMINISTRATOR])
    others = [UserFactory.create(roles=[Role.CONTENT_EDITOR]), UserFactory.create(is_superuser=True)]

    assert enquiry_read(actor=administrator, enquiry_id=kept.public_id) == [("Message", SECRET)]
    assert Event.objects.filter(action="enquiry.read").count() == 1
    for other in others:
        for service in (enquiry_read, enquiry_answer):
            with pytest.raises(Forbidden):
                service(actor=other, enquiry_id=kept.public_id)


def test_the_desk_lists_what_waits_and_an_administrator_notes_that_it_was_answered(contact: ContactPage) -> None:
    kept, desk = enquiry(contact), Client()
    desk.force_login(UserFactory.create(roles=[Role.ADMINISTRATOR]), backend="accounts.backends.AccountBackend")

    assert kept.reference in desk.get(reverse("enquiries")).content.decode()
    assert SECRET in desk.get(reverse("enquiry", args=[kept.public_id])).content.decode()
    for _ in range(2):
        desk.post(reverse("enquiry", args=[kept.public_id]))

    kept.refresh_from_db()
    assert kept.answered_at
    assert Event.objects.filter(action="enquiry.answered").count() == 1


def test_wagtails_own_list_of_forms_shows_nobody_anything(contact: ContactPage) -> None:
    desk = Client()
    desk.force_login(UserFactory.create(roles=[Role.CONTENT_EDITOR]), backend="accounts.backends.AccountBackend")

    assert contact.title not in desk.get(reverse("wagtailforms:index"), follow=True).content.decode()
    assert desk.get(reverse("wagtailforms:list_submissions", args=[contact.pk])).status_code in {302, 403, 404}


def test_what_was_answered_long_ago_is_deleted_and_what_waits_stays(contact: ContactPage) -> None:
    answered, waiting = enquiry(contact), enquiry(contact)
    enquiry_answer(actor=UserFactory.create(roles=[Role.ADMINISTRATOR]), enquiry_id=answered.public_id)
    now = clock.now()

    assert enquiries_forget(now=now + ENQUIRY_KEPT - timedelta(hours=1)) == 0
    assert enquiries_forget(now=now + ENQUIRY_KEPT + timedelta(hours=1)) == 1
    assert list(Enquiry.objects.all()) == [waiting]
    assert Event.objects.filter(action="enquiry.forgotten").count() == 1
