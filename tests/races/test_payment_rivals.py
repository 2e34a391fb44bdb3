"""More of payments raced on real connections: sessions, refunds, disputes, officers. Each with its control."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from accounts.roles import Role
from accounts.tests.factories import UserFactory
from audit.models import Event
from billing import locks, tasks
from billing.models import Dispute, Payment, Receipt, Refund, StripeEvent
from billing.services import (
    event_apply,
    payment_start,
    payment_sync,
    refund_drop,
    refund_officers,
    refund_request,
    refund_retry,
    refund_send,
    refunds_send,
    session_end,
    sweep,
    sync,
)
from billing.states import OPEN, EventState, PaymentStatus, RefundStatus
from billing.tests.factories import RefundFactory
from billing.tests.steps import (
    Deliver,
    a_minute_later,
    begin,
    difference,
    hold,
    paid,
    paid_and_asked,
    told_and_done,
    work,
)
from booking.models import Appointment
from booking.services import appointment_cancel
from booking.states import Status
from booking.tests.steps import told, user_of
from common import clock
from devtools.testing.parallel import Outcome
from integrations.stripe.simulator.engine import Simulator
from integrations.stripe.simulator.problems import ApiProblem
from tests.races.conftest import Together, refusals
from tests.races.test_payments import quietly

pytestmark = pytest.mark.usefixtures("no_deadlock")


def unlocked(rows: QuerySet[Any], **key: object) -> Any:
    return rows.get(**key)


def pay_or_be_late(simulator: Simulator, payment: Payment) -> None:
    """On Stripe's page, which may say that the session is over."""
    with suppress(ApiProblem):
        simulator.pay(payment.session_id or "")


# A session that is to end, and somebody who pays on it.


def given_up(appointment: Appointment) -> None:
    appointment_cancel(actor=user_of(appointment.patient), appointment_id=appointment.public_id)


def race_for_a_session(simulator: Simulator, together: Together) -> Payment:
    appointment = hold()
    payment = begin(appointment)
    given_up(appointment)
    ending = partial(session_end, payment_id=payment.pk)
    paying = partial(pay_or_be_late, simulator, payment)
    for outcome in together([quietly(ending), paying, quietly(ending)]):
        assert outcome.error is None
    return payment


def test_paying_while_the_session_ends(
    stripe_simulator: Simulator, stripe_deliver: Deliver, together: Together, payment_rounds: int
) -> None:
    for _ in range(payment_rounds):
        payment = race_for_a_session(stripe_simulator, together)
        told_and_done(stripe_deliver)
        payment.refresh_from_db()
        assert payment.status not in OPEN
        assert difference(stripe_simulator) == 0
        assert stripe_simulator.balance() == 0, "the visit is given up, so whatever was paid goes back"


