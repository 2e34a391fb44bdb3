"""What Stripe, Redis and the database do at their worst, and what must hold afterwards: not a penny's difference."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import cycle, islice
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from billing.models import Payment, Receipt, StripeEvent
from billing.services import event_apply, payments_sweep, reconcile, sync
from billing.states import OPEN, EventState, PaymentStatus
from billing.tests.steps import Deliver, a_minute_later, begin, difference, hold, sweep, told_and_done, work
from booking.models import Appointment
from booking.services import appointment_cancel, pending_expire
from booking.states import Status
from booking.tests.steps import user_of
from common import clock
from integrations.stripe import gateway
from integrations.stripe.addresses import WEBHOOK_PATH
from integrations.stripe.simulator import deliveries
from integrations.stripe.simulator.engine import Simulator
from integrations.stripe.simulator.faults import Fault, Kind
from tests.faults.worker import Worker

End = Callable[[Simulator, Payment], Any]
EVER = 10**6


# A fifth of the events lost for ever, a fifth told twice, a fifth late, and all in the wrong order.


def abandon(simulator: Simulator, payment: Payment) -> None:
    """They look at Stripe's page, and never come back."""


def keep(simulator: Simulator, payment: Payment) -> None:
    simulator.pay(payment.session_id or "")


def decline_then_pay(simulator: Simulator, payment: Payment) -> None:
    simulator.pay(payment.session_id or "", "declined")
    simulator.pay(payment.session_id or "")


def give_up(simulator: Simulator, payment: Payment) -> None:
    """The visit is cancelled while they pay."""
    keep(simulator, payment)
    appointment_cancel(actor=user_of(payment.appointment.patient), appointment_id=payment.appointment.public_id)


def come_late(simulator: Simulator, payment: Payment) -> None:
    keep(simulator, payment)
    Appointment.objects.filter(pk=payment.appointment_id).update(expires_at=clock.now() - timedelta(seconds=1))
    pending_expire(now=clock.now())


def give_back_elsewhere(simulator: Simulator, payment: Payment) -> None:
    keep(simulator, payment)
    simulator.refund_in_dashboard(simulator.all("payment_intent")[-1]["id"], 700)


def lose_it_to_the_bank(simulator: Simulator, payment: Payment) -> None:
    keep(simulator, payment)
    simulator.close_dispute(simulator.open_dispute(simulator.all("payment_intent")[-1]["id"])["id"], won=False)


def win_it_back(simulator: Simulator, payment: Payment) -> None:
    keep(simulator, payment)
    simulator.close_dispute(simulator.open_dispute(simulator.all("payment_intent")[-1]["id"])["id"], won=True)


ENDS: tuple[End, ...] = (
    keep,
    abandon,
    decline_then_pay,
    give_up,
    come_late,
    give_back_elsewhere,
    lose_it_to_the_bank,
    win_it_back,
)


