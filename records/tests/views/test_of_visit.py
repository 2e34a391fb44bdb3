"""The page of a visit leads its patient to what was written at it, and to nothing that they may not read yet."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.tests.factories import UserFactory
from booking.models import Appointment
from booking.tests.steps import user_of
from common import clock
from records.models import Document, Prescription, VisitNote
from records.templatetags.visit_record import record_of_visit
from records.tests.document_steps import added, sent
from records.tests.prescribing import rx_draft, rx_sign
from records.tests.steps import draft, sign, visit

pytestmark = pytest.mark.django_db


def page_of(appointment: Appointment, client: Client) -> str:
    client.force_login(user_of(appointment.patient))
    return client.get(f"/appointments/{appointment.public_id}/").content.decode()


def path(name: str, one: VisitNote | Prescription | Document) -> str:
    return reverse(f"records:{name}", args=[one.public_id])


def test_what_is_signed_and_clean_is_led_to_and_nothing_before(client: Client) -> None:
    seen = visit()
    note, prescription = draft(seen), rx_draft(seen)
    waiting = sent(seen.patient, by=user_of(seen.doctor), title="Waits for its check", appointment_id=seen.public_id)
    before = page_of(seen, client)
    assert "From this visit" not in before
    assert waiting.title not in before
    note, prescription = sign(note), rx_sign(prescription)
    document = added(seen.patient, title="Blood test", appointment_id=seen.public_id)
    elsewhere = added(seen.patient, title="Of no visit")
    after = page_of(seen, client)
    for led_to in (
        path("note", note),
        path("prescription", prescription),
        reverse("records:document", args=[document.public_id]),
    ):
        assert f'href="{led_to}"' in after
    assert elsewhere.title not in after


def test_a_note_that_is_released_later_is_not_named_before(client: Client) -> None:
    seen = visit()
    note = sign(draft(seen), release_on=clock.clinic_day(clock.now()) + timedelta(days=3))
    assert path("note", note) not in page_of(seen, client)


def test_nobody_else_is_led_to_it() -> None:
    seen = visit()
    sign(draft(seen))
    assert record_of_visit(seen, user_of(seen.patient))
    for other in (user_of(seen.doctor), UserFactory.create()):
        assert record_of_visit(seen, other) is None