def test_whoever_believes_that_it_has_ended_keeps_the_money(
    stripe_simulator: Simulator, stripe_deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: asked to end, and not asked how it ended."""

    def believe(*, payment_id: int, now: object) -> bool:
        Payment.objects.filter(pk=payment_id).update(status=PaymentStatus.CANCELED)
        return True

    monkeypatch.setattr(sweep, "payment_sync", believe)
    appointment = hold()
    payment = begin(appointment)
    given_up(appointment)
    stripe_simulator.pay(payment.session_id or "")
    session_end(payment_id=payment.pk)
    payment.refresh_from_db()
    assert (payment.status, difference(stripe_simulator)) == (PaymentStatus.CANCELED, -4500)


# Two tabs.


def test_ten_tabs_open_one_session(stripe_simulator: Simulator, together: Together, payment_rounds: int) -> None:
    for number in range(1, payment_rounds + 1):
        appointment = hold()
        outcomes = together([partial(begin_anew, appointment)] * 10)
        assert refusals(outcomes) == []
        assert {one.value.session_id for one in outcomes if one.value} == {
            Payment.objects.get(appointment=appointment).session_id
        }
        assert len(stripe_simulator.all("checkout.session")) == number


def begin_anew(appointment: Appointment) -> Payment:
    return payment_start(actor=user_of(appointment.patient), appointment_id=appointment.public_id)


def test_without_the_index_ten_tabs_open_several(stripe_simulator: Simulator, together: Together) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX payment_one_open_an_appointment")
    for _ in range(10):
        appointment = hold()
        together([partial(begin_anew, appointment)] * 10)
        if Payment.objects.filter(appointment=appointment).count() > 1:
            return
    pytest.fail("Nothing went wrong without the protection, so the test above proves nothing.")


# The webhook and the page that somebody comes back to.


def those_who_hear(payment: Payment) -> list[Callable[[], Any]]:
    """The webhook's workers, the page's, and the sweeper, all told of the same payment."""
    events = StripeEvent.objects.filter(payment=payment, state=EventState.RECEIVED).values_list("pk", flat=True)
    return [
        *[partial(event_apply, event_id=event_id) for event_id in events],
        partial(tasks.check_payment, payment.pk),
        partial(tasks.check_payment, payment.pk),
        partial(payment_sync, payment_id=payment.pk),
    ]


def test_the_webhook_and_the_return_page_book_once(
    stripe_simulator: Simulator, stripe_deliver: Deliver, together: Together, payment_rounds: int
) -> None:
    for number in range(1, payment_rounds + 1):
        appointment = hold()
        payment = begin(appointment)
        stripe_simulator.pay(payment.session_id or "")
        stripe_deliver()
        for outcome in together([quietly(one) for one in those_who_hear(payment)]):
            assert outcome.error is None
        work()
        appointment.refresh_from_db()
        assert appointment.status == Status.BOOKED
        assert told(appointment.patient) == ["appointment_held", "appointment_booked", "payment_received"]
        assert (Receipt.objects.filter(payment=payment).count(), times_settled()) == (1, number)


def test_without_lease_and_locks_it_is_settled_twice(
    stripe_simulator: Simulator,
    together: Together,
    monkeypatch: pytest.MonkeyPatch,
    without_locks: None,
) -> None:
    token, all_have_read = uuid.UUID(int=1), Barrier(2)

    def held(payment_id: int) -> Payment:
        payment = Payment.objects.select_related("appointment__patient").get(pk=payment_id)
        payment.lease_token = token
        all_have_read.wait(timeout=20)
        return payment

    monkeypatch.setattr(sync, "_lease_taken", lambda *_: True)
    monkeypatch.setattr("billing.services.sync.uuid.uuid4", lambda: token)
    monkeypatch.setattr(sync, "payment_locked", held)
    payment = begin(hold())
    stripe_simulator.pay(payment.session_id or "")
    for outcome in together([partial(payment_sync, payment_id=payment.pk)] * 2):
        assert outcome.error is None
    assert times_settled() == 2


def times_settled() -> int:
    return Event.objects.filter(action="payment.settled").count()


# Refunds and disputes.


def officer() -> Any:
    return UserFactory.create(roles=[Role.BILLING_OFFICER])


def promise(payment: Payment, amount_minor: int = 500) -> Refund:
    return refund_request(actor=officer(), payment_id=payment.public_id, amount_minor=amount_minor, note="Late start")


def test_a_refund_while_the_bank_takes_the_payment(
    stripe_simulator: Simulator, together: Together, payment_rounds: int
) -> None:
    """Made before the dispute, or behind it; never lost, and never a matter for an officer."""
    for number in range(payment_rounds):
        payment = paid_and_asked(stripe_simulator)
        refund = promise(payment)
        dispute = partial(stripe_simulator.open_dispute, payment.charge_id)
        for outcome in together([quietly(refunds_send), dispute, partial(payment_sync, payment_id=payment.pk)]):
            assert outcome.error is None
        payment_sync(payment_id=payment.pk)
        refund.refresh_from_db()
        assert refund.status in (RefundStatus.SUCCEEDED, RefundStatus.PENDING)
        was_made = refund.status == RefundStatus.SUCCEEDED
        stripe_simulator.close_dispute(Dispute.objects.get(payment=payment).stripe_id, won=number % 2 == 0)
        payment_sync(payment_id=payment.pk)
        a_minute_later()
        refunds_send()
        refund.refresh_from_db()
        won = RefundStatus.SUCCEEDED if number % 2 == 0 or was_made else RefundStatus.CANCELED
        assert refund.status == won
        assert difference(stripe_simulator) == 0


def test_without_looking_why_stripe_refuses_the_promise_is_broken(
    stripe_simulator: Simulator, stripe_deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refund_send, "_waits_behind_a_dispute", lambda *_, **__: False)
    payment = paid(stripe_simulator, stripe_deliver)
    refund = promise(payment)
    stripe_simulator.open_dispute(payment.charge_id)
    refunds_send()
    refund.refresh_from_db()
    assert refund.by_hand, "though the bank may yet decide for us"


def test_a_promise_is_taken_back_or_sent_and_never_both(
    stripe_simulator: Simulator, stripe_deliver: Deliver, together: Together, payment_rounds: int
) -> None:
    payment, one = paid_and_asked(stripe_simulator, hold(price_minor=500 * (payment_rounds + 1))), officer()
    made = 0
    for _ in range(payment_rounds):
        refund = promise(payment)
        drop = partial(refund_drop, actor=one, refund_id=refund.public_id, note="No")
        for outcome in together([quietly(refunds_send), quietly(drop), quietly(refunds_send)]):
            assert outcome.error is None
        refund.refresh_from_db()
        assert refund.status in (RefundStatus.SUCCEEDED, RefundStatus.CANCELED)
        made += refund.status == RefundStatus.SUCCEEDED
        assert len(stripe_simulator.all("refund")) == made
        assert difference(stripe_simulator) == 0


def test_a_claim_that_does_not_look_again_sends_what_was_taken_back(
    stripe_simulator: Simulator, stripe_deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: found to be due, and sent though it was dropped since."""
    payment = paid(stripe_simulator, stripe_deliver)
    refund = promise(payment)
    refund_drop(actor=officer(), refund_id=refund.public_id, note="No")
    monkeypatch.setattr(refund_send, "_due", Refund.objects.values_list("pk", flat=True).all)
    monkeypatch.setattr(refund_send, "_claimed", lambda _: True)
    with pytest.raises(Exception, match="cannot be changed"):
        refunds_send()
    assert (len(stripe_simulator.all("refund")), difference(stripe_simulator)) == (1, 500)


def try_again(together: Together) -> tuple[Refund, list[Outcome[Any]]]:
    refund = RefundFactory.create(status=RefundStatus.FAILED, stripe_id=f"re_{uuid.uuid4().hex}")
    return refund, together([partial(refund_retry, actor=officer(), refund_id=refund.public_id) for _ in range(4)])


def test_four_officers_send_a_failed_refund_again_once(together: Together, payment_rounds: int) -> None:
    for _ in range(payment_rounds):
        refund, outcomes = try_again(together)
        assert refusals(outcomes) == []
        assert {one.value for one in outcomes} == {Refund.objects.get(replaces=refund)}


def test_without_lock_and_rule_they_promise_it_twice(together: Together, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "locked", unlocked)
    monkeypatch.setattr(refund_officers, "_visit_locked", lambda _: None)
    monkeypatch.setattr(refund_officers, "promises_make_way", lambda **_: None)
    monkeypatch.setattr(refund_officers, "_completed", lambda _failed, new, *_: new)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE billing_refund DROP CONSTRAINT billing_refund_replaces_id_key")
    for _ in range(10):
        refund, _ = try_again(together)
        if Refund.objects.filter(replaces=refund).count() > 1:
            return
    pytest.fail("Nothing went wrong without the protection, so the test above proves nothing.")


# Money for a visit that is gone: the controls of `test_payments.py`.


def test_a_cancellation_that_billing_does_not_answer_keeps_the_money(
    stripe_simulator: Simulator, stripe_deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("billing.receivers.payments_follow_release", lambda **_: None)
    payment = paid(stripe_simulator, stripe_deliver)
    given_up(payment.appointment)
    told_and_done(stripe_deliver)
    payment.appointment.refresh_from_db()
    assert (payment.appointment.status, stripe_simulator.balance()) == (Status.CANCELLED, 4500)


def test_a_late_payment_that_is_not_held_against_the_visit_is_kept(
    stripe_simulator: Simulator, stripe_deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("billing.services.settle._why_not", lambda *_: None)
    # The rules would find that nothing of it is kept.
    monkeypatch.setattr("billing.services.settle.promises_top_up", lambda **_: None)
    appointment = hold()
    payment = begin(appointment)
    stripe_simulator.pay(payment.session_id or "")
    Appointment.objects.filter(pk=appointment.pk).update(expires_at=clock.now())
    given_up(appointment)
    told_and_done(stripe_deliver)
    appointment.refresh_from_db()
    assert (appointment.status, stripe_simulator.balance()) == (Status.CANCELLED, 4500)
