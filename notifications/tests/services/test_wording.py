from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from common import clock
from common.errors import Conflict, Forbidden, Invalid, NotFound
from notifications.kinds import Kind
from notifications.models import Message, MessageWording
from notifications.selectors import notices_page, wording_published
from notifications.services import messages_deliver, wording_test_send
from notifications.services.wording import TESTS
from notifications.tests.factories import MessageFactory, PersonFactory
from notifications.wording import REWORDABLE

pytestmark = pytest.mark.django_db

PATH = "/admin/snippets/notifications/messagewording/edit/1/"


def editor(group: str = "Content editors") -> Any:
    person = PersonFactory()
    person.groups.add(Group.objects.get(name=group))
    return person


def draft(kind: Kind = Kind.APPOINTMENT_BOOKED, **words: str) -> Any:
    """A revision of a kind's words, as the editor's "Save draft" writes it."""
    wording = MessageWording.objects.get(kind=kind)
    for part, text in words.items():
        setattr(wording, part, text)
    return wording.save_revision(clean=False)


def sent(mailoutbox: list[Any], kind: Kind = Kind.APPOINTMENT_BOOKED) -> Any:
    MessageFactory(kind=kind)
    assert messages_deliver() == 1
    return mailoutbox[-1]


def test_there_is_a_row_for_each_kind_that_may_be_reworded_and_no_other() -> None:
    assert set(MessageWording.objects.values_list("kind", flat=True)) == {kind.value for kind in REWORDABLE}


def test_what_is_published_goes_out_and_a_draft_never_does(mailoutbox: list[Any]) -> None:
    own = sent(mailoutbox).subject
    revision = draft(subject="See you on {day}", closing="Warmly, {clinic}")
    assert sent(mailoutbox).subject == own
    revision.publish()
    mail = sent(mailoutbox)
    assert mail.subject == "See you on Tuesday 6 July 2027"
    assert "Warmly, " in mail.body
    draft(subject="Unfinished")
    assert sent(mailoutbox).subject == "See you on Tuesday 6 July 2027"
    MessageWording.objects.get(kind=Kind.APPOINTMENT_BOOKED).unpublish()
    assert sent(mailoutbox).subject == own


def test_what_came_into_the_database_by_another_way_costs_no_message(mailoutbox: list[Any]) -> None:
    own = sent(mailoutbox)
    MessageWording.objects.filter(kind=Kind.APPOINTMENT_BOOKED).update(subject="{reason}")
    mail = sent(mailoutbox)
    assert (mail.subject, mail.body) == (own.subject, own.body)


def test_words_cost_one_statement_and_of_a_kind_that_keeps_its_words_none() -> None:
    for kind, statements in ((Kind.APPOINTMENT_BOOKED, 1), (Kind.CARERS_CHANGED, 0)):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            wording_published(kind)
        assert len(asked) == statements


def test_a_form_is_told_beside_each_field_and_the_database_has_the_last_word() -> None:
    wording = MessageWording.objects.get(kind=Kind.APPOINTMENT_CANCELLED)
    wording.subject, wording.opening, wording.closing = "Cancelled", "{reason}", "Goodbye"
    with pytest.raises(ValidationError) as refused:
        wording.full_clean()
    assert set(refused.value.message_dict) == {"subject", "opening"}
    for part, text in (("subject", "One\nBcc: two"), ("heading", "One\ntwo"), ("closing", "<a>")):
        with pytest.raises(IntegrityError), transaction.atomic():
            MessageWording.objects.filter(pk=wording.pk).update(**{part: text})


def test_an_editor_tries_a_draft_on_themselves_and_nobody_else(
    mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    person, other = editor(), editor()
    draft(subject="See you on {day}", opening="With {doctor}")
    wording = MessageWording.objects.get(kind=Kind.APPOINTMENT_BOOKED)
    wording_test_send(actor=person, wording_id=wording.pk, path=PATH, now=clock.now())
    assert messages_deliver() == 1
    mail = mailoutbox[-1]
    assert mail.to == [person.email]
    assert mail.subject == "[Test] See you on Tuesday 6 July 2027"
    assert "everything in it is made up" in mail.body
    assert "With Dr Amara Osei" in mail.body
    assert PATH in mail.body
    assert not mail.attachments
    assert "List-Unsubscribe" not in mail.extra_headers
    event = Event.objects.get(action="wording.tried")
    assert (event.actor_id, event.data["kind"]) == (person.public_id, "appointment_booked")
    [notice] = notices_page(person, size=10, before=None, after=None).rows
    assert (notice.title, notice.path) == ("[Test] Appointment booked", PATH)
    assert not notices_page(other, size=10, before=None, after=None).rows


def test_nobody_else_may_try_it() -> None:
    wording = MessageWording.objects.get(kind=Kind.APPOINTMENT_BOOKED)
    for group in ("Patients", "Doctors", "Clinic staff", "Verification officers", "Billing officers", "Auditors"):
        with pytest.raises(Forbidden):
            wording_test_send(actor=editor(group), wording_id=wording.pk, path=PATH, now=clock.now())
    for group in ("Content moderators", "Administrators"):
        wording_test_send(actor=editor(group), wording_id=wording.pk, path=PATH, now=clock.now())
    assert Message.objects.count() == 2


def test_words_that_are_refused_are_not_tried_and_ten_tests_an_hour_are_enough() -> None:
    person, wording = editor(), MessageWording.objects.get(kind=Kind.APPOINTMENT_BOOKED)
    draft(subject="{reason}")
    with pytest.raises(Invalid):
        wording_test_send(actor=person, wording_id=wording.pk, path=PATH, now=clock.now())
    draft(subject="Good")
    for _ in range(TESTS.most - 1):
        wording_test_send(actor=person, wording_id=wording.pk, path=PATH, now=clock.now())
    with pytest.raises(Conflict, match="Please wait"):
        wording_test_send(actor=person, wording_id=wording.pk, path=PATH, now=clock.now() + timedelta(minutes=1))
    with pytest.raises(NotFound):
        wording_test_send(actor=editor(), wording_id=0, path=PATH, now=clock.now())
    assert Message.objects.count() == TESTS.most - 1
