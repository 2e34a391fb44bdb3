from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import UserFactory
from audit.models import Event
from billing.models import Payment, Receipt, Refund
from billing.selectors import left_to_pay, money_by_day, payment_steps
from billing.services import payment_record, payment_take_back, receipt_draw, refund_record_given, refund_request
from billing.states import Attention, DisputeStatus, Method, PaymentStatus, RefundReason, RefundStatus
from billing.tests.factories import DisputeFactory, PaymentFactory, RefundFactory
from billing.tests.services.test_refunds import officer, within_policy
from booking.models import Appointment
from booking.services import appointment_cancel
from booking.tests.factories import AppointmentFactory
from booking.tests.steps import mails_to, user_of
from common import clock
from common.errors import Conflict, Forbidden, Invalid, NotFound
from doctors.services import staff_join

pytestmark = pytest.mark.django_db


def clerk_at(appointment: Appointment) -> User:
    clerk: User = UserFactory.create()
    staff_join(actor=None, location_id=appointment.location_id, user_id=clerk.public_id)
    return User.objects.get(pk=clerk.pk)


def record(appointment: Appointment, actor: User | None = None, **more: Any) -> Any:
    given = {"method": Method.CASH, "amount_minor": 4500, **more}
    return payment_record(actor=actor or clerk_at(appointment), appointment_id=appointment.public_id, **given)


def test_what_is_taken_at_the_desk_is_paid_and_has_a_receipt() -> None:
    appointment = AppointmentFactory.create()
    payment = record(appointment, reference=" till 3 ")
    assert (payment.status, payment.captured_minor, payment.desk_reference) == (PaymentStatus.SUCCEEDED, 4500, "till 3")
    receipt = Receipt.objects.get(payment=payment)
    assert receipt.amount_minor == 4500
    assert Event.objects.get(action="payment.recorded").data == {"amount": 4500, "method": "cash"}


@pytest.mark.parametrize("reference", ["4929 1234 5678 9015", "card 4242-4242-4242-4242", "378282246310005"])
def test_a_card_number_is_no_reference(reference: str) -> None:
    with pytest.raises(Invalid, match="card number") as refused:
        record(AppointmentFactory.create(), reference=reference)
    assert "reference" in refused.value.fields
    assert not Receipt.objects.exists()


def test_a_reference_that_is_too_long_is_refused_and_not_cut() -> None:
    with pytest.raises(Invalid, match="no more than 60") as refused:
        record(AppointmentFactory.create(), reference="R" * 61)
    assert "reference" in refused.value.fields
    assert record(AppointmentFactory.create(), reference="R" * 60).desk_reference == "R" * 60


def test_a_long_number_of_the_till_is_a_reference() -> None:
    assert record(AppointmentFactory.create(), reference="2026112900012345").desk_reference == "2026112900012345"


@pytest.mark.parametrize("amount", [0, 4501])
def test_no_more_is_taken_than_is_left_to_pay(amount: int) -> None:
    appointment = AppointmentFactory.create()
    with pytest.raises(Invalid, match="up to what is left"):
        record(appointment, amount_minor=amount)


def test_what_is_paid_is_not_taken_twice() -> None:
    appointment = AppointmentFactory.create()
    clerk = clerk_at(appointment)
    record(appointment, clerk)
    with pytest.raises(Invalid, match="Nothing is left"):
        record(appointment, clerk)


def test_nothing_is_taken_while_it_is_being_paid_online() -> None:
    payment = PaymentFactory.create(appointment=AppointmentFactory.create(price_minor=4500))
    with pytest.raises(Conflict) as refused:
        record(payment.appointment)
    assert refused.value.code == "being_paid"


def test_the_patient_and_the_doctor_record_nothing() -> None:
    appointment = AppointmentFactory.create()
    assert appointment.patient.user
    with pytest.raises(Forbidden):
        record(appointment, appointment.patient.user)
    with pytest.raises(NotFound):
        record(appointment, UserFactory.create(roles=[Role.BILLING_OFFICER]))


