"""What somebody tries who wants a visit or money that is not theirs."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from billing.errors import TooMuch
from billing.models import Payment, Receipt, Refund, StripeEvent
from billing.services import (
    attention_settle,
    complaint_decide,
    complaint_open,
    payment_record,
    payment_start,
    payment_sync,
    reconcile,
    refund_drop,
    refund_request,
    refund_retry,
    refund_second,
)
from billing.states import Attention, ComplaintReason, Method, Outcome, PaymentStatus, RefundStatus
from billing.tasks import check_payment
from billing.tests.factories import RefundFactory
from billing.tests.services.test_refunds import officer
from billing.tests.steps import Deliver, begin, difference, hold, paid, paid_and_asked, sweep, told_and_done, work
from booking.models import Appointment
from booking.states import Status
from booking.tests.steps import at_the_desk_of, user_of
from common import clock
from common.errors import Conflict, Forbidden, Invalid, NotFound
from integrations.stripe.addresses import WEBHOOK_PATH
from integrations.stripe.simulator.engine import Simulator

pytestmark = pytest.mark.django_db

LONG_AGO = clock.now().replace(year=2020)


def state() -> list[object]:
    return [
        list(Appointment.objects.order_by("pk").values_list("status", flat=True)),
        list(Payment.objects.order_by("pk").values_list("status", "outcome", "captured_minor")),
        list(Refund.objects.order_by("pk").values_list("status", "amount_minor")),
        Receipt.objects.count(),
    ]


# Deliveries.


def test_what_was_recorded_and_is_sent_again_changes_nothing(
    stripe_simulator: Simulator, stripe_deliver: Deliver, client: Client
) -> None:
    payment = begin(hold())
    stripe_simulator.pay(payment.session_id or "")
    recorded: list[tuple[bytes, str]] = []

    def record(payload: bytes, signature: str) -> int:
        recorded.append((payload, signature))
        return 200

    stripe_simulator.deliver(record)
    for payload, signature in recorded:
        deliver(client, payload, signature)
    work()
    refund_request(actor=officer(), payment_id=payment.public_id, amount_minor=4500, note="All of it")
    told_and_done(stripe_deliver)
    before = state()
    for payload, signature in recorded * 2:
        assert deliver(client, payload, signature) == 200
    StripeEvent.objects.update(state="received")
    work()
    assert state() == before
    for payload, signature in recorded:
        assert deliver(client, payload.replace(b"4500", b"9999"), signature) == 400
        assert deliver(client, payload, signature.replace("t=", "t=1")) == 400


def deliver(client: Client, payload: bytes, signature: str) -> int:
    headers = {"Stripe-Signature": signature}
    return client.post(WEBHOOK_PATH, payload, content_type="application/json", headers=headers).status_code


def test_a_payment_that_only_bears_our_name_books_nothing(stripe_simulator: Simulator, stripe_deliver: Deliver) -> None:
    """Through the same account, by a page that somebody made in Stripe's dashboard."""
    payment = begin(hold())
    stripe_simulator.stray_payment(4500, metadata={"payment": str(payment.public_id)})
    told_and_done(stripe_deliver)
    sweep()
    payment.refresh_from_db()
    assert (payment.status, Appointment.objects.get().status) == ("requires_payment_method", Status.PENDING)
    stripe_simulator.pay(payment.session_id or "")
    sweep()
    run = reconcile(actor=None, since=LONG_AGO)
    assert [one["outcome"] for one in run.differences] == ["not ours"]
    assert run.stripe_minor - run.ours_minor == 4500


# What Stripe says does not fit what we asked for.


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("checkout.session", {"currency": "usd"}),
        ("checkout.session", {"amount_total": 100}),
        ("payment_intent", {"currency": "jpy"}),
        ("payment_intent", {"amount": 100}),
        ("payment_intent", {"amount_received": 100}),
    ],
)
def test_another_amount_or_currency_books_nothing(
    stripe_simulator: Simulator, stripe_deliver: Deliver, kind: str, changes: dict[str, Any]
) -> None:
    payment = begin(hold())
    stripe_simulator.pay(payment.session_id or "")
    stripe_simulator.change(kind, stripe_simulator.all(kind)[0]["id"], **changes)
    told_and_done(stripe_deliver)
    payment.refresh_from_db()
    assert (payment.status, payment.attention) == (PaymentStatus.REVIEW, Attention.AMOUNT)
    assert (Appointment.objects.get().status, Receipt.objects.count()) == (Status.PENDING, 0)


