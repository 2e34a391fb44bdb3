"""What an officer's pages say: of what has been done, by whom, and nothing of what has not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import UserFactory
from billing.models import Payment, Refund, StripeEvent
from billing.selectors import payment_steps
from billing.services import refund_drop, refund_let_go, refund_request
from billing.states import BY_THE_BANK, DisputeStatus, PaymentStatus, RefundStatus
from billing.tests.factories import ComplaintFactory, DisputeFactory, PaymentFactory, RefundFactory
from billing.tests.services.test_refunds import officer
from billing.wagtail_admin.views import STRIPE_AWAY
from booking.tests.steps import user_of
from common import clock, idempotency
from integrations.stripe.simulator.engine import Simulator
from integrations.stripe.simulator.faults import Fault, Kind

pytestmark = pytest.mark.django_db


def page_of(payment: Payment) -> str:
    return reverse("billing_payment", args=[payment.public_id])


def pressed(client: Client, payment: Payment, user: User, **body: str) -> str:
    """The page after a button."""
    client.force_login(user)
    key = {"idempotency_key": idempotency.new_key()}
    return client.post(page_of(payment), body | key, follow=True).content.decode()


@pytest.fixture
def large() -> Payment:
    payment: Payment = PaymentFactory.create(paid=True, amount_minor=50_000, appointment__price_minor=50_000)
    return payment


def test_what_waits_for_a_colleague_is_called_no_promise(client: Client, large: Payment) -> None:
    shown = pressed(client, large, officer(), do="refund", amount="210", note="Half an hour late")
    assert "The refund waits for a second officer to agree." in shown
    assert "Waits for a second officer" in shown
    assert "Refund of £210 asked for" in shown
    assert "promised" not in shown.lower()
    desk = client.get(reverse("billing_desk")).content.decode()
    assert "1 refund waits for a second officer: £210" in desk
    assert "No refund is on its way" in desk
    assert "The tallest bar: £500" in desk


def test_where_nobody_pays_online_nothing_is_compared(client: Client) -> None:
    client.force_login(officer())
    said = "Nobody pays online here, so there is nothing to compare"
    assert "Compare and mend" not in client.get(reverse("billing_desk")).content.decode()
    answer = client.post(reverse("billing_desk"), {"days": "3"})
    assert (answer.status_code, said in answer.content.decode()) == (409, True)


def test_nobody_is_said_to_be_told_who_is_not(client: Client, large: Payment) -> None:
    refund = refund_request(actor=officer(), payment_id=large.public_id, amount_minor=21_000, note="Too much")
    shown = pressed(client, large, officer(), do="drop", refund=str(refund.public_id), note="No")
    assert "The refund is taken back." in shown
    assert "patient is told" not in shown
    sure = refund_request(actor=officer(), payment_id=large.public_id, amount_minor=1000, note="Late")
    shown = pressed(client, large, officer(), do="drop", refund=str(sure.public_id), note="No")
    assert "The refund is taken back, and the patient is told." in shown


def test_the_second_to_agree_hears_that_a_colleague_has(client: Client, large: Payment) -> None:
    refund = refund_request(actor=officer(), payment_id=large.public_id, amount_minor=21_000, note="Late")
    for told in ("You have agreed to the refund.", "A colleague has agreed to the refund already."):
        assert told in pressed(client, large, officer(), do="second", refund=str(refund.public_id))


def test_what_a_second_officer_has_not_agreed_to_is_not_given_at_the_desk(client: Client) -> None:
    payment = PaymentFactory.create(desk=True)
    refund = RefundFactory.create(payment=payment, needs_second=True)
    client.force_login(officer())
    assert "Given back" not in client.get(page_of(payment)).content.decode()
    client.force_login(user_of(payment.appointment.patient))
    shown = client.get(reverse("billing:payments")).content.decode()
    assert "is being looked at by a second person" in shown
    Refund.objects.filter(pk=refund.pk).update(status=RefundStatus.SUCCEEDED, needs_second=False)
    shown = client.get(reverse("billing:payments")).content.decode()
    assert "was given back to you by the clinic" in shown
    assert "Your bank" not in shown


def test_ones_own_money_has_no_buttons(client: Client) -> None:
    payment = PaymentFactory.create(desk=True)
    complaint = ComplaintFactory.create(appointment=payment.appointment)
    own = user_of(payment.appointment.patient)
    own.groups.add(Group.objects.get(name=Role.BILLING_OFFICER.value))
    pages = [page_of(payment), reverse("billing_complaint", args=[complaint.public_id])]
    for user, is_own in ((own, True), (officer(), False)):
        client.force_login(user)
        for page in pages:
            shown = client.get(page).content.decode()
            assert ("This is about your own money" in shown) == is_own
            assert ('name="note"' in shown or 'name="answer"' in shown) != is_own


def test_an_officer_takes_back_what_the_desk_wrote_down_by_mistake(client: Client) -> None:
    payment, one = PaymentFactory.create(desk=True), officer()
    assert "Say what was wrong." in pressed(client, payment, one, do="mistake", note=" ")
    assert "taken back as a mistake" in pressed(client, payment, one, do="mistake", note="Written down twice")
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.ENTERED_IN_ERROR
    shown = client.get(page_of(payment)).content.decode()
    assert "Written down twice" in shown
    assert "Take this payment back" not in shown


def test_a_dispute_that_is_open_is_answered_beside_one_that_is_over(client: Client) -> None:
    payment, soon = PaymentFactory.create(paid=True), clock.now() + timedelta(days=2)
    over = {"amount_minor": 1111, "due_by": soon, "status": DisputeStatus.LOST, "closed_at": clock.now()}
    DisputeFactory.create(payment=payment, **over)
    waits = DisputeFactory.create(payment=payment, amount_minor=2222)
    client.force_login(officer())
    shown = client.get(page_of(payment)).content.decode()
    assert all(
        f"{amount}, {status}" in shown for amount, status in (("£11.11", "lost"), ("£22.22", "needs a response"))
    )
    assert f'name="dispute" value="{waits.public_id}"' in shown


def test_of_what_failed_the_page_says_what_is_owed_still(client: Client) -> None:
    payment = PaymentFactory.create(paid=True, attention="refund-failed")
    one = RefundFactory.create(payment=payment, amount_minor=1000, status=RefundStatus.FAILED)
    shown = pressed(client, payment, officer(), do="let_go", refund=str(one.public_id), note=" ")
    assert all(words in shown for words in ("£10 of it is owed still", "Send again", "Say why it is not sent again."))
    shown = pressed(client, payment, officer(), do="let_go", refund=str(one.public_id), note="In cash")
    assert all(words in shown for words in ("£10 of it is not sent again", "Not sent again: In cash"))
    assert payment_steps(payment)[-1].detail.endswith("; £10")
    assert "Do not send again" not in shown
    other = RefundFactory.create(payment=payment, amount_minor=1000, status=RefundStatus.FAILED)
    RefundFactory.create(payment=payment, amount_minor=4500, reason="practice", status=RefundStatus.SUCCEEDED)
    shown = client.get(page_of(payment)).content.decode()
    assert "Nothing of it is owed any more" in shown
    shown = pressed(client, payment, officer(), do="let_go", refund=str(other.public_id), note="Not needed")
    assert "Nothing of it is owed any more." in shown
    assert "It is not sent again." not in shown


@pytest.mark.parametrize("do", ["retry", "by_hand"])
def test_what_a_colleague_has_let_go_of_meanwhile_is_sent_by_whoever_has_read_that_alone(
    client: Client, do: str
) -> None:
    """Else the patient who was given it in cash has it twice."""
    payment = PaymentFactory.create(paid=True, attention="refund-failed")
    failed = RefundFactory.create(payment=payment, amount_minor=1000, status=RefundStatus.FAILED)
    refund_let_go(actor=officer(), refund_id=failed.public_id, note="In cash")
    shown = pressed(client, payment, officer(), do=do, refund=str(failed.public_id))
    assert "A colleague has said meanwhile that this is not sent again" in shown
    assert Refund.objects.filter(replaces=failed).count() == 0
    assert f'name="do" value="{do}_settled"' in shown
    pressed(client, payment, officer(), do=f"{do}_settled", refund=str(failed.public_id))
    assert Refund.objects.filter(replaces=failed).count() == 1


def test_the_ledger_says_what_was_taken_and_what_went_back(client: Client) -> None:
    payment = PaymentFactory.create(paid=True)
    RefundFactory.create(payment=payment, amount_minor=1234, status=RefundStatus.SUCCEEDED)
    DisputeFactory.create(payment=payment, amount_minor=1111, status=DisputeStatus.LOST)
    client.force_login(officer())
    shown = client.get(reverse("payments_modeladmin_index")).content.decode()
    assert all(amount in shown for amount in ("£45", "£12.34", "£11.11 by a bank"))


def test_an_officer_is_charged_nothing(client: Client, stripe_simulator: Simulator) -> None:
    payment = PaymentFactory.create(paid=True)
    stripe_simulator.faults.add(Fault(kind=Kind.DOWN, method="GET", times=10))
    shown = pressed(client, payment, officer(), do="fetch")
    assert STRIPE_AWAY in shown
    assert "charged" not in shown


def test_what_was_typed_as_money_is_not_filled_in_again_by_going_back(client: Client) -> None:
    client.force_login(officer())
    field = client.get(page_of(PaymentFactory.create(paid=True))).context["refund_form"]["amount"]
    assert 'autocomplete="off"' in str(field)


def test_the_first_page_says_what_waits_and_todays_money_to_officers_alone(client: Client) -> None:
    DisputeFactory.create()
    RefundFactory.create(needs_second=True)
    for roles, is_shown in (([Role.BILLING_OFFICER], True), ([Role.VERIFICATION_OFFICER], False)):
        client.force_login(UserFactory.create(roles=roles))
        shown = " ".join(client.get(reverse("wagtailadmin_home")).content.decode().split())
        assert ("1</span> refund for an officer" in shown) == is_shown
        assert ("1</span> dispute" in shown) == is_shown
        assert ("Today £90 was taken" in shown) == is_shown


def test_a_stray_event_is_not_on_the_desk_for_ever(client: Client) -> None:
    now = clock.now()
    for days, state in ((1, "unmatched"), (31, "unmatched"), (31, "failed")):
        at = now - timedelta(days=days)
        StripeEvent.objects.create(
            stripe_id=f"evt_{state}_{days}", type="charge.x", state=state, occurred_at=at, received_at=at, due_at=at
        )
    client.force_login(officer())
    shown = client.get(reverse("billing_desk")).content.decode()
    assert [one for one in ("unmatched_1", "unmatched_31", "failed_31") if f"evt_{one}<" in shown] == [
        "unmatched_1",
        "failed_31",
    ]
    assert "No money came, went back or was asked for." in shown
    assert "The tallest bar" not in shown


def test_what_stripe_will_not_send_is_written_down_with_the_banks_reference(client: Client) -> None:
    payment = PaymentFactory.create(paid=True)
    failed = RefundFactory.create(payment=payment, status=RefundStatus.FAILED)
    shown = pressed(client, payment, officer(), do="by_hand", refund=str(failed.public_id))
    assert "Send it from the clinic’s bank, then write down the bank’s reference." in shown
    assert "To be given by bank transfer" in shown
    waiting = Refund.objects.get(by_hand=True)
    assert "to be given by bank transfer" in client.get(reverse("billing_desk")).content.decode()
    asked = {"do": "given", "refund": str(waiting.public_id)}
    for typed, told in (("", "Give the bank’s reference of the transfer."), ("4242 4242 4242 4242", "card number")):
        client.force_login(officer())
        refused = client.post(page_of(payment), {**asked, "reference": typed, "idempotency_key": "k" + typed[:4]})
        shown = refused.content.decode()
        assert refused.status_code == 422
        assert shown.count(told) == 2, "above the page, and beside the field"
        assert typed not in shown or not typed, "no card's number is written back"
        assert 'value="" aria-invalid="true" aria-describedby="refused-why"' in shown
        assert 'href="#refused"' in shown
        assert shown.count('id="refused"') == 1
    shown = pressed(client, payment, officer(), **asked, reference="FP 20261129")
    assert "The refund is recorded." in shown
    assert "By bank transfer, FP 20261129" in shown
    client.force_login(user_of(payment.appointment.patient))
    mine = client.get(reverse("billing:payments")).content.decode()
    assert "was sent to you by bank transfer." in mine


def test_nobody_is_told_to_send_by_bank_transfer_while_a_dispute_is_open(client: Client) -> None:
    payment = PaymentFactory.create(paid=True)
    failed = RefundFactory.create(payment=payment, status=RefundStatus.FAILED)
    DisputeFactory.create(payment=payment)
    shown = pressed(client, payment, officer(), do="by_hand", refund=str(failed.public_id))
    assert "Send nothing from the clinic’s bank before then." in shown
    assert "Given back" not in shown


def test_the_reference_of_what_left_before_a_dispute_was_heard_of_is_kept(client: Client) -> None:
    payment = PaymentFactory.create(paid=True)
    waiting = RefundFactory.create(payment=payment, by_hand=True)
    asked = {"do": "given", "refund": str(waiting.public_id), "reference": "BACS 77"}
    dispute = DisputeFactory.create(payment=payment)
    client.force_login(officer())
    refused = client.post(page_of(payment), {**asked, "idempotency_key": idempotency.new_key()})
    shown = refused.content.decode()
    assert refused.status_code == 409
    assert 'id="refused" value="BACS 77"' in shown
    assert shown.count("tell the bank of it with the dispute’s evidence") == 2, "above the page, and beside the field"
    Refund.objects.filter(pk=waiting.pk).update(status=RefundStatus.CANCELED, failure=BY_THE_BANK)
    dispute.status = DisputeStatus.LOST
    dispute.save(update_fields=["status"])
    assert "If the transfer BACS 77 has left already, say so beside it, and ask for the money back." in pressed(
        client, payment, officer(), **asked
    )
    written = {**asked, "do": "left", "idempotency_key": idempotency.new_key()}
    assert client.post(page_of(payment), written).status_code == 302
    for do in ("left", "given"):
        other = {**asked, "do": do, "reference": "BACS OTHER", "idempotency_key": idempotency.new_key()}
        shown = client.post(page_of(payment), other).content.decode()
        assert "You typed: BACS OTHER" in shown, "its row has no form any more"
        assert "#refused" not in shown


def test_a_complaints_page_says_what_became_of_its_refund(client: Client) -> None:
    payment = PaymentFactory.create(paid=True)
    first = RefundFactory.create(payment=payment, status=RefundStatus.CANCELED, amount_minor=2000, failure=BY_THE_BANK)
    rest = RefundFactory.create(payment=payment, replaces=first, amount_minor=1000, by_hand=True)
    decided = {"state": "upheld", "decided_at": clock.now(), "answer": "You are right.", "refund": rest}
    complaint = ComplaintFactory.create(appointment=payment.appointment, **decided)
    client.force_login(officer())
    shown = client.get(reverse("billing_complaint", args=[complaint.public_id])).content.decode()
    assert "£10</a>: to be given by bank transfer. £20 had been decided on." in shown


def test_what_a_second_officer_refused_did_not_go_another_way(client: Client, large: Payment) -> None:
    refund = refund_request(actor=officer(), payment_id=large.public_id, amount_minor=21_000, note="Late")
    refund_drop(actor=officer(), refund_id=refund.public_id, note="No")
    client.force_login(user_of(large.appointment.patient))
    assert "was not given back." in client.get(reverse("billing:payments")).content.decode()
