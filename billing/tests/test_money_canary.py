"""Who somebody is and why they come stays here: no request to Stripe, log line, mail, address, task or key says it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import unquote_plus

import pytest
from celery import current_app
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.tests.factories import PatientFactory
from audit.models import Event
from billing.models import Dispute, Payment, Receipt, Reconciliation, Refund, StripeEvent
from billing.selectors import evidence_of
from billing.services import dispute_answer, reconcile, refund_request, session_end
from billing.tests.services.test_refunds import officer
from billing.tests.steps import Deliver, told_and_done
from booking.models import Appointment
from booking.services import appointment_cancel
from booking.tests.factories import bookable_doctor
from booking.tests.steps import book, decide, user_of
from common import clock
from doctors.tests.factories import SpecialtyFactory
from integrations.stripe.simulator.api import Question
from integrations.stripe.simulator.engine import Reply, Simulator
from integrations.stripe.simulator.world import PREFIXES
from notifications.models import Message
from notifications.services import messages_deliver

pytestmark = pytest.mark.django_db

REASON, NAME, FAMILY = "canaryreason", "Canarygiven", "Canaryfamily"
NHS, BORN, PHONE = "9434765919", date(1931, 2, 3), "+447700900987"
# As people and programs write it: its year alone is in many a number.
BORN_TOLD = ["1931-02-03", "3 february 1931", "03/02/1931", "date(1931, 2, 3)"]
SPECIALTY, VISIT_TYPE, DOCTOR, TEXT, NOTE = (
    "Canaryology",
    "Canary consultation",
    "Canarydoctor",
    "canarycomplaint",
    "canarynote",
)
# Never, anywhere outside our own database's columns for them.
NOWHERE = [REASON, NHS, *BORN_TOLD, PHONE, SPECIALTY, VISIT_TYPE, TEXT, NOTE]
# A mail may name its own reader and the doctor; Stripe, logs, tasks and keys may not.
NOT_ELSEWHERE = [*NOWHERE, NAME, FAMILY, DOCTOR, "canary@example.org"]


@pytest.fixture
def asked(stripe_simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Everything that Stripe has been asked, as it came over the wire."""
    found: list[str] = []
    ask = stripe_simulator.ask

    def overheard(question: Question) -> Reply:
        found.append(unquote_plus(f"{question.method} {question.path} {question.form} {dict(question.headers)}"))
        return ask(question)

    monkeypatch.setattr(stripe_simulator, "ask", overheard)
    return found


@pytest.fixture
def sent_tasks(monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any) -> Iterator[list[str]]:
    found: list[str] = []
    monkeypatch.setattr(current_app, "send_task", lambda *args, **more: found.append(repr((args, more))))
    with django_capture_on_commit_callbacks(execute=True):
        yield found


def visit_of_canaries() -> Appointment:
    decide(pay_at_clinic=False, free_cancellation_hours=1)
    doctor = bookable_doctor(
        price_minor=4500,
        name=VISIT_TYPE,
        doctor={"family_name": DOCTOR, "specialties": [SpecialtyFactory.create(name=SPECIALTY, slug="canaryology")]},
    )
    patient = PatientFactory.create(
        user__email="canary@example.org",
        given_name=NAME,
        family_name=FAMILY,
        birth_date=BORN,
        nhs_number=NHS,
        nhs_number_status="stated",
        nhs_number_status_at=clock.now(),
        phone=PHONE,
    )
    return book(doctor, patient=patient, reason=REASON)


