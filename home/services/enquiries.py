from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from audit.services import event_record
from common import clock
from common.fields import UNREADABLE, opened
from home.locks import enquiry_locked
from home.models import ContactPage, Enquiry
from home.policies import assert_may_read_enquiries
from notifications.services import Outgoing, messages_queue

# What was answered is of no use later, and there is no reason to keep what people wrote.
ENQUIRY_KEPT = timedelta(days=180)


@transaction.atomic
def enquiry_receive(*, page_id: int, answers: Sequence[tuple[str, str]]) -> Enquiry:
    """Keeps what somebody wrote by the contact page, pairs of question and answer, and tells whom the page names.

    Whoever may send it, the page has found out: anybody, so often (`home.spam`). The mail says that there is something
    to read and where, never what.
    """
    page, now = ContactPage.objects.get(pk=page_id), clock.now()
    enquiry = Enquiry.objects.create(page=page, received_at=now, answers=json.dumps(list(answers)))
    event_record("enquiry.received", enquiry, actor=None)
    if page.told:
        facts = {"reference": enquiry.reference, "path": reverse("enquiry", args=[enquiry.public_id])}
        key = f"enquiry_received:{enquiry.public_id}"
        message = Outgoing(kind="enquiry_received", email=page.told, facts=facts, dedupe_key=key)
        messages_queue(messages=[message], now=now)
    return enquiry


@transaction.atomic
def enquiry_read(*, actor: User, enquiry_id: UUID) -> list[tuple[str, str]]:
    """What it says, noted as read by that person. Raises `Forbidden` and `NotFound`."""
    assert_may_read_enquiries(actor)
    enquiry = enquiry_locked(enquiry_id)
    event_record("enquiry.read", enquiry, actor=actor)
    answers = opened(enquiry, "answers")
    if answers is None:
        return [("What they wrote", UNREADABLE)]
    return [(question, answer) for question, answer in json.loads(answers)]


@transaction.atomic
def enquiry_answer(*, actor: User, enquiry_id: UUID) -> Enquiry:
    """Notes that somebody has answered it; again changes nothing. Raises `Forbidden` and `NotFound`."""
    assert_may_read_enquiries(actor)
    enquiry = enquiry_locked(enquiry_id)
    if enquiry.answered_at is None:
        enquiry.answered_at, enquiry.answered_by = clock.now(), actor
        enquiry.save(update_fields=["answered_at", "answered_by"])
        event_record("enquiry.answered", enquiry, actor=actor)
    return enquiry


@transaction.atomic
def enquiries_forget(*, now: datetime) -> int:
    """Deletes what was answered long enough ago, each with an event that says so. Answers how many."""
    over = list(Enquiry.objects.filter(answered_at__lt=now - ENQUIRY_KEPT)[:500])
    for enquiry in over:
        event_record("enquiry.forgotten", enquiry, actor=None)
    Enquiry.objects.filter(pk__in=[enquiry.pk for enquiry in over]).delete()
    return len(over)