def test_the_session_of_another_visit_pays_for_nothing(stripe_simulator: Simulator) -> None:
    """A cheap visit's session put in the place of a dear one's."""
    cheap, dear = begin(hold(price_minor=1000)), begin(hold(price_minor=9000))
    paid_session = cheap.session_id
    stripe_simulator.pay(paid_session or "")
    Payment.objects.filter(pk=cheap.pk).update(session_id=None)
    Payment.objects.filter(pk=dear.pk).update(session_id=paid_session)
    payment_sync(payment_id=dear.pk)
    dear.refresh_from_db()
    assert (dear.status, dear.attention) == (PaymentStatus.REVIEW, Attention.OWNER)
    assert not Appointment.objects.exclude(status=Status.PENDING).exists()


def test_what_did_not_add_up_ends_when_an_officer_has_looked(
    stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    payment = begin(hold())
    Payment.objects.filter(pk=payment.pk).update(amount_minor=4400)
    sweep()
    payment.refresh_from_db()
    assert (payment.status, payment.captured_minor) == (PaymentStatus.REVIEW, 0)
    with pytest.raises(Conflict, match="do not need to pay again"):
        begin(payment.appointment)
    # Paid while it is looked at.
    stripe_simulator.pay(payment.session_id or "")
    told_and_done(stripe_deliver)
    assert difference(stripe_simulator) == 0
    attention_settle(actor=officer(), payment_id=payment.public_id, note="Typed wrongly")
    for _ in range(2):
        sweep()
        payment_sync(payment_id=payment.pk)
    payment.refresh_from_db()
    assert (payment.status, payment.outcome, payment.attention) == (PaymentStatus.SUCCEEDED, Outcome.REVIEW, "")
    assert (Receipt.objects.count(), difference(stripe_simulator)) == (1, 0)
    stripe_simulator.refund_in_dashboard(payment.intent_id or "", 4500)
    told_and_done(stripe_deliver)
    assert (stripe_simulator.balance(), difference(stripe_simulator)) == (0, 0)


def test_a_refund_that_is_tried_again_leaves_what_does_not_add_up_to_an_officer(
    stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    payment, one = begin(hold()), officer()
    Payment.objects.filter(pk=payment.pk).update(amount_minor=4400)
    stripe_simulator.pay(payment.session_id or "")
    told_and_done(stripe_deliver)
    refund = refund_request(actor=one, payment_id=payment.public_id, amount_minor=100, note="Late start")
    told_and_done(stripe_deliver)
    refund.refresh_from_db()
    stripe_simulator.fail_refund(refund.stripe_id or "")
    told_and_done(stripe_deliver)
    refund_retry(actor=one, refund_id=refund.public_id)
    payment.refresh_from_db()
    assert (payment.status, payment.attention) == (PaymentStatus.REVIEW, Attention.AMOUNT)
    # However it came to wait for nobody, it has an end.
    Payment.objects.filter(pk=payment.pk).update(attention="")
    settled = attention_settle(actor=one, payment_id=payment.public_id, note="Typed wrongly")
    assert (settled.status, settled.outcome, settled.attention) == (PaymentStatus.SUCCEEDED, Outcome.REVIEW, "")


def taken_for_unpaid() -> Payment:
    """A payment that did not add up and that an officer has ended, a moment before its page at Stripe does."""
    payment = begin(hold())
    Payment.objects.filter(pk=payment.pk).update(amount_minor=4400)
    sweep()
    Payment.objects.filter(pk=payment.pk).update(session_expires_at=clock.now())
    return attention_settle(actor=officer(), payment_id=payment.public_id, note="Typed wrongly")


def test_one_that_was_never_paid_ends_unpaid(stripe_simulator: Simulator) -> None:
    payment = taken_for_unpaid()
    sweep()
    payment.refresh_from_db()
    assert (payment.status, payment.attention) == (PaymentStatus.CANCELED, Attention.NONE)


def test_nobody_says_that_it_is_unpaid_while_it_may_yet_be_paid(stripe_simulator: Simulator) -> None:
    payment = begin(hold())
    Payment.objects.filter(pk=payment.pk).update(amount_minor=4400)
    sweep()
    with pytest.raises(Conflict, match="still open"):
        attention_settle(actor=officer(), payment_id=payment.public_id, note="Typed wrongly")
    payment.refresh_from_db()
    assert (payment.status, payment.attention) == (PaymentStatus.REVIEW, Attention.AMOUNT)


def test_what_was_taken_for_unpaid_and_comes_after_all_books(stripe_simulator: Simulator) -> None:
    payment = taken_for_unpaid()
    Payment.objects.filter(pk=payment.pk).update(amount_minor=4500)
    stripe_simulator.pay(payment.session_id or "")
    assert [one["outcome"] for one in reconcile(actor=None, since=LONG_AGO).differences] == ["mended"]
    payment.refresh_from_db()
    assert (payment.status, payment.outcome) == (PaymentStatus.SUCCEEDED, Outcome.BOOKED)
    assert (Appointment.objects.get().status, difference(stripe_simulator)) == (Status.BOOKED, 0)


def test_money_for_one_that_had_ended_stops_neither_the_comparison_nor_the_sweep(
    stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    """It does not add up still, and the patient has begun another payment meanwhile."""
    old = taken_for_unpaid()
    new = begin(Appointment.objects.get())
    stripe_simulator.pay(old.session_id or "")
    stripe_deliver()
    sweep()
    assert check_payment(old.pk) is False
    assert [one["outcome"] for one in reconcile(actor=None, since=LONG_AGO).differences] == ["for an officer"]
    stripe_simulator.pay(new.session_id or "")
    sweep()
    assert "mended" in [one["outcome"] for one in reconcile(actor=None, since=LONG_AGO).differences]
    old.refresh_from_db()
    assert (old.status, old.attention, old.captured_minor) == (PaymentStatus.REVIEW, Attention.AMOUNT, 4500)


# Other people's ids.


def test_other_peoples_money_is_not_found(stripe_simulator: Simulator, client: Client) -> None:
    payment = paid_and_asked(stripe_simulator)
    receipt = Receipt.objects.get()
    other = user_of(hold().patient)
    client.force_login(other)
    mine, theirs = payment.appointment.public_id, receipt.public_id
    for address in (
        reverse("billing:pay", args=[mine]),
        reverse("billing:returned", args=[mine]),
        reverse("billing:complain", args=[mine]),
        reverse("billing:receipt", args=[theirs]),
        reverse("billing:receipt", args=[uuid.uuid4()]),
    ):
        assert client.get(address).status_code == 404
        assert client.post(address).status_code in {404, 405}
    assert (
        payment.appointment.reference
        not in client.get(reverse("billing:payments"), {"before": str(payment.public_id)}).content.decode()
    )
    with pytest.raises(NotFound):
        payment_start(actor=other, appointment_id=mine)


# Officers and the desk.


def as_officer(person: User) -> User:
    person.groups.add(Group.objects.get(name=Role.BILLING_OFFICER.value))
    return User.objects.get(pk=person.pk)


def test_small_refunds_one_after_another_are_no_way_around_the_second_person(stripe_simulator: Simulator) -> None:
    payment = paid_and_asked(stripe_simulator, hold(price_minor=90_000))
    one = officer()
    asked = [
        refund_request(actor=one, payment_id=payment.public_id, amount_minor=15_000, note="Late start")
        for _ in range(3)
    ]
    assert [refund.needs_second for refund in asked] == [False, True, True]
    work()
    assert stripe_simulator.balance() == 75_000
    refund_second(actor=officer(), refund_id=asked[1].public_id)
    work()
    assert stripe_simulator.balance() == 60_000


def test_taking_back_and_trying_again_is_none_either(stripe_simulator: Simulator) -> None:
    payment = paid_and_asked(stripe_simulator, hold(price_minor=90_000))
    one = officer()
    refund = refund_request(actor=one, payment_id=payment.public_id, amount_minor=80_000, note="Mine")
    refund_drop(actor=one, refund_id=refund.public_id, note="No")
    again = refund_retry(actor=one, refund_id=refund.public_id)
    with pytest.raises(Conflict, match="colleague"):
        refund_second(actor=one, refund_id=again.public_id)
    work()
    assert stripe_simulator.balance() == 90_000


def test_taking_several_back_before_trying_them_again_is_none_either(stripe_simulator: Simulator) -> None:
    payment = paid_and_asked(stripe_simulator, hold(price_minor=90_000))
    one = officer()
    dropped = []
    for _ in range(3):
        refund = refund_request(actor=one, payment_id=payment.public_id, amount_minor=15_000, note="Late start")
        dropped.append(refund_drop(actor=one, refund_id=refund.public_id, note="No"))
    again = [refund_retry(actor=one, refund_id=refund.public_id) for refund in dropped]
    assert [refund.needs_second for refund in again] == [False, True, True]
    work()
    assert stripe_simulator.balance() == 75_000


def test_a_complaint_gives_back_of_its_own_payment_and_no_more_than_is_left(stripe_simulator: Simulator) -> None:
    payment, other = paid_and_asked(stripe_simulator), paid_and_asked(stripe_simulator)
    visit = payment.appointment
    complaint = complaint_open(
        actor=user_of(visit.patient), appointment_id=visit.public_id, reason=ComplaintReason.NOT_SEEN
    )
    for more, refused in (
        ({"payment_id": other.public_id, "amount_minor": 100}, Invalid),
        ({"payment_id": None, "amount_minor": 100}, Invalid),
        ({"payment_id": payment.public_id, "amount_minor": 4501}, TooMuch),
    ):
        with pytest.raises(refused):
            complaint_decide(
                actor=officer(), complaint_id=complaint.public_id, is_upheld=True, answer="We are sorry.", **more
            )
    own = as_officer(user_of(visit.patient))
    with pytest.raises(Forbidden):
        complaint_decide(actor=own, complaint_id=complaint.public_id, is_upheld=True, answer="Thank you.")
    assert not Refund.objects.exists()


def test_what_a_bank_has_taken_back_is_not_given_back_again(
    stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    payment = paid(stripe_simulator, stripe_deliver)
    stripe_simulator.close_dispute(stripe_simulator.open_dispute(payment.charge_id)["id"], won=False)
    told_and_done(stripe_deliver)
    with pytest.raises(TooMuch):
        refund_request(actor=officer(), payment_id=payment.public_id, amount_minor=100, note="Late start")


def test_nobody_at_the_desk_says_that_they_have_paid_themselves() -> None:
    visit = Appointment.objects.get(pk=hold(price_minor=0).pk)
    desk = at_the_desk_of(visit.location)
    Appointment.objects.filter(pk=visit.pk).update(price_minor=4500)
    visit.patient.user = desk
    visit.patient.save()
    with pytest.raises(Forbidden):
        payment_record(actor=desk, appointment_id=visit.public_id, method=Method.CASH, amount_minor=4500)
    taken = payment_record(
        actor=at_the_desk_of(visit.location), appointment_id=visit.public_id, method=Method.CASH, amount_minor=4500
    )
    assert taken.captured_minor == 4500


@pytest.mark.parametrize("amount", ["0", "-45", "45.001", "1e3", "NaN", "Infinity", "99999999999", "45,00"])
def test_an_amount_that_is_none_is_refused_beside_its_field(client: Client, amount: str) -> None:
    visit = hold(price_minor=0)
    Appointment.objects.filter(pk=visit.pk).update(price_minor=4500)
    client.force_login(at_the_desk_of(visit.location))
    answer = client.post(
        reverse("billing:take", args=[visit.public_id]), {"method": "cash", "amount": amount, "reference": "till 4"}
    )
    assert (answer.status_code, Payment.objects.count()) == (422, 0)
    assert "till 4" in answer.content.decode()


def test_an_officer_page_moves_no_refund_that_does_not_exist(client: Client, stripe_simulator: Simulator) -> None:
    payment = paid_and_asked(stripe_simulator)
    RefundFactory.create(payment=payment, status=RefundStatus.SUCCEEDED, stripe_id="re_x")
    client.force_login(officer())
    page = reverse("billing_payment", args=[payment.public_id])
    for do in ("second", "drop", "retry", "given"):
        for refund in ("", "x", str(uuid.uuid4())):
            assert client.post(page, {"do": do, "refund": refund}).status_code in {404, 422}
    assert client.post(page, {"do": "refund", "amount": "46", "note": "x"}).status_code == 409
    assert Refund.objects.count() == 1
