"""A booked appointment becomes another kind of visit, and the money follows it to the penny."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from accounts.tests.factories import CarerFactory, UserFactory
from audit.models import Event
from billing.models import Payment, Receipt, Refund
from billing.selectors import difference_to, due_online, left_to_pay
from billing.services import (
    payment_record,
    payment_start,
    payment_sync,
    refund_drop,
    refund_request,
    refund_retry,
    visit_change,
)
from billing.states import Method, PaymentStatus, RefundReason, RefundStatus
from billing.tests.factories import DisputeFactory
from billing.tests.services.test_refunds import officer
from billing.tests.steps import Deliver, begin, hold, paid, told_and_done
from booking.models import Appointment
from booking.services import appointment_cancel
from booking.states import Status
from booking.tests.factories import bookable_doctor
from booking.tests.steps import at_the_desk_of, book, decide, told, user_of
from common import clock
from common.errors import Conflict, DomainError
from doctors.models import VisitType
from doctors.tests.factories import VisitTypeFactory
from integrations.stripe.simulator.engine import Simulator

pytestmark = pytest.mark.django_db


def kind(appointment: Appointment, price_minor: int, **more: Any) -> VisitType:
    """Another kind of visit of the appointment's doctor, as long as its own."""
    minutes = appointment.visit_type.minutes
    made: VisitType = VisitTypeFactory.create(
        doctor=appointment.doctor, **{"minutes": minutes, "price_minor": price_minor, **more}
    )
    return made


def change(appointment: Appointment, to: VisitType, actor: User | None = None, **more: Any) -> Appointment:
    return visit_change(
        actor=actor or user_of(appointment.patient),
        appointment_id=appointment.public_id,
        visit_type_id=to.public_id,
        **{"start": appointment.start, **more},
    )


def pay_the_difference(simulator: Simulator, deliver: Deliver, appointment: Appointment) -> Payment:
    payment = begin(appointment)
    simulator.pay(payment.session_id or "")
    told_and_done(deliver)
    payment.refresh_from_db()
    return payment


def test_a_dearer_visit_is_paid_by_a_session_of_its_own(stripe_simulator: Simulator, stripe_deliver: Deliver) -> None:
    appointment = paid(stripe_simulator, stripe_deliver).appointment
    dearer = kind(appointment, 6000)
    told_before = difference_to(appointment, dearer, start=appointment.start, now=clock.now())
    for _ in range(2):
        changed = change(appointment, dearer)
    assert (told_before.pay_minor, told_before.return_minor) == (1500, 0)
    assert (changed.status, changed.price_minor, changed.reference) == (Status.BOOKED, 6000, appointment.reference)
    payment = pay_the_difference(stripe_simulator, stripe_deliver, changed)
    assert (payment.amount_minor, payment.purpose, payment.outcome) == (1500, "difference", "booked")
    assert (stripe_simulator.balance(), due_online(changed)) == (6000, 0)
    assert Receipt.objects.count() == 2
    assert told(appointment.patient).count("appointment_changed") == 1
    assert told(appointment.patient).count("difference_due") == 1
    assert told(appointment.doctor).count("doctor_appointment_changed") == 1
    event = Event.objects.get(action="appointment.changed")
    assert event.data == {"price_before": 4500, "price": 6000}


def test_what_stripe_would_not_take_is_left_for_the_desk(stripe_simulator: Simulator, stripe_deliver: Deliver) -> None:
    appointment = paid(stripe_simulator, stripe_deliver).appointment
    for price, online in ((4529, 0), (4530, 30)):
        told_before = difference_to(appointment, kind(appointment, price), start=appointment.start, now=clock.now())
        assert (told_before.pay_minor, told_before.clinic_minor) == (online, price - 4500 - online)
    changed = change(appointment, kind(appointment, 4529))
    assert (due_online(changed), left_to_pay(changed)) == (0, 29)
    with pytest.raises(DomainError, match="nothing to pay"):
        begin(changed)
    assert Payment.objects.count() == 1


