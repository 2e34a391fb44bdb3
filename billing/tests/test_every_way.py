"""One visit and its money, by every way that Hypothesis finds through holds, payments, refunds, disputes and moves.

After each step what the database promises holds; in the end, when all news has come, our ledger and Stripe's agree to
the penny. `MONEY_WALKS=500` looks longer than a build has time for.
"""

from __future__ import annotations

import os
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from billing.models import Dispute, Payment, Receipt, Refund, StripeEvent
from billing.services import (
    attention_settle,
    event_receive,
    payment_record,
    reconcile,
    refund_drop,
    refund_let_go,
    refund_record_given,
    refund_record_left,
    refund_request,
    refund_retry,
    refund_second,
    visit_change,
)
from billing.states import (
    DISPUTE_OVER,
    OPEN,
    PAYMENT_TRANSITIONS,
    REFUND_LIVE,
    REFUND_TRANSITIONS,
    Attention,
    EventState,
    Method,
    Outcome,
    PaymentStatus,
    RefundReason,
    RefundStatus,
)
from billing.tests.services.test_change import kind
from billing.tests.services.test_refunds import officer, within_policy
from billing.tests.steps import a_minute_later, begin, difference, hold, sweep, work
from booking.models import Appointment
from booking.services import appointment_cancel, appointment_enter_in_error, appointment_move, pending_expire
from booking.states import CancelReason, ErrorReason, Status
from booking.tests.factories import AppointmentFactory, next_slot_start
from booking.tests.steps import at_the_desk_of, user_of
from common import clock
from common.errors import DomainError
from integrations.stripe.simulator.engine import Simulator
from integrations.stripe.simulator.faults import Fault, Kind
from integrations.stripe.simulator.problems import ApiProblem
from integrations.stripe.simulator.store import Store
from integrations.stripe.webhooks import event_from

pytestmark = pytest.mark.django_db

WALKS, STEPS = int(os.environ.get("MONEY_WALKS", "25")), 14
PRICE = 4500
amounts = st.sampled_from([100, 2250, PRICE])
REFUSED = (DomainError, ApiProblem)


by_transfer = partial(refund_record_given, reference="FP 1")
had_left = partial(refund_record_left, reference="FP 1")
no, no_more = partial(refund_drop, note="No"), partial(refund_let_go, note="In cash")
OFFICERS_DO = [no, no_more, refund_retry, refund_second, by_transfer, had_left]


def has_session(_machine: Money) -> bool:
    return Payment.objects.exclude(session_id=None).exists()


