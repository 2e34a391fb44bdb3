"""Lives of one visit's money with failures in them, at random from numbers that are told: what goes back in the end
follows from what happened and not from when, and nothing that failed is out of sight on the way."""

from __future__ import annotations

import os
from contextlib import suppress
from random import Random

import pytest
from django.db.models import QuerySet

from billing.models import Dispute, Payment, Refund
from billing.selectors import first_of, left_of
from billing.services import attention_settle, payment_take_back, refund_drop, refund_request, refund_retry
from billing.states import REFUND_LIVE, Method, PaymentStatus, RefundReason, RefundStatus
from billing.tests.factories import PaymentFactory
from billing.tests.services.test_failed import said
from billing.tests.services.test_promises import cancel, heard
from billing.tests.services.test_refunds import officer
from booking.models import Appointment
from booking.states import Status
from common.errors import Conflict

pytestmark = pytest.mark.django_db

# `make test-long` takes seven times as many.
LIVES = int(os.environ.get("PAYMENT_ORDERS", "120")) // 30
STEPS = 12
ACTS = ("give", "send", "send", "fail", "fail", "again", "drop", "lose", "dashboard", "mistake", "cancel", "cancel")


class Life:
    """£45 online and £15 of the desk that never came; half goes back of what is cancelled late."""

    def __init__(self, number: int) -> None:
        self.random = Random(number)
        terms = {"appointment__price_minor": 6000, "appointment__policy": {"late_refund_percent": 50}}
        self.online = PaymentFactory.create(paid=True, **terms)
        visit = self.online.appointment
        self.wrong = PaymentFactory.create(desk=True, appointment=visit, amount_minor=1500, method=Method.CASH)
        self.officer = officer()
        self.seen = {"lose": False, "dashboard": False, "mistake": False}

    @property
    def visit(self) -> Appointment:
        return Appointment.objects.get(pk=self.online.appointment_id)

    @property
    def is_cancelled(self) -> bool:
        return self.visit.status == Status.CANCELLED

    def refunds(self) -> QuerySet[Refund]:
        return Refund.objects.filter(payment=self.online)

    def failed(self) -> QuerySet[Refund]:
        return self.refunds().filter(status=RefundStatus.FAILED, replaced_by=None)

    def one_of(self, rows: QuerySet[Refund]) -> Refund | None:
        found = list(rows.order_by("pk"))
        return self.random.choice(found) if found else None

    def act(self, name: str) -> None:
        # Each of these once.
        if self.seen.get(name):
            return
        self.seen[name] = name in self.seen
        getattr(self, name)()

    def give(self) -> None:
        # What is given before is never more than the share: else a part of it would be beside that.
        before = 0 if self.is_cancelled else self.refunds().count()
        if before < 2 and left_of(self.online) >= 1000:
            amount = self.random.choice([400, 1000])
            ask = {"actor": self.officer, "payment_id": self.online.public_id, "note": "Sorry"}
            refund_request(amount_minor=amount, **ask)

    def send(self) -> None:
        if one := self.one_of(self.refunds().filter(status=RefundStatus.PENDING)):
            said(one, "succeeded")

    def fail(self) -> None:
        sent = self.refunds().filter(status=RefundStatus.SUCCEEDED).exclude(reason=RefundReason.EXTERNAL)
        if one := self.one_of(sent):
            said(one, "failed")

    def again(self) -> None:
        if one := self.one_of(self.failed()):
            self.sent_again(one)

    def sent_again(self, one: Refund) -> bool:
        try:
            refund_retry(actor=self.officer, refund_id=one.public_id)
        except Conflict:
            return False
        return True

    def drop(self) -> None:
        if one := self.one_of(self.refunds().filter(status=RefundStatus.PENDING, reason=RefundReason.OFFICER)):
            with suppress(Conflict):
                refund_drop(actor=self.officer, refund_id=one.public_id, note="Not so")

    def lose(self) -> None:
        heard(self.online, lost_minor=500)

    def dashboard(self) -> None:
        if left_of(self.online) >= 300:
            heard(self.online, refunded_minor=300)

    def mistake(self) -> None:
        payment_take_back(actor=self.officer, payment_id=self.wrong.public_id, note="It was another's.")

    def cancel(self) -> None:
        if not self.is_cancelled:
            cancel(self.online, is_free=False)

    def assert_seen(self) -> None:
        self.online.refresh_from_db()
        assert self.online.attention or not self.failed().exists() or not left_of(self.online)

    def assert_given(self) -> None:
        """The larger of the rules' share and what was given towards it, and beside that what was given after."""
        paid = Payment.objects.filter(appointment=self.visit, status=PaymentStatus.SUCCEEDED)
        captured = sum(one.captured_minor for one in paid)
        cancelled_at = self.visit.cancelled_at
        assert cancelled_at
        towards = sum(one.amount_minor for one in Dispute.objects.filter(payment__in=paid))
        beside = ruled = 0
        is_all_sent = True
        for one in Refund.objects.filter(payment__in=paid, status__in=sorted(REFUND_LIVE)):
            if one.reason == RefundReason.OFFICER and first_of(one).created_at > cancelled_at:
                beside += one.amount_minor
            elif one.reason in (RefundReason.OFFICER, RefundReason.EXTERNAL):
                towards += one.amount_minor
            else:
                ruled += one.amount_minor
                is_all_sent = is_all_sent and one.status == RefundStatus.SUCCEEDED
        expected = min(captured, max(captured // 2, towards) + beside)
        given = towards + beside + ruled
        # What is sent is not asked back.
        assert given == expected or (is_all_sent and given > expected)


@pytest.mark.parametrize("number", range(LIVES))
def test_what_failed_is_seen_and_in_the_end_as_much_is_given_as_the_rules_owe_and_officers_gave(number: int) -> None:
    life = Life(number)
    for name in [life.random.choice(ACTS) for _ in range(STEPS)]:
        life.act(name)
        life.assert_seen()
    life.cancel()
    failed = list(life.failed().order_by("pk"))
    life.random.shuffle(failed)
    stay = [one for one in failed if not life.sent_again(one)]
    life.assert_seen()
    life.assert_given()
    if stay:
        attention_settle(actor=life.officer, payment_id=life.online.public_id, note="It is promised otherwise.")
    life.online.refresh_from_db()
    assert not life.online.attention
