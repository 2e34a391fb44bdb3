from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from billing.models import Payment
from billing.tests.factories import PaymentFactory
from billing.tests.steps import Deliver, hold, paid
from booking.models import Appointment
from booking.states import Status
from booking.tests.steps import user_of
from integrations.stripe.simulator.engine import Simulator

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def page_of(client: Client, appointment: Appointment) -> str:
    client.force_login(user_of(appointment.patient))
    return reverse("billing:pay", args=[appointment.public_id])


def test_htmx_gets_the_button_alone(client: Client, stripe_simulator: Simulator) -> None:
    shown = client.get(page_of(client, hold()), headers=HTMX).content.decode()
    assert "by card" in shown
    assert "<html" not in shown


def test_htmx_gets_a_part_where_nothing_is_due_too(
    client: Client, stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    page = page_of(client, paid(stripe_simulator, stripe_deliver).appointment)
    shown = client.get(page, headers=HTMX)
    assert shown.status_code == 200
    assert "Your appointment is booked" in shown.content.decode()
    for answer in (shown, client.post(page, headers=HTMX)):
        assert "<html" not in answer.content.decode()
        assert "<form" not in answer.content.decode()
    assert "<html" in client.get(page).content.decode()


def test_what_a_form_says_of_the_amount_is_not_read(client: Client, stripe_simulator: Simulator) -> None:
    page = page_of(client, hold())
    client.post(
        page, {"amount": "1", "amount_minor": "1", "currency": "jpy", "appointment": "x", "status": "succeeded"}
    )
    payment, session = Payment.objects.get(), stripe_simulator.all("checkout.session")[0]
    assert (payment.amount_minor, payment.currency, payment.status) == (4500, "gbp", "requires_payment_method")
    assert (session["amount_total"], session["currency"]) == (4500, "gbp")


def test_a_visit_entered_in_error_is_listed_without_links_that_lead_nowhere(client: Client) -> None:
    payment = PaymentFactory.create(paid=True)
    appointment = payment.appointment
    client.force_login(user_of(appointment.patient))
    page = reverse("booking:appointment_detail", args=[appointment.public_id])
    standing = reverse("billing:returned", args=[appointment.public_id])

    shown = client.get(reverse("billing:payments")).content.decode()
    assert page in shown
    assert standing in shown
    Appointment.objects.filter(pk=appointment.pk).update(status=Status.ENTERED_IN_ERROR)

    shown = client.get(reverse("billing:payments")).content.decode()
    assert client.get(page).status_code == client.get(standing).status_code == 404
    assert page not in shown
    assert standing not in shown
    assert "taken out of the diary" in shown
