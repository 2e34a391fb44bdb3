"""Becoming another kind of visit, raced against paying for it and against cancelling: the money follows what stands."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from billing.models import Payment, Refund
from billing.services import payment_sync, promises, visit_change
from billing.shares import Shares, topped_up
from billing.tests.services.test_change import change, kind
from billing.tests.steps import Deliver, begin, paid, told_and_done
from booking.models import Appointment
from booking.services import appointment_cancel
from booking.services import change as changing
from booking.states import Status
from booking.tests.steps import user_of
from integrations.stripe.simulator.engine import Simulator
from tests.races.conftest import Together
from tests.races.test_payments import quietly

pytestmark = pytest.mark.usefixtures("no_deadlock")


def a_change(appointment: Appointment, price_minor: int) -> Any:
    to = kind(appointment, price_minor)
    return partial(
        visit_change,
        actor=user_of(appointment.patient),
        appointment_id=appointment.public_id,
        visit_type_id=to.public_id,
        start=appointment.start,
    )


def a_cancellation(appointment: Appointment) -> Any:
    return partial(appointment_cancel, actor=user_of(appointment.patient), appointment_id=appointment.public_id)


def test_changing_against_cancelling(
    stripe_simulator: Simulator, stripe_deliver: Deliver, together: Together, payment_rounds: int
) -> None:
    for number in range(payment_rounds):
        appointment = paid(stripe_simulator, stripe_deliver).appointment
        rivals = [a_change(appointment, 2000 if number % 2 else 6000), a_cancellation(appointment)]
        assert [one.error for one in together([quietly(one) for one in rivals])] == [None, None]
        told_and_done(stripe_deliver)
        appointment.refresh_from_db()
        assert appointment.status == Status.CANCELLED
        assert stripe_simulator.balance() == 0


def test_changing_against_paying_for_an_earlier_change(
    stripe_simulator: Simulator, stripe_deliver: Deliver, together: Together, payment_rounds: int
) -> None:
    kept = 0
    for number in range(payment_rounds):
        appointment = paid(stripe_simulator, stripe_deliver).appointment
        payment = begin(change(appointment, kind(appointment, 6000)))
        stripe_simulator.pay(payment.session_id or "")
        price = (3000, 5000, 6000)[number % 3]
        rivals = [a_change(appointment, price), partial(payment_sync, payment_id=payment.pk)]
        assert [one.error for one in together([quietly(one) for one in rivals])] == [None, None]
        told_and_done(stripe_deliver)
        kept += price
        assert stripe_simulator.balance() == kept, "what was paid above the price has gone back, once"


def test_without_the_locks_one_surplus_goes_back_twice(
    stripe_simulator: Simulator, stripe_deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a change reads the visit as it was, and another is made before it writes."""
    appointment = paid(stripe_simulator, stripe_deliver).appointment
    cheap, cheaper = kind(appointment, 3000), kind(appointment, 2000)
    reckon, first = topped_up, iter([True])

    def stale(*of: Any, **more: Any) -> Shares:
        before = reckon(*of, **more)
        if next(first, False):
            change(appointment, cheap)
        return before

    def unlocked(row: Appointment) -> Appointment:
        return Appointment.objects.select_related("doctor__user", "patient__user", "location", "visit_type").get(
            pk=row.pk
        )

    monkeypatch.setattr(changing, "lock_appointment", unlocked)
    monkeypatch.setattr(promises, "topped_up", stale)
    change(appointment, cheaper)
    amounts = list(Refund.objects.filter(payment__in=Payment.objects.all()).values_list("amount_minor", flat=True))
    assert sum(amounts) > 4500 - 2000
