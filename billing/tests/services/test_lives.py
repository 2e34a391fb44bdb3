"""Lives of one visit's money by the real services, at random from numbers that are told: what goes back in the end
follows from what happened and not from when, and whatever is owed on the way is promised or on somebody's list."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from django.db import transaction
from django.db.models import QuerySet, Sum

from billing.models import Dispute, Payment, Receipt, Refund
from billing.selectors import left_of
from billing.services import (
    attention_settle,
    payment_take_back,
    refund_drop,
    refund_let_go,
    refund_record_given,
    refund_record_left,
    refund_request,
    refund_retry,
    refund_second,
)
from billing.services.disputes import dispute_take_over
from billing.services.losses import losses_follow
from billing.services.promises import promises_fit, promises_top_up
from billing.services.refund_news import refund_take_over
from billing.states import (
    ELSEWHERE,
    REFUND_LIVE,
    Attention,
    DisputeStatus,
    Method,
    PaymentStatus,
    RefundReason,
    RefundStatus,
)
from billing.tests.factories import PaymentFactory
from billing.tests.services.test_failed import said
from billing.tests.services.test_officers import lost
from billing.tests.services.test_promises import cancel, heard
from billing.tests.services.test_refunds import made_in_dashboard, officer
from booking.models import Appointment
from booking.states import Status
from common import clock
from common.errors import DomainError

pytestmark = pytest.mark.django_db

# `make test-long` asks for many, and for others where `FIRST_LIFE` says so.
LIVES = max(int(os.environ.get("MACHINE_LIVES", "12")) // 3, 1)
FIRST = int(os.environ.get("FIRST_LIFE", "0"))
STEPS = 14
BY_PEOPLE = (RefundReason.OFFICER, RefundReason.EXTERNAL)
OFTEN = (
    "give",
    "give",
    "ask",
    "agree",
    "drop",
    "drop",
    "send",
    "send",
    "send",
    "fail",
    "fail",
    "fail",
    "again",
    "again",
)
SELDOM = (
    "by_hand",
    "lose",
    "lose",
    "undone",
    "dashboard",
    "mistake",
    "mistake",
    "costs",
    "costs",
    "cancel",
    "cancel",
    "left",
    "settle",
    "let_go",
)


class Life:
    """Some paid online, some perhaps in cash, and some of the desk's that never came; a share goes back of what is
    cancelled late. `prices` are what it has cost, one after the other, and `agreed_at` says how often the rules had
    spoken when an officer's promise, as it began, was agreed."""

    def __init__(self, number: int) -> None:
        self.random = Random(number)
        pick = self.random.choice
        online, cash, wrong, percent = pick([4500, 3000]), pick([0, 1000]), pick([1500, 700]), pick([30, 50, 50, 100])
        self.prices, self.percent_back = [online + cash + wrong], percent
        terms = {"appointment__price_minor": self.prices[0], "appointment__policy": {"late_refund_percent": percent}}
        self.online = PaymentFactory.create(paid=True, amount_minor=online, **terms)
        desk = {"desk": True, "appointment": self.online.appointment, "method": Method.CASH}
        self.payments = [self.online, *([PaymentFactory.create(amount_minor=cash, **desk)] if cash else [])]
        self.wrong = PaymentFactory.create(amount_minor=wrong, **desk)
        self.officer, self.colleague = officer(), officer()
        self.agreed_at: dict[int, int] = {}
        self.is_settled = False

    # What is so.

    @property
    def visit(self) -> Appointment:
        return Appointment.objects.get(pk=self.online.appointment_id)

    @property
    def is_cancelled(self) -> bool:
        return self.visit.status == Status.CANCELLED

    @property
    def spoken(self) -> int:
        return len(self.prices) - 1 + self.is_cancelled

    def refunds(self, **of: object) -> QuerySet[Refund]:
        return Refund.objects.filter(payment__appointment=self.online.appointment_id, **of).order_by("pk")

    def failed(self) -> QuerySet[Refund]:
        return self.refunds(status=RefundStatus.FAILED, replaced_by=None, let_go_minor=None)

    def waiting(self) -> QuerySet[Refund]:
        return self.refunds(status=RefundStatus.PENDING, needs_second=True, seconded_by=None)

    def promised(self) -> QuerySet[Refund]:
        return self.refunds(status=RefundStatus.PENDING).exclude(pk__in=self.waiting())

    def one_of(self, rows: QuerySet[Refund]) -> Refund | None:
        found = list(rows)
        return self.random.choice(found) if found else None

    # The acts.

    def act(self, name: str) -> None:
        with suppress(DomainError):
            getattr(self, name)()

    def give(self) -> Refund:
        payment = self.random.choice([*self.payments, self.wrong])
        minor = self.random.choice([1, 400, 1000, 1500, 2250])
        ask = {"actor": self.officer, "payment_id": payment.public_id, "note": "Sorry"}
        given = refund_request(amount_minor=minor, **ask)
        self.agreed_at[given.pk] = self.spoken
        return given

    def ask(self) -> None:
        given = self.give()
        del self.agreed_at[given.pk]
        Refund.objects.filter(pk=given.pk).update(needs_second=True)

    def agree(self) -> None:
        if one := self.one_of(self.waiting()):
            refund_second(actor=self.colleague, refund_id=one.public_id)
            # No promise before.
            self.agreed_at.setdefault(line(one)[0].pk, self.spoken)

    def drop(self) -> None:
        if one := self.one_of(self.refunds(status=RefundStatus.PENDING, reason=RefundReason.OFFICER)):
            refund_drop(actor=self.colleague, refund_id=one.public_id, note="Not so")

    def send(self) -> None:
        if one := self.one_of(self.promised()):
            if one.by_hand or not one.payment.is_online:
                refund_record_given(actor=self.officer, refund_id=one.public_id, reference=f"FP {one.pk}")
            else:
                said(one, "succeeded")

    def fail(self) -> None:
        sent = self.refunds(status=RefundStatus.SUCCEEDED, by_hand=False, payment=self.online)
        if one := self.one_of(sent):
            if one.reason == RefundReason.EXTERNAL:
                payment = Payment.objects.get(pk=one.payment_id)
                news = replace(made_in_dashboard(payment, one.amount_minor), id=one.stripe_id or "", status="failed")
                refund_take_over(payment=payment, refund=news, now=clock.now())
            else:
                said(one, "failed")

    def again(self) -> None:
        self.sent_again(self.one_of(self.failed()))

    def by_hand(self) -> None:
        self.sent_again(self.one_of(self.failed()), by_hand=True)

    def sent_again(self, one: Refund | None, *, by_hand: bool = False) -> None:
        if one:
            new = refund_retry(actor=self.officer, refund_id=one.public_id, by_hand=by_hand)
            if new.replaces_id == one.pk and one.reason == RefundReason.OFFICER and self.random.random() < 0.2:
                Refund.objects.filter(pk=new.pk).update(needs_second=True)

    def lose(self) -> None:
        minor = self.random.choice([100, 500, 1500, 3000])
        sent = self.refunds(payment=self.online, status=RefundStatus.SUCCEEDED, by_hand=False)
        if minor <= self.online.captured_minor - total(sent) - total(self.taken()):
            heard(self.online, lost_minor=minor)

    def taken(self) -> QuerySet[Dispute]:
        return Dispute.objects.filter(payment=self.online, status=DisputeStatus.LOST)

    def undone(self) -> None:
        if one := self.taken().first():
            self.online.refresh_from_db()
            news = replace(lost(one), status="won", is_charge_refundable=True)
            dispute_take_over(payment=self.online, dispute=news, now=clock.now())

    def dashboard(self) -> None:
        sent = self.refunds(payment=self.online, status=RefundStatus.SUCCEEDED)
        if not self.taken().exists() and total(sent) + 300 <= self.online.captured_minor:
            heard(self.online, refunded_minor=300)

    def mistake(self) -> None:
        payment_take_back(actor=self.officer, payment_id=self.wrong.public_id, note="It was another's.")

    def costs(self) -> None:
        """It becomes another kind of visit, as `visit_change` has it once booking has changed it."""
        visit, price = self.visit, self.random.choice([500, 2000, 4000, self.prices[0]])
        if not self.is_cancelled and price != visit.price_minor:
            self.prices.append(price)
            visit.price_minor = price
            visit.save(update_fields=["price_minor"])
            with transaction.atomic():
                promises_top_up(appointment=visit, now=clock.now())
                losses_follow(visit)

    def cancel(self) -> None:
        if not self.is_cancelled:
            cancel(self.online, is_free=False)

    def left(self) -> None:
        dropped = self.refunds(by_hand=True, status__in=(RefundStatus.PENDING, RefundStatus.CANCELED))
        if one := self.one_of(dropped):
            refund_record_left(actor=self.officer, refund_id=one.public_id, reference=f"BACS {one.pk}")

    def settle(self) -> None:
        waits = Payment.objects.filter(appointment=self.online.appointment_id).exclude(attention="")
        if payment := waits.order_by("pk").first():
            attention_settle(actor=self.officer, payment_id=payment.public_id, note="Seen.")
            self.is_settled = True

    def let_go(self) -> None:
        if one := self.one_of(self.failed()):
            refund_let_go(actor=self.officer, refund_id=one.public_id, note="In cash.")

    # What must be so.

    def kept(self) -> QuerySet[Refund]:
        return self.refunds(status=RefundStatus.CANCELED).exclude(given_reference="")

    def assert_seen(self) -> None:
        """What failed is listed, but where a bank took all; nothing has gone twice unseen; each made has its note."""
        rows, took = list(self.refunds()), total(self.taken())
        notes = list(Receipt.objects.filter(payment__appointment=self.online.appointment_id).select_related("cancels"))
        replaced = {one.replaces_id for one in rows}
        for payment in Payment.objects.filter(appointment=self.online.appointment_id):
            own = [one for one in rows if one.payment_id == payment.pk]
            made = [one for one in own if one.status == RefundStatus.SUCCEEDED]
            gone = [one for one in own if one.status in REFUND_LIVE or one.given_reference]
            is_over = amount(gone) + (took if payment == self.online else 0) > payment.captured_minor
            if not self.is_settled and payment.status == PaymentStatus.SUCCEEDED:
                assert not is_over or payment.attention == Attention.GONE_TWICE
            failed = [one for one in own if one.status == RefundStatus.FAILED and one.let_go_minor is None]
            if any(one.pk not in replaced for one in failed) and not payment.attention:
                assert took
                assert self.is_nothing_left()
            noted = [one for one in notes if one.payment_id == payment.pk and one.kind == Receipt.Kind.CREDIT_NOTE]
            undone = [one for one in notes if one.cancels in noted]
            assert amount(noted) - amount(undone) == amount(made)

    def is_nothing_left(self) -> bool:
        paid = Payment.objects.filter(appointment=self.online.appointment_id, status=PaymentStatus.SUCCEEDED)
        by_officers = self.promised().filter(reason=RefundReason.OFFICER)
        return not any(left_of(one) + total(by_officers.filter(payment=one)) for one in paid)

    def assert_given(self) -> None:
        """The larger of the rules' share and of what was given towards it, and on top what officers gave after that, as
        they gave it at first, each time that the rules spoke: of what they owed once as much as they have owed ever
        since. What is sent is not asked back."""
        paid = Payment.objects.filter(appointment=self.online.appointment_id, status=PaymentStatus.SUCCEEDED)
        captured = sum(one.captured_minor for one in paid)
        took = total(self.taken())
        given_at = dict.fromkeys(range(self.spoken + 1), 0) | {0: took}
        for one in self.refunds(payment__in=paid, replaced_by=None, reason__in=BY_PEOPLE):
            first, minor = line(one)[0], face(one)
            if minor:
                given_at[0 if first.reason == RefundReason.EXTERNAL else self.agreed_at[first.pk]] += minor
        late = min(self.prices[-1], captured)
        shares = [captured - kept for kept in (*self.prices[1:], late - late * self.percent_back // 100)]
        wanted = given_at[0]
        for at in range(1, self.spoken + 1):
            wanted = max(wanted, min(shares[at - 1 :])) + given_at[at]
        expected = min(captured, wanted)
        live = self.refunds(payment__in=paid, status__in=sorted(REFUND_LIVE)).exclude(pk__in=self.waiting())
        given = total(live) + took
        let_go = sum(one.let_go_minor or 0 for one in self.refunds(replaced_by=None))
        by_rule = live.exclude(reason__in=BY_PEOPLE)
        is_all_sent = not by_rule.filter(status=RefundStatus.PENDING).exists()
        assert expected - let_go <= given <= expected or (is_all_sent and given > expected)


def amount(rows: Iterable[Refund] | Iterable[Receipt]) -> int:
    return sum(one.amount_minor for one in rows)


def total(rows: QuerySet[Refund] | QuerySet[Dispute]) -> int:
    return int(rows.aggregate(total=Sum("amount_minor"))["total"] or 0)


def line(refund: Refund) -> list[Refund]:
    """A refund behind all that it took the place of, the oldest first."""
    return [*(line(refund.replaces) if refund.replaces else []), refund]


def face(refund: Refund) -> int:
    """What somebody gave by it at first, but for their own no and for want of money."""
    if refund.status == RefundStatus.CANCELED and refund.failure in ("", "the payment was written down by mistake"):
        return 0
    rows = line(refund)
    rest = sum(old.amount_minor - new.amount_minor for old, new in pairwise(rows) if old.status == RefundStatus.FAILED)
    return rest + (0 if refund.status == RefundStatus.CANCELED else refund.amount_minor - (refund.let_go_minor or 0))


@pytest.mark.parametrize("number", range(FIRST, FIRST + LIVES))
def test_what_is_owed_is_seen_and_in_the_end_as_much_is_given_as_the_rules_owe_and_officers_gave(number: int) -> None:
    life = Life(number)
    for name in [life.random.choice([*OFTEN, *SELDOM]) for _ in range(STEPS)]:
        life.act(name)
        life.assert_seen()
    life.cancel()
    while one := life.waiting().first():
        refund_drop(actor=life.colleague, refund_id=one.public_id, note="Not so")
    failed = list(life.failed())
    life.random.shuffle(failed)
    for one in failed:
        with suppress(DomainError):
            refund_retry(actor=life.officer, refund_id=one.public_id)
    life.assert_seen()
    if any(after > before for before, after in pairwise(life.prices)):
        # What was promised while it cost less stands until the money is reckoned anew.
        with transaction.atomic():
            promises_fit(payment=life.online, why=ELSEWHERE, now=clock.now(), gone_minor=0, is_written=True)
    if not life.kept().exists():
        life.assert_given()
    for payment in Payment.objects.filter(appointment=life.online.appointment_id).exclude(attention=""):
        for _ in range(2):
            attention_settle(actor=life.officer, payment_id=payment.public_id, note="It is promised otherwise.")
    assert not Payment.objects.filter(appointment=life.online.appointment_id).exclude(attention="").exists()
