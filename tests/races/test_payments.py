"""Payments raced on real connections: whatever comes first, the money has one outcome.

Each control takes a protection away and asserts the damage that follows.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet, Sum

from accounts.roles import Role
from accounts.tests.factories import PatientFactory, UserFactory
from billing import locks
from billing.models import Dispute, Payment, Receipt, Refund, StripeEvent
from billing.services import (
    event_apply,
    payment_sync,
    payment_take_back,
    refund_record_given,
    refund_request,
    refund_send,
    refunds_send,
    sync,
)
from billing.states import REFUND_LIVE, DisputeStatus, PaymentStatus
from billing.tests.factories import PaymentFactory
from billing.tests.steps import Deliver, begin, hold, paid, paid_and_asked, told_and_done, work
from booking.models import Appointment
from booking.services import appointment_cancel, pending_expire
from booking.states import Status
from booking.tests.steps import user_of
from common import clock
from common.errors import DomainError
from integrations.stripe.simulator.engine import Simulator
from tests.races.conftest import Client, Together, refusals, winners

pytestmark = pytest.mark.usefixtures("no_deadlock")


def quietly(action: Callable[[], Any]) -> Callable[[], Any]:
    """A refusal is an answer like another."""

    def act() -> Any:
        try:
            return action()
        except DomainError as error:
            return error.code

    return act


def assert_the_money_has_one_outcome(appointment: Appointment, simulator: Simulator, taken: int) -> None:
    """Booked and kept, or not booked and given back: never both, never neither."""
    appointment.refresh_from_db()
    assert simulator.balance() == (taken if appointment.status == Status.BOOKED else 0)
    assert Receipt.objects.filter(payment__appointment=appointment, kind="receipt").count() == 1


def test_cancelling_while_paying_while_returning(
    stripe_simulator: Simulator, stripe_deliver: Deliver, together: Together, payment_rounds: int
) -> None:
    for _ in range(payment_rounds):
        appointment = hold()
        payment = begin(appointment)
        stripe_simulator.pay(payment.session_id or "")
        stripe_deliver()
        events = StripeEvent.objects.filter(payment=payment).values_list("pk", flat=True)
        patient = user_of(appointment.patient)
        cancel = partial(appointment_cancel, actor=patient, appointment_id=appointment.public_id)
        returned = partial(payment_sync, payment_id=payment.pk)
        applied = [partial(event_apply, event_id=event_id) for event_id in events]
        rivals: list[Callable[[], Any]] = [cancel, returned, *applied]
        for outcome in together([quietly(one) for one in rivals]):
            assert outcome.error is None
        told_and_done(stripe_deliver)
        kept = stripe_simulator.balance()
        assert_the_money_has_one_outcome(appointment, stripe_simulator, 4500)
        assert kept == 0, "who cancels free of charge has all of it back"


def test_the_end_of_a_hold_against_its_payment_and_another_booking(
    stripe_simulator: Simulator, stripe_deliver: Deliver, together: Together, payment_rounds: int
) -> None:
    before = 0
    for _ in range(payment_rounds):
        appointment = hold()
        payment = begin(appointment)
        stripe_simulator.pay(payment.session_id or "")
        Appointment.objects.filter(pk=appointment.pk).update(expires_at=clock.now())
        other = Client(PatientFactory.create(), appointment.visit_type, appointment.location_id, appointment.start)
        expire = partial(pending_expire, now=clock.now())
        for outcome in together(
            [quietly(one) for one in (expire, partial(payment_sync, payment_id=payment.pk), other)]
        ):
            assert outcome.error is None
        told_and_done(stripe_deliver)
        appointment.refresh_from_db()
        taken = stripe_simulator.balance() - before
        assert taken == (4500 if appointment.status == Status.BOOKED else 0)
        before = stripe_simulator.balance()


def test_one_event_ten_times_at_once(
    stripe_simulator: Simulator, stripe_deliver: Deliver, together: Together, payment_rounds: int
) -> None:
    for _ in range(payment_rounds):
        payment = begin(hold())
        stripe_simulator.pay(payment.session_id or "")
        stripe_deliver()
        event_id = StripeEvent.objects.filter(payment=payment, state="received").values_list("pk", flat=True)[0]
        for outcome in together([partial(event_apply, event_id=event_id)] * 10):
            assert outcome.error is None
        work()
        payment.refresh_from_db()
        assert (payment.status, payment.outcome) == ("succeeded", "booked")
        assert Receipt.objects.filter(payment=payment).count() == 1


def requests_of_ten_officers(payment: Payment) -> list[Callable[[], Refund]]:
    officers = [UserFactory.create(roles=[Role.BILLING_OFFICER]) for _ in range(10)]
    ask = partial(refund_request, payment_id=payment.public_id, amount_minor=1000, note="Late start")
    return [partial(ask, actor=officer) for officer in officers]


def promised(payment: Payment) -> int:
    return Refund.objects.filter(payment=payment).aggregate(total=Sum("amount_minor"))["total"] or 0


def test_a_mistake_taken_back_while_it_is_given_back(together: Together, payment_rounds: int) -> None:
    """Either the money never came, or some of it goes back: never both."""
    for _ in range(payment_rounds):
        payment = PaymentFactory.create(desk=True)
        one, other = (UserFactory.create(roles=[Role.BILLING_OFFICER]) for _ in range(2))
        asked = {"payment_id": payment.public_id}
        refund = refund_request(actor=one, amount_minor=1000, note="Late", **asked)
        rivals: list[Callable[[], Any]] = [
            partial(payment_take_back, actor=one, note="Twice", **asked),
            partial(refund_record_given, actor=other, refund_id=refund.public_id),
            partial(refund_request, actor=other, amount_minor=500, note="Late", **asked),
        ]
        assert [one.error for one in together([quietly(one) for one in rivals])] == [None] * 3
        payment.refresh_from_db()
        live = Refund.objects.filter(payment=payment, status__in=sorted(REFUND_LIVE))
        went = live.aggregate(total=Sum("amount_minor"))["total"] or 0
        assert (went == 0) == (payment.status == PaymentStatus.ENTERED_IN_ERROR)
        assert went <= payment.captured_minor


def test_ten_officers_give_back_no_more_than_was_taken(together: Together, payment_rounds: int) -> None:
    for _ in range(payment_rounds):
        payment = PaymentFactory.create(paid=True)
        outcomes = together(requests_of_ten_officers(payment))
        assert len(winners(outcomes)) == 4
        assert set(refusals(outcomes)) <= {"refund_too_much", "busy"}
        assert promised(payment) == 4000


def test_without_lock_and_trigger_they_give_back_too_much(
    together: Together, payment_rounds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unlocked(rows: QuerySet[Payment], **key: object) -> Payment:
        return rows.get(**key)

    monkeypatch.setattr(locks, "locked", unlocked)
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER billing_refund_within_captured ON billing_refund")
    for _ in range(max(payment_rounds, 10)):
        payment = PaymentFactory.create(paid=True)
        together(requests_of_ten_officers(payment))
        if promised(payment) > 4500:
            return
    pytest.fail("Nothing went wrong without the protection, so the test above proves nothing.")


def test_five_workers_send_a_refund_once(
    stripe_simulator: Simulator, stripe_deliver: Deliver, together: Together, payment_rounds: int
) -> None:
    for number in range(payment_rounds):
        payment = paid_and_asked(stripe_simulator)
        _promise(payment)
        assert [one.error for one in together([refunds_send] * 5)] == [None] * 5
        assert len(stripe_simulator.all("refund")) == number + 1


def test_without_lease_and_key_they_send_it_several_times(
    stripe_simulator: Simulator, stripe_deliver: Deliver, together: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = paid(stripe_simulator, stripe_deliver)
    _promise(payment)
    waiting = Refund.objects.filter(pk=Refund.objects.get().pk).values_list("pk", flat=True)
    monkeypatch.setattr(refund_send, "_due", waiting.all)
    monkeypatch.setattr(refund_send, "_claimed", lambda _: True)
    monkeypatch.setattr(Refund, "key", property(lambda _: str(uuid.uuid4()), lambda *_: None), raising=False)
    together([quietly(refunds_send)] * 5)
    assert len(stripe_simulator.all("refund")) > 1


def _promise(payment: Payment) -> None:
    officer = UserFactory.create(roles=[Role.BILLING_OFFICER])
    refund_request(actor=officer, payment_id=payment.public_id, amount_minor=500, note="Late start")


def stale_sync(payment: Payment, simulator: Simulator, deliver: Deliver, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker fetches; before it applies what it has, the dispute is lost and another worker is told so."""
    fetch, calls = sync._fetched, iter([True])

    def fetched(session_id: str) -> sync.Facts:
        facts = fetch(session_id)
        if next(calls, False):
            simulator.close_dispute(simulator.all("dispute")[-1]["id"], won=False)
            deliver()
            for event_id in StripeEvent.objects.filter(state="received").values_list("pk", flat=True):
                event_apply(event_id=event_id)
        return facts

    monkeypatch.setattr(sync, "_fetched", fetched)
    payment_sync(payment_id=payment.pk)


def disputed(simulator: Simulator, deliver: Deliver) -> Payment:
    payment = paid(simulator, deliver)
    simulator.open_dispute(payment.charge_id)
    told_and_done(deliver)
    return payment


def test_what_was_fetched_earlier_never_has_the_last_word(
    stripe_simulator: Simulator, stripe_deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = disputed(stripe_simulator, stripe_deliver)
    stale_sync(payment, stripe_simulator, stripe_deliver, monkeypatch)
    work()
    assert Dispute.objects.get().status == DisputeStatus.LOST


def test_without_the_lease_it_has(
    stripe_simulator: Simulator, stripe_deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = disputed(stripe_simulator, stripe_deliver)

    token = uuid.UUID(int=1)

    def held(payment_id: int) -> Payment:
        payment = locks.payment_locked(payment_id)
        payment.lease_token = token
        return payment

    monkeypatch.setattr(sync, "_lease_taken", lambda *_: True)
    monkeypatch.setattr("billing.services.sync.uuid.uuid4", lambda: token)
    monkeypatch.setattr(sync, "payment_locked", held)
    stale_sync(payment, stripe_simulator, stripe_deliver, monkeypatch)
    work()
    assert Dispute.objects.get().status == DisputeStatus.NEEDS_RESPONSE