def rules(lost: int) -> list[deliveries.Rule]:
    """One in so many is lost, one in five told twice, one in five late; not the same ones."""
    return [
        deliveries.Rule(deliveries.Kind.DROP, times=EVER, every=lost),
        deliveries.Rule(deliveries.Kind.DUPLICATE, times=EVER, every=5, seen=1),
        deliveries.Rule(deliveries.Kind.DELAY, times=EVER, every=5, seen=2, seconds=600),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("lost", [5, 1])
def test_whatever_news_is_lost_the_comparison_finds_every_penny(
    stripe_simulator: Simulator, stripe_deliver: Deliver, payment_rounds: int, lost: int
) -> None:
    stripe_simulator.deliveries.rules += rules(lost)
    stripe_simulator.hold()
    for end in islice(cycle(ENDS), payment_rounds if lost > 1 else len(ENDS)):
        end(stripe_simulator, begin(hold()))
    stripe_simulator.release(reverse=True)
    told_and_done(stripe_deliver)
    # The control: where nothing is told the ledger is wrong until somebody asks.
    assert lost > 1 or difference(stripe_simulator) != 0
    stripe_simulator.advance(60 * 60)
    told_and_done(stripe_deliver)
    sweep()
    reconcile(actor=None, since=clock.now() - timedelta(days=1))
    a_minute_later()
    work()
    run = reconcile(actor=None, since=clock.now() - timedelta(days=1))
    assert (difference(stripe_simulator), run.stripe_minor - run.ours_minor, run.differences) == (0, 0, [])
    assert not Payment.objects.filter(status__in=sorted(OPEN)).exists()
    assert not StripeEvent.objects.filter(state=EventState.RECEIVED).exists()
    paid_for = Appointment.objects.filter(payments__status=PaymentStatus.SUCCEEDED)
    missing = paid_for.filter(payments__refunds=None).exclude(status=Status.BOOKED)
    assert list(missing.values_list("reference", flat=True)) == []


@pytest.mark.django_db
def test_a_dispute_of_which_no_news_ever_comes_is_found_by_the_comparison(stripe_simulator: Simulator) -> None:
    payment = begin(hold())
    keep(stripe_simulator, payment)
    sweep()
    dispute = stripe_simulator.open_dispute(stripe_simulator.all("charge")[-1]["id"])
    assert difference(stripe_simulator) == 4500
    since = clock.now() - timedelta(days=1)
    run = reconcile(actor=None, since=since)
    assert [(one["kind"], one["outcome"]) for one in run.differences] == [("dispute", "mended")]
    assert difference(stripe_simulator) == 0
    # Decided weeks later, when it is older than what is compared.
    stripe_simulator.close_dispute(dispute["id"], won=True)
    Payment.objects.update(created_at=since - timedelta(days=30))
    reconcile(actor=None, since=clock.now() + timedelta(hours=1))
    assert difference(stripe_simulator) == 0


# Stripe away, slow, busy, failing before and after doing it, or silent.


@pytest.mark.django_db
@pytest.mark.parametrize("kind", list(Kind))
def test_whatever_stripe_does_at_checkout_it_is_paid_once(
    stripe_simulator: Simulator,
    stripe_deliver: Deliver,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    kind: Kind,
) -> None:
    monkeypatch.setattr(gateway, "READ_SECONDS", 0.3)
    appointment = hold()
    client.force_login(user_of(appointment.patient))
    page = reverse("billing:pay", args=[appointment.public_id])
    stripe_simulator.faults.add(Fault(kind, path="/v1/checkout/sessions", times=2))
    refused = client.post(page)
    assert refused.status_code == 503
    assert "You have not been charged" in refused.content.decode()
    appointment.refresh_from_db()
    assert appointment.status == Status.PENDING
    stripe_simulator.faults.clear()
    for _ in range(2):
        assert client.post(page).status_code == 302
    session = Payment.objects.get().session_id or ""
    stripe_simulator.pay(session)
    told_and_done(stripe_deliver)
    appointment.refresh_from_db()
    assert appointment.status == Status.BOOKED
    assert (len(stripe_simulator.all("charge")), difference(stripe_simulator)) == (1, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [Kind.DOWN, Kind.BUSY, Kind.ERROR_BEFORE, Kind.SLOW])
def test_news_waits_until_stripe_can_be_asked(
    stripe_simulator: Simulator, stripe_deliver: Deliver, monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    monkeypatch.setattr(gateway, "READ_SECONDS", 0.3)
    payment = begin(hold())
    keep(stripe_simulator, payment)
    stripe_simulator.faults.add(Fault(kind, method="GET", times=EVER))
    stripe_deliver()
    event = StripeEvent.objects.filter(state=EventState.RECEIVED)[0]
    assert event_apply(event_id=event.pk) == EventState.RECEIVED
    event.refresh_from_db()
    assert (event.attempts, event.due_at > clock.now()) == (1, True)
    stripe_simulator.faults.clear()
    a_minute_later()
    payments_sweep()
    payment.refresh_from_db()
    assert (payment.status, difference(stripe_simulator)) == (PaymentStatus.SUCCEEDED, 0)


# Redis gone.


@pytest.fixture
def without_redis(
    process_without_redis: Worker, transactional_db: None, stripe_simulator: Simulator, settings: Any
) -> Worker:
    process_without_redis.share(settings)
    return process_without_redis


def test_with_redis_away_a_payment_books_all_the_same(stripe_simulator: Simulator, without_redis: Worker) -> None:
    appointment = hold()
    assert without_redis.do("tests.faults.worker.begin", appointment_id=appointment.pk) == 0
    stripe_simulator.deliveries.rules.append(deliveries.Rule(deliveries.Kind.DROP, "charge.", times=EVER))
    stripe_simulator.deliveries.rules.append(deliveries.Rule(deliveries.Kind.DROP, "payment_intent.", times=EVER))
    stripe_simulator.pay(Payment.objects.get().session_id or "")

    def send(payload: bytes, signature: str) -> int:
        took = without_redis.do("tests.faults.worker.deliver", payload=payload.decode(), signature=signature)
        return 200 if took == 0 else 500

    assert set(stripe_simulator.deliver(send)) == {200}
    a_minute_later()
    assert without_redis.do("billing.services.payments_sweep") == 0
    appointment.refresh_from_db()
    assert (appointment.status, difference(stripe_simulator)) == (Status.BOOKED, 0)
    appointment_cancel(actor=user_of(appointment.patient), appointment_id=appointment.public_id)
    assert without_redis.do("billing.services.refunds_send") == 0
    assert (stripe_simulator.balance(), difference(stripe_simulator)) == (0, 0)


# The database's connection cut.


def cut() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


@pytest.mark.django_db(transaction=True)
def test_a_connection_cut_while_a_payment_is_taken_over_leaves_no_half(
    stripe_simulator: Simulator, stripe_deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    appointment = hold()
    payment = begin(appointment)
    keep(stripe_simulator, payment)
    stripe_deliver()
    with monkeypatch.context() as patch:
        patch.setattr(sync, "refund_take_over", lambda **_: None)
        take_over = sync._take_over

        def taken_over_and_cut(*args: Any, **more: Any) -> None:
            take_over(*args, **more)
            cut()

        patch.setattr(sync, "_take_over", taken_over_and_cut)
        with pytest.raises(OperationalError):
            payments_sweep()
    connection.close()
    appointment.refresh_from_db()
    payment.refresh_from_db()
    assert (appointment.status, payment.captured_minor, Receipt.objects.count()) == (Status.PENDING, 0, 0)
    a_minute_later()
    work()
    appointment.refresh_from_db()
    assert (appointment.status, Receipt.objects.count(), difference(stripe_simulator)) == (Status.BOOKED, 1, 0)


@pytest.mark.django_db(transaction=True)
def test_a_delivery_that_the_database_does_not_take_comes_again(
    stripe_simulator: Simulator, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(stripe_simulator, begin(hold()))
    client.raise_request_exception = False

    def send(payload: bytes, signature: str) -> int:
        return client.post(
            WEBHOOK_PATH, payload, content_type="application/json", headers={"Stripe-Signature": signature}
        ).status_code

    with monkeypatch.context() as patch:
        # In the middle of taking it in.
        patch.setattr("billing.services.events._known", lambda *_: cut())
        assert {status // 100 for status in stripe_simulator.deliver(send)} == {5}
    connection.close()
    assert StripeEvent.objects.count() == 0
    stripe_simulator.advance(10)
    assert set(stripe_simulator.deliver(send)) == {200}
    work()
    assert (Appointment.objects.get().status, difference(stripe_simulator)) == (Status.BOOKED, 0)