def test_a_cheaper_one_gives_the_surplus_back_and_cancelling_the_rest(
    stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    appointment = paid(stripe_simulator, stripe_deliver).appointment
    change(appointment, kind(appointment, 2000))
    told_and_done(stripe_deliver)
    refund = Refund.objects.get()
    assert (refund.amount_minor, refund.reason, refund.status) == (2500, RefundReason.DIFFERENCE, "succeeded")
    assert stripe_simulator.balance() == 2000
    appointment_cancel(actor=user_of(appointment.patient), appointment_id=appointment.public_id)
    told_and_done(stripe_deliver)
    assert stripe_simulator.balance() == 0


def test_what_an_officer_gave_back_does_not_go_back_again_with_a_cheaper_visit(
    stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    payment = paid(stripe_simulator, stripe_deliver)
    appointment = payment.appointment
    refund_request(actor=officer(), payment_id=payment.public_id, amount_minor=2000, note="Charged for the longer one")
    cheaper = kind(appointment, 2000)
    told_before = difference_to(appointment, cheaper, start=appointment.start, now=clock.now())
    changed = change(appointment, cheaper)
    told_and_done(stripe_deliver)
    assert (told_before.return_minor, told_before.pay_minor, told_before.clinic_minor) == (500, 0, 0)
    assert (stripe_simulator.balance(), left_to_pay(changed)) == (2000, 0)
    # It counts as paid all the same: what they are given back is not asked for again.
    dearer = change(appointment, kind(appointment, 4000))
    assert (due_online(dearer), left_to_pay(dearer)) == (0, 0)


@pytest.mark.parametrize(("status", "clinic", "kept"), [("lost", 6000, 0), ("charge_refunded", 1500, 4500)])
def test_what_a_bank_took_is_paid_at_the_clinic_and_what_we_gave_is_counted_once(
    status: str, clinic: int, kept: int
) -> None:
    dispute = DisputeFactory.create(status=status)
    appointment = dispute.payment.appointment
    Appointment.objects.filter(pk=appointment.pk).update(price_minor=4500)
    appointment.refresh_from_db()
    decide(pay_at_clinic=True)
    told = difference_to(appointment, kind(appointment, 6000), start=appointment.start, now=clock.now())
    cheaper = difference_to(appointment, kind(appointment, 1000), start=appointment.start, now=clock.now())
    assert (told.clinic_minor + told.pay_minor, cheaper.return_minor) == (clinic, max(kept - 1000, 0))
    assert left_to_pay(appointment) == 4500 - kept


def test_what_waits_for_a_second_officer_gives_way_to_the_cheaper_visit(
    stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    """A colleague may yet refuse it, and may never answer."""
    payment = paid(stripe_simulator, stripe_deliver, hold(price_minor=50_000))
    appointment, one = payment.appointment, officer()
    asked = refund_request(actor=one, payment_id=payment.public_id, amount_minor=40_000, note="For a colleague to see")
    cheaper = kind(appointment, 29_999)
    assert difference_to(appointment, cheaper, start=appointment.start, now=clock.now()).return_minor == 20_001
    change(appointment, cheaper)
    told_and_done(stripe_deliver)
    assert stripe_simulator.balance() == 29_999
    rest = Refund.objects.get(replaces=asked)
    assert (rest.amount_minor, rest.awaits_second, rest.requested_by) == (19_999, True, one)
    refund_drop(actor=one, refund_id=rest.public_id, note="Not so")
    told_and_done(stripe_deliver)
    assert stripe_simulator.balance() == 29_999


def test_what_an_officer_takes_back_after_all_goes_back_with_the_cheaper_visit(
    stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    payment = paid(stripe_simulator, stripe_deliver)
    appointment, one = payment.appointment, officer()
    promised = refund_request(actor=one, payment_id=payment.public_id, amount_minor=2000, note="Late start")
    change(appointment, kind(appointment, 3000))
    assert Refund.objects.get() == promised, "the larger of the two"
    refund_drop(actor=one, refund_id=promised.public_id, note="Not so")
    told_and_done(stripe_deliver)
    assert stripe_simulator.balance() == 3000


def test_a_difference_that_failed_goes_back_as_far_as_the_visit_leaves_it(
    stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    appointment = paid(stripe_simulator, stripe_deliver).appointment
    change(appointment, kind(appointment, 2000))
    told_and_done(stripe_deliver)
    failed = Refund.objects.get()
    stripe_simulator.fail_refund(failed.stripe_id or "")
    told_and_done(stripe_deliver)
    change(appointment, kind(appointment, 4000))
    told_and_done(stripe_deliver)
    assert stripe_simulator.balance() == 4000
    with pytest.raises(Conflict, match="costs by now"):
        refund_retry(actor=officer(), refund_id=failed.public_id)
    # As a desk that was wrong about the price would leave it.
    Appointment.objects.filter(pk=appointment.pk).update(price_minor=3000, amount_due_minor=3000)
    assert refund_retry(actor=officer(), refund_id=failed.public_id).amount_minor == 1000
    told_and_done(stripe_deliver)
    assert stripe_simulator.balance() == 3000


def test_who_cancels_late_has_back_the_share_of_what_the_visit_costs_now(
    stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    appointment = paid(stripe_simulator, stripe_deliver).appointment
    changed = change(appointment, kind(appointment, 2000))
    late = {**changed.policy, "free_until": (clock.now() - timedelta(hours=1)).isoformat()}
    Appointment.objects.filter(pk=changed.pk).update(policy=late)
    appointment_cancel(actor=user_of(appointment.patient), appointment_id=appointment.public_id)
    told_and_done(stripe_deliver)
    assert stripe_simulator.balance() == 1000


def test_a_difference_that_is_paid_after_changing_back_goes_back(
    stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    appointment = paid(stripe_simulator, stripe_deliver).appointment
    first = appointment.visit_type
    changed = change(appointment, kind(appointment, 6000))
    payment = begin(changed)
    stripe_simulator.pay(payment.session_id or "")
    change(appointment, first)
    told_and_done(stripe_deliver)
    payment.refresh_from_db()
    assert (payment.status, payment.outcome) == (PaymentStatus.SUCCEEDED, "booked")
    assert Refund.objects.get(payment=payment).amount_minor == 1500
    assert stripe_simulator.balance() == 4500


def test_another_change_before_paying_ends_the_session_over_the_old_amount(
    stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    appointment = paid(stripe_simulator, stripe_deliver).appointment
    old = begin(change(appointment, kind(appointment, 6000)))
    changed = change(appointment, kind(appointment, 9000))
    new = begin(changed)
    old.refresh_from_db()
    assert (old.status, new.amount_minor) == (PaymentStatus.CANCELED, 4500)
    stripe_simulator.pay(new.session_id or "")
    told_and_done(stripe_deliver)
    assert stripe_simulator.balance() == 9000


def test_a_difference_that_comes_after_cancelling_goes_back(
    stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    appointment = paid(stripe_simulator, stripe_deliver).appointment
    payment = begin(change(appointment, kind(appointment, 6000)))
    appointment_cancel(actor=user_of(appointment.patient), appointment_id=appointment.public_id)
    stripe_simulator.pay(payment.session_id or "")
    payment_sync(payment_id=payment.pk)
    told_and_done(stripe_deliver)
    assert stripe_simulator.balance() == 0


def test_what_was_taken_at_the_desk_is_given_back_there() -> None:
    decide(pay_at_clinic=True, free_cancellation_hours=1)
    appointment = book(bookable_doctor(price_minor=4500))
    clerk = at_the_desk_of(appointment.location)
    payment_record(actor=clerk, appointment_id=appointment.public_id, method=Method.CASH, amount_minor=4500)
    changed = change(appointment, kind(appointment, 3000))
    refund = Refund.objects.get()
    assert (refund.amount_minor, refund.status, due_online(changed)) == (1500, RefundStatus.PENDING, 0)


def everything(appointment: Appointment) -> tuple[object, ...]:
    row = Appointment.objects.filter(pk=appointment.pk).values().get()
    return row, Event.objects.count(), Refund.objects.count()


def refused(appointment: Appointment, to: VisitType, actor: User | None = None, **more: Any) -> str:
    before = everything(appointment)
    with pytest.raises(DomainError) as error:
        change(appointment, to, actor, **more)
    assert everything(appointment) == before
    return error.value.code


def test_it_is_for_whoever_comes_and_for_carers_who_may_pay(
    stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    appointment = paid(stripe_simulator, stripe_deliver).appointment
    dearer, cheaper = kind(appointment, 6000), kind(appointment, 2000)
    helper = UserFactory.create()
    CarerFactory.create(patient=appointment.patient, user=helper)
    assert refused(appointment, dearer, UserFactory.create()) == "not_found"
    assert refused(appointment, dearer, user_of(appointment.doctor)) == "may_not_change"
    assert refused(appointment, dearer, at_the_desk_of(appointment.location)) == "may_not_change"
    assert refused(appointment, dearer, helper) == "may_not_pay"
    assert change(appointment, cheaper, helper).price_minor == 2000


def test_what_cannot_be_had_changes_nothing(stripe_simulator: Simulator, stripe_deliver: Deliver) -> None:
    appointment = paid(stripe_simulator, stripe_deliver).appointment
    longer = kind(appointment, 6000, minutes=appointment.visit_type.minutes * 2)
    book(appointment.doctor, visit_type=appointment.visit_type, start=appointment.end)
    assert refused(appointment, longer) == "slot_taken"
    assert refused(appointment, kind(appointment, 6000, needs_approval=True)) == "needs_approval"
    assert refused(appointment, kind(appointment, 6000, is_active=False)) == "doctor_not_bookable"
    assert refused(appointment, kind(appointment, 6000), seen_sequence=0) == "moved_meanwhile"
    assert refused(appointment, kind(appointment, 6000), start=appointment.start + timedelta(minutes=7)) == (
        "slot_not_offered"
    )
    late = {**appointment.policy, "free_until": (clock.now() - timedelta(hours=1)).isoformat()}
    Appointment.objects.filter(pk=appointment.pk).update(policy=late)
    assert refused(appointment, longer) == "too_late_to_move"


def test_a_payment_that_is_for_the_right_amount_is_reused(stripe_simulator: Simulator, stripe_deliver: Deliver) -> None:
    appointment = paid(stripe_simulator, stripe_deliver).appointment
    changed = change(appointment, kind(appointment, 6000))
    actor = user_of(appointment.patient)
    sessions = {payment_start(actor=actor, appointment_id=changed.public_id).session_id for _ in range(2)}
    assert len(sessions) == 1