def test_a_cancelled_visit_gives_back_at_the_desk_what_was_paid_there() -> None:
    appointment = AppointmentFactory.create()
    clerk = clerk_at(appointment)
    record(appointment, clerk)
    appointment_cancel(actor=clerk, appointment_id=appointment.public_id)
    refund = Refund.objects.get()
    assert (refund.amount_minor, refund.reason, refund.status) == (4500, RefundReason.PRACTICE, RefundStatus.PENDING)
    given = refund_record_given(actor=clerk, refund_id=refund.public_id)
    assert given.status == RefundStatus.SUCCEEDED
    assert Receipt.objects.get(refund=refund).kind == Receipt.Kind.CREDIT_NOTE
    refund_record_given(actor=clerk, refund_id=refund.public_id)
    assert Receipt.objects.filter(refund=refund).count() == 1
    promised, made = (one for one in mails_to(appointment.patient) if "£45" in one.subject)
    assert "come to the desk" in promised.body
    assert "bank" not in f"{promised.body}{made.body}".lower()


def take_back(payment: Payment, actor: User, **more: Any) -> Payment:
    return payment_take_back(actor=actor, payment_id=payment.public_id, **{"note": "Paid by card", **more})


def test_what_was_written_down_by_mistake_is_due_again_and_its_receipt_cancelled() -> None:
    appointment = AppointmentFactory.create()
    clerk = clerk_at(appointment)
    wrong = record(appointment, clerk)
    for _ in range(2):
        taken_back = take_back(wrong, clerk)
    assert (taken_back.status, taken_back.captured_minor) == (PaymentStatus.ENTERED_IN_ERROR, 0)
    assert left_to_pay(appointment) == 4500
    receipt, void = Receipt.objects.filter(payment=wrong).order_by("pk")
    assert (void.cancels, void.kind, void.amount_minor) == (receipt, Receipt.Kind.VOID, 4500)
    with receipt_draw(receipt_id=void.pk).file.open() as drawn:
        assert drawn.read().startswith(b"%PDF")
    right = record(appointment, clerk, method=Method.CARD_MACHINE)
    assert (right.status, left_to_pay(appointment)) == (PaymentStatus.SUCCEEDED, 0)
    assert money_by_day(days=1, now=clock.now())[0].taken == 4500
    [told] = [one.body for one in mails_to(appointment.patient) if "by mistake" in one.body]
    assert "The receipt for it is cancelled" in told
    assert "by card" not in told
    event = Event.objects.get(action="payment.taken_back")
    assert "card" not in str(event.data)
    assert (f"Taken back by {clerk.shown_name}", "Paid by card") in [
        (step.what, step.detail) for step in payment_steps(taken_back)
    ]


def test_a_promise_of_what_never_came_is_dropped_and_the_patient_hears_why() -> None:
    appointment = AppointmentFactory.create()
    clerk = clerk_at(appointment)
    wrong = record(appointment, clerk)
    appointment_cancel(actor=clerk, appointment_id=appointment.public_id)
    take_back(wrong, clerk)
    assert Refund.objects.get().status == RefundStatus.CANCELED
    told = [one.body for one in mails_to(appointment.patient)]
    assert any("The payment that it was to be of had been written down by mistake" in one for one in told)


def test_given_back_in_whole_it_may_still_have_been_a_mistake_and_in_part_it_may_not() -> None:
    appointment, one = AppointmentFactory.create(), officer()
    clerk = clerk_at(appointment)
    wrong = record(appointment, clerk)
    for amount, is_whole in ((1000, False), (3500, True)):
        refund = refund_request(actor=one, payment_id=wrong.public_id, amount_minor=amount, note="To put it right")
        refund_record_given(actor=clerk, refund_id=refund.public_id)
        assert left_to_pay(appointment) == 0
        if not is_whole:
            with pytest.raises(Conflict, match="£10 of it is written down as given back"):
                take_back(wrong, clerk)
    assert take_back(wrong, clerk).status == PaymentStatus.ENTERED_IN_ERROR
    assert left_to_pay(appointment) == 4500
    assert not Receipt.objects.filter(kind=Receipt.Kind.VOID).exists()
    assert not any("is cancelled" in one.body for one in mails_to(appointment.patient))
    day = money_by_day(days=1, now=clock.now())[0]
    assert (day.taken, day.returned) == (4500, 4500)