def live_through_it(
    visit: Appointment, simulator: Simulator, deliver: Deliver, client: Client, tasks: list[str]
) -> list[str]:
    """Pay, complain, be refunded in part, be disputed, cancel; the addresses that were gone to."""
    client.force_login(user_of(visit.patient))
    addresses = [reverse("billing:pay", args=[visit.public_id])]
    addresses.append(client.post(addresses[0])["Location"])
    simulator.pay(Payment.objects.get().session_id or "")
    told_and_done(deliver)
    payment, one = Payment.objects.get(), officer()
    problem = reverse("billing:complain", args=[visit.public_id])
    addresses += [problem, client.post(problem, {"reason": "other", "text": TEXT})["Location"]]
    for name in ("billing:returned", "billing:take"):
        client.get(reverse(name, args=[visit.public_id]))
    refund_request(actor=one, payment_id=payment.public_id, amount_minor=500, note=NOTE)
    told_and_done(deliver)
    simulator.open_dispute(payment.charge_id)
    told_and_done(deliver)
    dispute_answer(actor=one, dispute_id=Dispute.objects.get().public_id, evidence=evidence_of(payment))
    simulator.close_dispute(Dispute.objects.get().stripe_id, won=True)
    appointment_cancel(actor=user_of(visit.patient), appointment_id=visit.public_id)
    told_and_done(deliver)
    session_end(payment_id=payment.pk)
    reconcile(actor=one, since=clock.now() - timedelta(days=1))
    return addresses


def found_in(words: list[str], *where: Any) -> list[str]:
    text = " ".join(one if isinstance(one, str) else repr(one) for one in where).lower()
    return [word for word in words if word.lower() in text]


def test_a_date_of_birth_is_found_however_it_is_told_and_a_number_is_none() -> None:
    for told in (BORN, f"{BORN}", f"{BORN:%-d %B %Y}", f"{BORN:%d/%m/%Y}", {"birth_date": BORN}):
        assert found_in(NOWHERE, [told]), told
    assert found_in(NOWHERE, "pi_1931", clock.now().replace(microsecond=193_100)) == []


def cache_keys(redis_client: Any) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM common_cache")
        return [*(key for (key,) in cursor.fetchall()), *(key.decode() for key in redis_client.scan_iter())]


def test_no_word_of_a_patient_leaves_with_their_money(
    stripe_simulator: Simulator,
    stripe_deliver: Deliver,
    client: Client,
    asked: list[str],
    sent_tasks: list[str],
    redis_client: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG):
        visit = visit_of_canaries()
        addresses = live_through_it(visit, stripe_simulator, stripe_deliver, client, sent_tasks)
        messages_deliver()
    # What the test's own tools say is not the product's.
    said = [f"{one.name} {one.getMessage()}" for one in caplog.records if not one.name.startswith("factory")]
    # It has all happened, so that silence means something.
    assert any("/v1/refunds" in one for one in asked)
    assert any("/v1/disputes" in one for one in asked)
    assert (len(mail.outbox) > 3, Receipt.objects.count() > 1, Refund.objects.count()) == (True, True, 2)
    assert visit.reference in str(asked)
    assert found_in(NOT_ELSEWHERE, asked) == [], "asked of Stripe"
    assert found_in(NOT_ELSEWHERE, [stripe_simulator.all(kind) for kind in PREFIXES]) == [], "kept by Stripe"
    assert found_in(NOT_ELSEWHERE, sent_tasks) == [], "task arguments"
    assert found_in(NOT_ELSEWHERE, said) == [], "log lines"
    assert found_in(NOT_ELSEWHERE, addresses) == [], "addresses"
    assert found_in(NOT_ELSEWHERE, cache_keys(redis_client)) == [], "cache keys"
    parts = ("subject", "body", "alternatives", "attachments", "extra_headers")
    mails = [repr(getattr(one, part, "")) for one in mail.outbox for part in parts]
    assert found_in(NOWHERE, mails) == [], "mails"
    rows: tuple[Any, ...] = (StripeEvent, Reconciliation, Receipt, Event, Refund.history, Payment.history)
    kept = [list(getattr(model, "objects", model).values()) for model in rows]
    assert found_in([*NOWHERE, NAME, FAMILY], kept) == [], "rows that more people read"
    words = [word for word in NOWHERE if word != VISIT_TYPE]
    assert found_in(words, json.dumps(list(Message.objects.values_list("facts", flat=True)))) == []