class Money(RuleBasedStateMachine):
    simulator: Simulator

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        # Stripe may be asked inside, as the transaction is the test's own.
        transaction.get_connection().atomic_blocks[-1]._from_testcase = True
        self.simulator.world.store, self.simulator.world.ahead = Store(), 0
        self.simulator.faults.clear()
        self.disputed = False

    def teardown(self) -> None:
        try:
            self.all_news_comes()
            self.assert_it_adds_up()
        finally:
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    @initialize(already=st.sampled_from(["held", "begun", "paid", "told", "told"]))
    def held(self, already: str) -> None:
        """Most ways begin where money has come: what follows is what is hard."""
        self.visit = hold(PRICE)
        self.patient = user_of(self.visit.patient)
        self.desk = at_the_desk_of(self.visit.location)
        self.officers = [officer(), officer()]
        self.moves = 1
        if already != "held":
            self.begins()
        if already in ("paid", "told"):
            self.pays("pays")
        if already == "told":
            self.news_comes(1)
            work()

    @property
    def now(self) -> Appointment:
        return Appointment.objects.get(pk=self.visit.pk)

    def session(self) -> str:
        return Payment.objects.exclude(session_id=None).order_by("-pk").values_list("session_id", flat=True)[0] or ""

    # The patient.

    @rule()
    def begins(self) -> None:
        with suppress(*REFUSED):
            begin(self.now)

    @precondition(has_session)
    @rule(card=st.sampled_from(["pays", "pays", "declined", "asks_bank", "refund_pending"]))
    def pays(self, card: str) -> None:
        with suppress(*REFUSED):
            self.simulator.pay(self.session(), card)

    @precondition(has_session)
    @rule()
    def says_no_at_the_bank(self) -> None:
        session = self.simulator.find("checkout.session", self.session())
        if session["status"] == "open":
            self.simulator.refuse_at_bank(session["id"])

    @rule(is_free=st.booleans())
    def cancels(self, *, is_free: bool) -> None:
        within_policy(self.now, is_free=is_free)
        with suppress(*REFUSED):
            appointment_cancel(actor=self.patient, appointment_id=self.visit.public_id)

    @rule()
    def moves_the_visit(self) -> None:
        self.moves += 1
        with suppress(*REFUSED):
            appointment_move(
                actor=self.patient,
                appointment_id=self.visit.public_id,
                start=next_slot_start(self.moves),
                seen_sequence=self.now.calendar_sequence,
            )

    # Time, and other people.

    @rule(is_taken=st.booleans())
    def the_hold_ends(self, *, is_taken: bool) -> None:
        if self.now.status != Status.PENDING:
            return
        Appointment.objects.filter(pk=self.visit.pk).update(expires_at=clock.now() - timedelta(seconds=1))
        pending_expire(now=clock.now())
        if is_taken:
            AppointmentFactory.create(visit_type=self.visit.visit_type, start=self.now.start)

    @precondition(has_session)
    @rule()
    def the_session_runs_out(self) -> None:
        with suppress(*REFUSED):
            self.simulator.expire(self.session())

    # The clinic and its officers.

    @rule()
    def the_clinic_cancels(self) -> None:
        with suppress(*REFUSED):
            appointment_cancel(actor=self.desk, appointment_id=self.visit.public_id)

    @rule()
    def it_was_an_error(self) -> None:
        with suppress(*REFUSED):
            appointment_enter_in_error(actor=self.desk, appointment_id=self.visit.public_id, reason=ErrorReason.TWICE)

    @rule(amount=amounts)
    def the_desk_takes(self, amount: int) -> None:
        with suppress(*REFUSED):
            payment_record(
                actor=self.desk, appointment_id=self.visit.public_id, method=Method.CASH, amount_minor=amount
            )

    @rule(amount=amounts)
    def an_officer_gives_back(self, amount: int) -> None:
        for payment in Payment.objects.exclude(captured_minor=0)[:1]:
            with suppress(*REFUSED):
                refund_request(
                    actor=self.officers[0], payment_id=payment.public_id, amount_minor=amount, note="Late start"
                )

    @rule(price=st.sampled_from([2250, PRICE, 6000]))
    def it_becomes_another_visit(self, price: int) -> None:
        with suppress(*REFUSED):
            visit_change(
                actor=self.patient,
                appointment_id=self.visit.public_id,
                visit_type_id=kind(self.now, price).public_id,
                start=self.now.start,
            )

    @rule(what=st.sampled_from(OFFICERS_DO))
    def an_officer_looks_at_a_refund(self, what: Any) -> None:
        for refund in Refund.objects.order_by("-pk")[:1]:
            with suppress(*REFUSED):
                what(actor=self.officers[1], refund_id=refund.public_id)

    @rule()
    def an_officer_settles(self) -> None:
        for payment in Payment.objects.exclude(attention=""):
            with suppress(*REFUSED):
                attention_settle(actor=self.officers[0], payment_id=payment.public_id, note="Looked at")

    # Stripe, its dashboard and the banks.

    def charge(self) -> str:
        paid = [one["id"] for one in self.simulator.all("charge") if one["paid"]]
        return paid[-1] if paid else ""

    @precondition(lambda self: self.charge())
    @rule(amount=amounts)
    def the_dashboard_gives_back(self, amount: int) -> None:
        with suppress(*REFUSED):
            self.simulator.refund_in_dashboard(self.charge(), amount)

    @precondition(lambda self: self.simulator.all("refund"))
    @rule()
    def a_bank_returns_a_refund(self) -> None:
        self.simulator.fail_refund(self.simulator.all("refund")[-1]["id"])

    @precondition(lambda self: self.charge() and not self.disputed)
    @rule(inquiry=st.booleans(), amount=st.sampled_from([None, 1500]))
    def a_bank_disputes(self, *, inquiry: bool, amount: int | None) -> None:
        self.simulator.open_dispute(self.charge(), inquiry=inquiry, amount=amount)
        self.disputed = True

    @precondition(lambda self: self.disputed)
    @rule(won=st.booleans())
    def the_bank_decides(self, *, won: bool) -> None:
        self.simulator.close_dispute(self.simulator.all("dispute")[-1]["id"], won=won)

    @rule(
        kind=st.sampled_from([Kind.DOWN, Kind.LOST, Kind.ERROR_BEFORE, Kind.ERROR_AFTER]),
        method=st.sampled_from(["", "POST"]),
    )
    def stripe_stumbles(self, kind: Kind, method: str) -> None:
        self.simulator.faults.add(Fault(kind, method=method, times=2))

    # News.

    @rule(times=st.integers(1, 2))
    def news_comes(self, times: int) -> None:
        for _ in range(times):
            self.simulator.deliver(self.take)

    @rule()
    def news_is_lost(self) -> None:
        self.simulator.deliver(lambda *_: 200)

    @rule()
    def workers_work(self) -> None:
        work()

    @rule()
    def sweepers_sweep(self) -> None:
        a_minute_later()
        sweep()

    def take(self, payload: bytes, signature: str) -> int:
        event_receive(event=event_from(payload, signature, now=clock.now()))
        return 200

    def all_news_comes(self) -> None:
        """A day goes by, and Stripe is well again."""
        self.simulator.faults.clear()
        for _ in range(2):
            self.simulator.advance(24 * 60 * 60)
            a_minute_later()
            work()
            sweep()
        reconcile(actor=None, since=clock.now() - timedelta(days=1))
        a_minute_later()
        work()

    # What always holds.

    @invariant()
    def no_two_payments_are_open(self) -> None:
        assert Payment.objects.filter(status__in=sorted(OPEN)).count() <= 1

    @invariant()
    def nobody_is_booked_for_nothing(self) -> None:
        if hasattr(self, "visit") and self.now.status == Status.BOOKED:
            paid = Payment.objects.filter(appointment=self.visit, status=PaymentStatus.SUCCEEDED)
            assert (paid.aggregate(total=Sum("captured_minor"))["total"] or 0) >= self.visit.amount_due_minor

    @invariant()
    def no_more_goes_back_than_came(self) -> None:
        for payment in Payment.objects.all():
            live = payment.refunds.filter(status__in=sorted(REFUND_LIVE))
            assert (live.aggregate(total=Sum("amount_minor"))["total"] or 0) <= payment.captured_minor
        for charge in self.simulator.all("charge"):
            assert charge["amount_refunded"] <= charge["amount_captured"]

    @invariant()
    def receipts_have_no_gap(self) -> None:
        for series, numbers in Counter(Receipt.objects.values_list("series", flat=True)).items():
            found = Receipt.objects.filter(series=series).order_by("sequence").values_list("sequence", flat=True)
            assert list(found) == list(range(1, numbers + 1))

    @invariant()
    def credit_notes_are_what_went_back(self) -> None:
        by_kind = dict(Receipt.objects.order_by().values_list("kind").annotate(total=Sum("amount_minor")))
        gone = Refund.objects.filter(status=RefundStatus.SUCCEEDED).aggregate(total=Sum("amount_minor"))["total"] or 0
        assert by_kind.get("credit-note", 0) - by_kind.get("cancellation", 0) == gone

    @invariant()
    def every_step_was_legal(self) -> None:
        for model, transitions in ((Payment, PAYMENT_TRANSITIONS), (Refund, REFUND_TRANSITIONS)):
            for row in model.objects.all():
                states = list(row.history.order_by("history_id").values_list("status", flat=True))
                steps = {(one, other) for one, other in pairwise(states) if one != other}
                assert all(other in transitions[one] for one, other in steps)

    def assert_it_adds_up(self) -> None:
        """Nothing is lost, nothing is open for ever, and nobody pays for a visit that is not theirs."""
        assert difference(self.simulator) == 0
        still_open = Payment.objects.filter(status__in=sorted(OPEN)).exclude(
            status=PaymentStatus.REVIEW, attention__gt=""
        )
        assert list(still_open.values_list("status", flat=True)) == []
        assert not StripeEvent.objects.filter(state__in=[EventState.RECEIVED, EventState.FAILED]).exists()
        waiting = Refund.objects.filter(status=RefundStatus.PENDING, payment__method=Method.ONLINE, needs_second=False)
        waiting = waiting.filter(by_hand=False)
        for refund in waiting:
            assert refund.payment.disputes.exclude(status__in=sorted(DISPUTE_OVER)).exists()
        self.assert_a_lost_visit_is_paid_back()

    def assert_a_lost_visit_is_paid_back(self) -> None:
        for payment in Payment.objects.filter(method=Method.ONLINE, outcome=Outcome.REFUNDED):
            given = payment.refunds.values_list("status", flat=True)
            lost = Dispute.objects.filter(payment=payment).exists()
            assert given or lost
        if hasattr(self, "visit") and self.now.cancel_reason == CancelReason.CLINIC:
            for payment in Payment.objects.filter(status=PaymentStatus.SUCCEEDED):
                told = payment.refunds.exclude(reason=RefundReason.OFFICER).exists()
                whole = sum(payment.refunds.values_list("amount_minor", flat=True)) >= payment.captured_minor
                assert told or whole or payment.attention != Attention.NONE or payment.disputes.exists()


def test_every_way_ends_with_the_money_in_one_place(stripe_simulator: Simulator) -> None:
    class Walk(Money):
        simulator = stripe_simulator

    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=WALKS,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize="MONEY_WALKS" not in os.environ,
            suppress_health_check=list(HealthCheck),
        ),
    )