@pytest.mark.parametrize("is_sent", [True, False])
def test_of_what_came_in_truth_the_policy_owes_another_share(*, is_sent: bool) -> None:
    """Of £60 the policy gave back £15 online; £15 of it were cash that never came, so half of £45 is owed."""
    online = PaymentFactory.create(
        paid=True, appointment__price_minor=6000, appointment__policy={"late_refund_percent": 50}
    )
    visit = online.appointment
    cash = record(visit, amount_minor=1500)
    within_policy(visit, is_free=False)
    appointment_cancel(actor=user_of(visit.patient), appointment_id=visit.public_id)
    gone = Refund.objects.get(payment=online)
    if is_sent:
        Refund.objects.filter(pk=gone.pk).update(status=RefundStatus.SUCCEEDED, stripe_id="re_1")
    for _ in range(2):
        take_back(cash, officer())
    live = Refund.objects.filter(payment__appointment=visit).exclude(status=RefundStatus.CANCELED)
    assert gone.amount_minor == 1500
    assert sorted((one.reason, one.amount_minor) for one in live) == (
        [("policy", 1500), ("rest", 750)] if is_sent else [("policy", 2250)]
    )


@pytest.mark.parametrize("is_sent", [True, False])
@pytest.mark.parametrize("is_gift_first", [True, False])
def test_a_gift_on_top_takes_nothing_of_the_policys_other_share(*, is_gift_first: bool, is_sent: bool) -> None:
    """As above; and an officer gives £10 on top, before it is found out or after, sent already or not."""
    online = PaymentFactory.create(
        paid=True, appointment__price_minor=6000, appointment__policy={"late_refund_percent": 50}
    )
    visit = online.appointment
    cash = record(visit, amount_minor=1500)
    within_policy(visit, is_free=False)
    appointment_cancel(actor=user_of(visit.patient), appointment_id=visit.public_id)
    Refund.objects.filter(payment=online).update(status=RefundStatus.SUCCEEDED, stripe_id="re_1")

    def give() -> None:
        gift = refund_request(actor=officer(), payment_id=online.public_id, amount_minor=1000, note="Sorry")
        if is_sent:
            Refund.objects.filter(pk=gift.pk).update(status=RefundStatus.SUCCEEDED, stripe_id="re_2")

    acts: list[Callable[[], object]] = [give, partial(take_back, cash, officer())]
    for act in acts if is_gift_first else acts[::-1]:
        act()
    live = Refund.objects.filter(payment__appointment=visit).exclude(status=RefundStatus.CANCELED)
    assert sorted((one.reason, one.amount_minor) for one in live) == [
        ("officer", 1000),
        ("policy", 1500),
        ("rest", 750),
    ]


def test_what_a_bank_took_is_listed_again_once_the_cash_for_it_never_came() -> None:
    online = PaymentFactory.create(paid=True, attention=Attention.DISPUTE_LOST)
    DisputeFactory.create(payment=online, amount_minor=1500, status=DisputeStatus.LOST)
    wrong = record(online.appointment, amount_minor=1500)
    online.refresh_from_db()
    assert online.attention == Attention.NONE
    take_back(wrong, officer())
    online.refresh_from_db()
    assert online.attention == Attention.DISPUTE_LOST


def test_what_was_given_back_with_one_reference_is_not_with_another() -> None:
    given = RefundFactory.create(by_hand=True)
    for reference in ("FP 7", " FP 7 ", ""):
        refund_record_given(actor=officer(), refund_id=given.public_id, reference=reference)
    with pytest.raises(Conflict, match="FP 7") as refused:
        refund_record_given(actor=officer(), refund_id=given.public_id, reference="FP 8")
    assert refused.value.code == "given_before"
    given.refresh_from_db()
    assert given.given_reference == "FP 7"


