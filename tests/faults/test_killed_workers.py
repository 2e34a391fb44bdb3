"""Workers of a process of their own, killed with kill -9 between any two of their steps: money moves once."""

from __future__ import annotations

from itertools import cycle, islice
from typing import Any

import pytest

from billing.models import Payment, Receipt, Refund, StripeEvent
from billing.services import event_apply, refund_request
from billing.states import EventState, RefundStatus
from billing.tests.services.test_refunds import officer
from billing.tests.steps import Deliver, a_minute_later, begin, difference, hold, paid, sweep, told_and_done, work
from booking.states import Status
from booking.tests.steps import told
from integrations.stripe.simulator.engine import Simulator
from tests.faults.worker import Worker

KILLED = -9
PAYING = ("leased", "fetched", "applied", "committed")
REFUNDING = ("refund claimed", "refund made", "refund applied", "refund committed")


@pytest.fixture
def worker(process: Worker, transactional_db: None, stripe_simulator: Simulator, settings: Any) -> Worker:
    """A worker that shares this test's database and simulator."""
    process.share(settings)
    return process


def test_whoever_dies_while_a_payment_is_taken_over_it_books_once(
    stripe_simulator: Simulator, stripe_deliver: Deliver, worker: Worker, payment_rounds: int
) -> None:
    for step in islice(cycle(PAYING), payment_rounds):
        payment = begin(hold())
        stripe_simulator.pay(payment.session_id or "")
        stripe_deliver()
        event = StripeEvent.objects.filter(payment=payment, state=EventState.RECEIVED).order_by("pk")[0]
        assert worker.do("billing.services.event_apply", event_id=event.pk, dies=step) == KILLED
        # Until its lease is over nobody takes its place, and nothing is given up.
        if step != "committed":
            assert event_apply(event_id=event.pk) == EventState.RECEIVED
        a_minute_later()
        work()
        sweep()
        payment.refresh_from_db()
        appointment = payment.appointment
        assert (payment.status, payment.outcome, appointment.status) == ("succeeded", "booked", Status.BOOKED), step
        assert told(appointment.patient) == ["appointment_held", "appointment_booked", "payment_received"], step
        assert Receipt.objects.filter(payment=payment).count() == 1
        assert difference(stripe_simulator) == 0
    assert len(stripe_simulator.all("charge")) == payment_rounds
    assert_no_receipt_is_missing()


def test_whoever_dies_while_a_refund_is_sent_it_goes_back_once(
    stripe_simulator: Simulator, stripe_deliver: Deliver, worker: Worker, payment_rounds: int
) -> None:
    payment, one = paid(stripe_simulator, stripe_deliver, hold(price_minor=100 * (payment_rounds + 1))), officer()
    for number, step in enumerate(islice(cycle(REFUNDING), payment_rounds), start=1):
        refund = refund_request(actor=one, payment_id=payment.public_id, amount_minor=100, note="Late start")
        assert worker.do("billing.services.refunds_send", dies=step) == KILLED
        a_minute_later()
        told_and_done(stripe_deliver)
        refund.refresh_from_db()
        assert refund.status == RefundStatus.SUCCEEDED, step
        assert (len(stripe_simulator.all("refund")), Refund.objects.count()) == (number, number), step
        assert difference(stripe_simulator) == 0
    assert_no_receipt_is_missing()


def test_whoever_dies_while_a_session_is_made_it_is_one_session(
    stripe_simulator: Simulator, worker: Worker, payment_rounds: int
) -> None:
    for number in range(1, max(payment_rounds // 4, 2)):
        appointment = hold()
        assert worker.do("tests.faults.worker.begin", appointment_id=appointment.pk, dies="session made") == KILLED
        assert Payment.objects.get(appointment=appointment).session_id is None
        assert begin(appointment).session_id
        assert len(stripe_simulator.all("checkout.session")) == number


def assert_no_receipt_is_missing() -> None:
    for kind in ("receipt", "credit-note"):
        numbers = list(Receipt.objects.filter(kind=kind).order_by("sequence").values_list("sequence", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))
