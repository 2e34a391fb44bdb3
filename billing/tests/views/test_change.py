"""The page on which an appointment becomes another kind of visit."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.tests.factories import CarerFactory
from billing.models import Refund
from billing.tests.services.test_change import change, kind
from billing.tests.steps import Deliver, paid
from booking.models import Appointment
from booking.tests.steps import at_the_desk_of, book, user_of
from booking.tests.views.pages import text_of
from common import clock, idempotency
from integrations.stripe.simulator.engine import Simulator

pytestmark = pytest.mark.django_db


@pytest.fixture
def appointment(stripe_simulator: Simulator, stripe_deliver: Deliver) -> Appointment:
    return paid(stripe_simulator, stripe_deliver).appointment


@pytest.fixture
def client(appointment: Appointment) -> Client:
    client = Client()
    client.force_login(user_of(appointment.patient))
    return client


def here(appointment: Appointment) -> str:
    return reverse("billing:change_visit", args=[appointment.public_id])


def test_it_says_what_each_kind_means_and_then_does_it_once(client: Client, appointment: Appointment) -> None:
    cheaper = kind(appointment, 2000, name="Follow-up")
    kind(appointment, 9000, name="Long consultation")
    page = text_of(client.get(here(appointment)))
    assert "£25 goes back to you" in page
    assert "You pay £45 now, by card." in page
    address = f"{here(appointment)}?visit_type={cheaper.public_id}"
    assert "£20 instead of £45" in text_of(client.get(address))
    body = {"idempotency_key": idempotency.new_key(), "seen": appointment.calendar_sequence}
    for _ in range(2):
        answer = client.post(address, body)
        assert answer.status_code == 302
    assert Refund.objects.get().amount_minor == 2500


def test_what_costs_more_is_paid_next(client: Client, appointment: Appointment) -> None:
    dearer = kind(appointment, 6000)
    body = {"idempotency_key": idempotency.new_key(), "seen": appointment.calendar_sequence}
    answer = client.post(f"{here(appointment)}?visit_type={dearer.public_id}", body)
    pay = reverse("billing:pay", args=[appointment.public_id])
    assert answer["Location"] == pay
    shown = text_of(client.get(pay))
    assert "Pay £15 by card" in shown
    assert "£15 is still to be paid" in text_of(client.get(reverse("billing:returned", args=[appointment.public_id])))
    desk = Client()
    desk.force_login(at_the_desk_of(appointment.location))
    assert "£15 of £60 is left to pay" in text_of(desk.get(reverse("billing:take", args=[appointment.public_id])))


def test_a_carer_who_may_pay_is_told_what_is_due(client: Client, appointment: Appointment) -> None:
    change(appointment, kind(appointment, 6000))
    detail = reverse("booking:appointment_detail", args=[appointment.public_id])
    for may_pay in (True, False):
        client.force_login(CarerFactory.create(patient=appointment.patient, can_pay=may_pay).user)
        page = client.get(detail).content.decode()
        for name in ("billing:pay", "billing:returned"):
            assert (reverse(name, args=[appointment.public_id]) in page) is may_pay


def test_a_carer_who_may_not_pay_reads_nothing_of_the_money(client: Client, appointment: Appointment) -> None:
    dearer, cheaper = kind(appointment, 6000), kind(appointment, 2000)
    button = "Change it"
    for may_pay in (True, False):
        helper = CarerFactory.create(patient=appointment.patient, can_book=True, can_pay=may_pay).user
        client.force_login(helper)
        assert ("goes back" in text_of(client.get(here(appointment)))) is may_pay
        pages = [text_of(client.get(f"{here(appointment)}?visit_type={one.public_id}")) for one in (dearer, cheaper)]
        assert [button in page for page in pages] == [may_pay, True]
        assert ["Only the patient, or a carer who may pay" in page for page in pages] == [not may_pay, False]
        assert [told in page for told, page in zip(("You pay", "goes back"), pages, strict=True)] == [may_pay] * 2


def test_what_was_not_paid_before_the_visit_is_paid_at_the_clinic(client: Client, appointment: Appointment) -> None:
    dearer = kind(appointment, 6000)
    body = {"idempotency_key": idempotency.new_key(), "seen": appointment.calendar_sequence}
    client.post(f"{here(appointment)}?visit_type={dearer.public_id}", body)
    length = appointment.visit_type.duration
    start = clock.now() - timedelta(minutes=5)
    Appointment.objects.filter(pk=appointment.pk).update(start=start, end=start + length)
    pay = reverse("billing:pay", args=[appointment.public_id])
    for name in ("billing:pay", "billing:returned"):
        page = client.get(reverse(name, args=[appointment.public_id]))
        assert "It can no longer be paid here. Please pay it at the clinic." in text_of(page)
        assert f'href="{pay}"' not in page.content.decode()
    assert client.post(pay).status_code == 409


def test_a_time_that_does_not_suit_it_is_answered_with_those_that_do(client: Client, appointment: Appointment) -> None:
    longer = kind(appointment, 6000, minutes=appointment.visit_type.minutes * 2)
    book(appointment.doctor, visit_type=appointment.visit_type, start=appointment.end)
    address = f"{here(appointment)}?visit_type={longer.public_id}"
    page = client.get(address)
    assert "does not fit at that time" in text_of(page)
    [first, *_] = page.context["alternatives"]
    body = {"idempotency_key": idempotency.new_key(), "seen": appointment.calendar_sequence}
    assert client.post(address, body).status_code == 409
    moved = client.post(f"{address}&start={first.start:%Y-%m-%dT%H:%M:%SZ}", body | {"idempotency_key": "another"})
    assert moved.status_code == 302
    appointment.refresh_from_db()
    assert appointment.start == first.start


@pytest.mark.parametrize("asked", ["?visit_type=x", "?visit_type=", "?start=2027-01-01"])
def test_an_address_that_names_no_kind_shows_those_there_are(
    client: Client, appointment: Appointment, asked: str
) -> None:
    kind(appointment, 2000, name="Follow-up")
    answer = client.get(here(appointment) + asked)
    assert answer.status_code == 422
    assert "Follow-up" in text_of(answer)


def test_too_late_and_nobody_else(client: Client, appointment: Appointment) -> None:
    late = {**appointment.policy, "free_until": (appointment.start - timedelta(days=900)).isoformat()}
    Appointment.objects.filter(pk=appointment.pk).update(policy=late)
    assert "cannot be changed here any more" in text_of(client.get(here(appointment)))
    client.force_login(user_of(appointment.doctor))
    assert client.get(here(appointment)).status_code == 404