def test_the_desk_takes_back_on_the_same_day_and_an_officer_later() -> None:
    appointment = AppointmentFactory.create()
    clerk = clerk_at(appointment)
    wrong = record(appointment, clerk)
    tomorrow = clock.now() + timedelta(days=1)
    with pytest.raises(Conflict) as refused:
        take_back(wrong, clerk, now=tomorrow)
    assert refused.value.code == "day_over"
    with pytest.raises(Invalid, match="what was wrong"):
        take_back(wrong, officer(), note=" ", now=tomorrow)
    assert take_back(wrong, officer(), now=tomorrow).status == PaymentStatus.ENTERED_IN_ERROR


def test_nobody_else_takes_a_payment_back_and_nobody_their_own() -> None:
    appointment = AppointmentFactory.create()
    wrong = record(appointment)
    patient, elsewhere = user_of(appointment.patient), clerk_at(AppointmentFactory.create())
    for stranger in (patient, elsewhere, UserFactory.create()):
        with pytest.raises(Forbidden, match="staff of the clinic"):
            take_back(wrong, stranger)
    patient.groups.add(Group.objects.get(name=Role.BILLING_OFFICER.value))
    with pytest.raises(Forbidden, match="your own money"):
        take_back(wrong, User.objects.get(pk=patient.pk))
    with pytest.raises(NotFound):
        payment_take_back(actor=officer(), payment_id=appointment.public_id, note="No such payment")
    online = PaymentFactory.create(paid=True)
    with pytest.raises(Conflict, match="paid online"):
        take_back(online, officer())


def test_the_database_refuses_a_mistake_online_and_one_below_its_refunds() -> None:
    online = PaymentFactory.create(paid=True)
    with pytest.raises(IntegrityError, match="payment_desk_is_whole"), transaction.atomic():
        Payment.objects.filter(pk=online.pk).update(status=PaymentStatus.ENTERED_IN_ERROR)
    entry = PaymentFactory.create(desk=True)
    with pytest.raises(IntegrityError, match="payment_desk_is_whole"), transaction.atomic():
        Payment.objects.filter(pk=entry.pk).update(captured_minor=0)
    RefundFactory.create(payment=entry, amount_minor=1)
    with pytest.raises(IntegrityError, match="exceed"), transaction.atomic():
        Payment.objects.filter(pk=entry.pk).update(status=PaymentStatus.ENTERED_IN_ERROR, captured_minor=0)


def test_the_desk_hears_until_when_the_patient_may_be_paying_online() -> None:
    now = clock.now()
    for status, ends, told in (
        (PaymentStatus.REQUIRES_PAYMENT_METHOD, now + timedelta(minutes=5), "open until"),
        (PaymentStatus.REQUIRES_PAYMENT_METHOD, now - timedelta(minutes=5), "in a few minutes"),
        (PaymentStatus.PROCESSING, now + timedelta(minutes=5), "in a few minutes"),
        (PaymentStatus.REVIEW, now + timedelta(minutes=5), "being looked at"),
    ):
        payment = PaymentFactory.create(
            appointment=AppointmentFactory.create(price_minor=4500), status=status, session_expires_at=ends
        )
        with pytest.raises(Conflict, match=told):
            record(payment.appointment)


def test_an_officer_does_not_record_that_they_have_taken_their_own_money() -> None:
    refund = RefundFactory.create(payment=PaymentFactory.create(desk=True))
    patient = user_of(refund.payment.appointment.patient)
    patient.groups.add(Group.objects.get(name=Role.BILLING_OFFICER.value))
    with pytest.raises(Forbidden, match="your own money"):
        refund_record_given(actor=User.objects.get(pk=patient.pk), refund_id=refund.public_id)


def test_the_database_refuses_refunds_above_what_was_taken() -> None:
    payment = PaymentFactory.create(desk=True)
    RefundFactory.create(payment=payment, amount_minor=4000)
    with pytest.raises(IntegrityError, match="exceed"), transaction.atomic():
        RefundFactory.create(payment=payment, amount_minor=501)
    failed = RefundFactory.create(payment=payment, amount_minor=500)
    with pytest.raises(IntegrityError, match="exceed"), transaction.atomic():
        Refund.objects.filter(pk=failed.pk).update(amount_minor=501)


def test_the_database_refuses_a_second_open_payment() -> None:
    payment = PaymentFactory.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentFactory.create(appointment=payment.appointment)
