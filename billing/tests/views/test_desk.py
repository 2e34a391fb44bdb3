"""What the desk took and owes back after a cancellation."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from billing.models import Payment, Refund
from billing.services import payment_record
from billing.states import Method, RefundStatus
from billing.tests.factories import PaymentFactory, RefundFactory
from booking.services import appointment_cancel
from booking.tests.factories import AppointmentFactory
from booking.tests.steps import at_the_desk_of, user_of
from common import idempotency

pytestmark = pytest.mark.django_db


def test_the_desk_sees_what_it_owes_and_gives_it_back_once(client: Client) -> None:
    appointment = AppointmentFactory.create(price_minor=4500)
    clerk = at_the_desk_of(appointment.location)
    client.force_login(clerk)
    asked = client.get(reverse("booking:cancel", args=[appointment.public_id])).content.decode()
    assert "Whatever has been paid for it goes back to the patient" in asked
    payment_record(actor=clerk, appointment_id=appointment.public_id, method=Method.CASH, amount_minor=4000)
    appointment_cancel(actor=clerk, appointment_id=appointment.public_id)
    page = reverse("billing:take", args=[appointment.public_id])
    assert page in client.get(reverse("booking:appointment_detail", args=[appointment.public_id])).content.decode()
    shown = client.get(page).content.decode()
    assert "£40" in shown
    assert "Given back" in shown
    assert "left to pay" not in shown
    body = {"refund": str(Refund.objects.get().public_id), "idempotency_key": idempotency.new_key()}
    client.force_login(user_of(appointment.patient))
    assert client.post(page, body).status_code == 404
    client.force_login(clerk)
    assert [client.post(page, body).status_code for _ in range(2)] == [302, 302]
    assert Refund.objects.get().status == RefundStatus.SUCCEEDED
    assert "Nothing that was paid at the desk" in client.get(page).content.decode()


def test_a_refund_of_another_visit_or_of_a_card_is_not_given_at_this_desk(client: Client) -> None:
    appointment = AppointmentFactory.create(price_minor=4500)
    client.force_login(at_the_desk_of(appointment.location))
    page = reverse("billing:take", args=[appointment.public_id])
    other = RefundFactory.create(payment=PaymentFactory.create(desk=True))
    by_card = RefundFactory.create(payment=PaymentFactory.create(paid=True, appointment=appointment))
    for refund, status in ((other, 404), (by_card, 409)):
        assert client.post(page, {"refund": str(refund.public_id)}).status_code == status
    assert not Refund.objects.exclude(status=RefundStatus.PENDING).exists()


def test_a_mistake_of_the_desk_is_taken_back_and_written_down_anew(client: Client) -> None:
    appointment = AppointmentFactory.create(price_minor=4500)
    clerk = at_the_desk_of(appointment.location)
    client.force_login(clerk)
    wrong = payment_record(actor=clerk, appointment_id=appointment.public_id, method=Method.CASH, amount_minor=4500)
    desk, page = (
        reverse("billing:take", args=[appointment.public_id]),
        reverse("billing:take_back", args=[appointment.public_id, wrong.public_id]),
    )
    assert page in client.get(desk).content.decode()
    refused = client.post(page, {"note": " "})
    assert (refused.status_code, "Say what was wrong." in refused.content.decode()) == (422, True)
    body = {"note": "Paid by card", "idempotency_key": idempotency.new_key()}
    assert [client.post(page, body).status_code for _ in range(2)] == [302, 302]
    shown = client.get(desk).content.decode()
    assert "£45</span> of £45 is left to pay" in shown
    assert "taken back as a mistake" in shown
    assert page not in shown
    assert "It has been taken back as a mistake" in client.get(page).content.decode()
    client.force_login(user_of(appointment.patient))
    assert client.get(page).status_code == 404
    assert "The clinic has taken this back" in client.get(reverse("billing:payments")).content.decode()


def test_a_card_number_is_not_written_back_and_what_else_is_refused_stays(client: Client) -> None:
    appointment = AppointmentFactory.create(price_minor=4500)
    client.force_login(at_the_desk_of(appointment.location))
    page = reverse("billing:take", args=[appointment.public_id])
    body = {"method": "cash", "amount": "45", "idempotency_key": idempotency.new_key()}
    for number, amount in (
        ("4242 4242 4242 4242", "45"),
        ("4242-4242-4242-4242", "much"),
        ("4242424242424242" + " x" * 40, "45"),
    ):
        refused = client.post(page, body | {"reference": number, "amount": amount})
        shown = refused.content.decode()
        assert refused.status_code == 422
        assert "looks like a card number" in shown
        assert number not in shown
        assert f'value="{amount}"' in shown
    kept = client.post(page, body | {"reference": "Till 3", "amount": "much"}).content.decode()
    assert 'value="Till 3"' in kept


def test_a_payment_of_another_visit_is_not_taken_back_at_this_desk(client: Client) -> None:
    appointment = AppointmentFactory.create()
    client.force_login(at_the_desk_of(appointment.location))
    other = PaymentFactory.create(desk=True)
    assert client.post(reverse("billing:take_back", args=[appointment.public_id, other.public_id])).status_code == 404


@pytest.mark.parametrize(("kind", "words"), [("held", "kept until it is paid online"), ("requested", "not answered")])
def test_the_desk_reads_what_a_visit_waits_for(client: Client, kind: str, words: str) -> None:
    appointment = AppointmentFactory.create(**{kind: True}, price_minor=4500, amount_due_minor=4500)
    client.force_login(at_the_desk_of(appointment.location))
    shown = client.get(reverse("billing:take", args=[appointment.public_id])).content.decode()
    assert words in shown
    assert "does not stand any more" not in shown
    assert "Nothing that was paid at the desk" not in shown


def test_after_a_part_nobody_is_asked_to_record_the_rest_by_a_single_press(client: Client) -> None:
    """Whoever goes back to doubt what they pressed finds it written down, and a form that a browser fills in with
    nothing and that is not sent without saying how it was paid."""
    appointment = AppointmentFactory.create(price_minor=9500)
    clerk = at_the_desk_of(appointment.location)
    client.force_login(clerk)
    address = reverse("billing:take", args=[appointment.public_id])
    first = client.get(address).content.decode()
    payment_record(actor=clerk, appointment_id=appointment.public_id, method=Method.CASH, amount_minor=1000)
    page = client.get(address).content.decode()
    assert (first.count(" checked"), page.count(" checked")) == (1, 0)
    assert 'value="85.00"' in page
    for shown in (first, page):
        assert '<form method="post" autocomplete="off"' in shown
    key = re.search(r'name="idempotency_key" value="([^"]+)"', page)
    assert key
    refused = client.post(address, {"idempotency_key": key[1], "amount": "85.00"})
    assert (refused.status_code, Payment.objects.count()) == (422, 1)
    assert "Choose how it was paid." in refused.content.decode()
