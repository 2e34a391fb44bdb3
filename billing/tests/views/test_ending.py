"""What the page that asks before cancelling says of money, which is what then happens."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from accounts.tests.factories import UserFactory
from billing.models import Refund
from billing.selectors.ending import IfCancelled, if_cancelled
from billing.states import BY_RULE, RefundStatus
from billing.templatetags.payments import sums_if_cancelled
from billing.tests.factories import PaymentFactory, RefundFactory
from booking.tests.steps import at_the_desk_of, user_of
from booking.tests.views.pages import text_of
from common import clock

pytestmark = pytest.mark.django_db

LATE = -timedelta(minutes=1)


@pytest.mark.parametrize(
    ("percent", "left", "said"),
    [
        (50, timedelta(hours=1), "If you cancel now, all that was paid goes back: £45."),
        (50, LATE, "If you cancel now, £22.50 goes back and £22.50 is kept."),
        (33, LATE, "If you cancel now, £14.85 goes back and £30.15 is kept."),
        (0, LATE, "If you cancel now, nothing goes back: £45 is kept."),
    ],
)
def test_what_goes_back_and_what_is_kept_is_named_before_it_is_done(
    client: Client, percent: int, left: timedelta, said: str
) -> None:
    payment = PaymentFactory.create(paid=True)
    appointment = payment.appointment
    appointment.policy = {"late_refund_percent": percent, "free_until": (clock.now() + left).isoformat()}
    appointment.save(update_fields=["policy"])
    client.force_login(user_of(appointment.patient))
    path = f"/appointments/{appointment.public_id}/cancel/"
    assert said in text_of(client.get(path))
    sums = sums_if_cancelled(appointment, user_of(appointment.patient))
    client.post(path)
    assert sums is not None
    assert sum(Refund.objects.values_list("amount_minor", flat=True)) == sums.back


@pytest.mark.parametrize(
    ("percent", "left", "before", "status", "said"),
    [
        (50, LATE, 1500, RefundStatus.SUCCEEDED, "£7.50 more goes back and £22.50 is kept. £15 has gone back before."),
        (
            50,
            timedelta(hours=1),
            1500,
            RefundStatus.SUCCEEDED,
            "the rest of what was paid goes back: £30. £15 has gone back before.",
        ),
        (
            50,
            LATE,
            3000,
            RefundStatus.PENDING,
            "nothing more goes back: £15 is kept. £30 that was promised before still goes back.",
        ),
        (
            50,
            LATE,
            4500,
            RefundStatus.SUCCEEDED,
            "nothing more goes back, and nothing is kept. £45 has gone back before.",
        ),
    ],
)
def test_what_went_back_or_was_promised_before_counts_towards_it_and_is_named(
    client: Client,
    percent: int,
    left: timedelta,
    before: int,
    status: str,
    said: str,
) -> None:
    payment = PaymentFactory.create(paid=True)
    appointment = payment.appointment
    appointment.policy = {"late_refund_percent": percent, "free_until": (clock.now() + left).isoformat()}
    appointment.save(update_fields=["policy"])
    RefundFactory.create(payment=payment, amount_minor=before, attempts=1, status=status)
    client.force_login(user_of(appointment.patient))
    assert f"If you cancel now, {said}" in text_of(client.get(f"/appointments/{appointment.public_id}/cancel/"))


@pytest.mark.parametrize(
    ("before", "said"),
    [(0, "£22.50 goes back. £22.50 is kept."), (3000, "£30 has gone back. £15 is kept.")],
)
def test_once_it_is_cancelled_the_page_says_what_went_back_and_is_kept(client: Client, before: int, said: str) -> None:
    """And of the policy no more than that it is the policy: an officer may have given more."""
    payment = PaymentFactory.create(paid=True)
    appointment = payment.appointment
    appointment.policy = {"late_refund_percent": 50, "free_until": (clock.now() + LATE).isoformat()}
    appointment.save(update_fields=["policy"])
    if before:
        RefundFactory.create(payment=payment, amount_minor=before, attempts=1, status=RefundStatus.SUCCEEDED)
    path = f"/appointments/{appointment.public_id}/"
    client.force_login(user_of(appointment.patient))
    client.post(f"{path}cancel/")
    shown = text_of(client.get(path))
    assert said in shown
    assert "By the policy half of what was paid goes back, as it was cancelled after" in shown
    client.force_login(at_the_desk_of(appointment.location))
    assert "is kept" not in text_of(client.get(path)), "who does not pay reads no sums"


@pytest.mark.parametrize(
    ("is_cancelled", "sums"),
    [
        # A part of what the rules come to owe, and £7.50 above it.
        (False, IfCancelled(back=2250, kept=1500, gone_before=0, promised_before=750)),
        # On top of what they owe.
        (True, IfCancelled(back=2250, kept=0, gone_before=0, promised_before=2250)),
    ],
)
def test_what_was_given_and_failed_is_not_said_to_be_kept(*, is_cancelled: bool, sums: IfCancelled) -> None:
    """It waits for an officer, who may send it again."""
    late = {"late_refund_percent": 50, "free_until": (clock.now() + LATE).isoformat()}
    payment = PaymentFactory.create(paid=True, appointment__policy=late)
    appointment, at = payment.appointment, clock.now()
    if is_cancelled:
        appointment.status, appointment.cancel_reason, appointment.cancelled_at = "cancelled", "patient", at
        appointment.save()
    RefundFactory.create(payment=payment, amount_minor=3000, status=RefundStatus.FAILED)
    assert if_cancelled(appointment, now=at if is_cancelled else clock.now()) == sums


def test_a_promise_that_the_rules_replaced_is_not_said_to_be_given_back(client: Client) -> None:
    payment = PaymentFactory.create(paid=True)
    RefundFactory.create(payment=payment, amount_minor=4000, status=RefundStatus.CANCELED, failure=BY_RULE)
    RefundFactory.create(payment=payment, amount_minor=4500, status=RefundStatus.SUCCEEDED)
    client.force_login(user_of(payment.appointment.patient))
    shown = text_of(client.get("/payments/"))
    assert "£40 became what is shown beside it." in shown
    assert "another way" not in shown


def test_sums_are_named_to_nobody_who_does_not_pay_and_not_for_the_practice(client: Client) -> None:
    appointment = PaymentFactory.create(paid=True).appointment
    assert sums_if_cancelled(appointment, UserFactory.create()) is None
    client.force_login(at_the_desk_of(appointment.location))
    assert "If you cancel now" not in text_of(client.get(f"/appointments/{appointment.public_id}/cancel/"))
