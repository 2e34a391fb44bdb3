"""What billing officers do with refunds: ask for one, agree as the second, take back, try again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from audit.services import event_record
from billing import facts
from billing.errors import TooMuch
from billing.locks import payment_named_locked, refund_named_locked
from billing.models import AUTOMATIC, Payment, Refund
from billing.policies import assert_billing_officer, assert_others_money
from billing.reckoning import Facts, Reckoning, Stands, reckoned
from billing.selectors import facts_of, left_of
from billing.services.losses import failures_follow
from billing.services.promises import promises_beside, promises_complete, promises_make_way, rules_take_no_more
from billing.services.refunds import needs_second_person, refund_move, refund_promise
from billing.states import REFUND_LIVE, PaymentStatus, RefundReason, RefundStatus
from booking.models import Appointment
from booking.services import appointment_locked_for_payment
from common import clock
from common.errors import Conflict, Invalid
from common.fields import opened
from common.history import sign
from common.locks import busy_if_locked
from common.tasks import wake
from notifications.services import messages_queue

_BY_OFFICERS = (RefundReason.OFFICER, RefundReason.COMPLAINT)


def refund_request(
    *, actor: User, payment_id: UUID, amount_minor: int, note: str, now: datetime | None = None
) -> Refund:
    """A billing officer gives back a part or all of a payment, with a reason in words.

    Where what one officer alone gives back of it passes the amount of the settings, a second has to agree first.
    While a dispute is open it waits for the outcome. Raises `NotFound`, `Forbidden`, `Invalid` (`note_missing`,
    `amount_missing`), `Conflict` (`not_captured`), `TooMuch` and `Busy`.
    """
    now = now or clock.now()
    assert_billing_officer(actor)
    with busy_if_locked(), transaction.atomic():
        payment = payment_named_locked(payment_id)
        assert_others_money(actor, payment)
        if not note.strip():
            raise Invalid("note_missing", "Say why it is given back.", fields={"note": ["Say why it is given back."]})
        if amount_minor <= 0:
            message = "Enter an amount above zero."
            raise Invalid("amount_missing", message, fields={"amount": [message]})
        if not payment.captured_minor:
            raise Conflict("not_captured", "Nothing was taken by this payment.", current=payment.status)
        refund = refund_promise(
            payment=payment,
            amount_minor=amount_minor,
            reason=RefundReason.OFFICER,
            now=now,
            actor=actor,
            note=note,
            needs_second=needs_second_person(payment=payment, amount_minor=amount_minor),
        )
        assert refund is not None, "an amount above zero"
        return refund


def refund_second(*, actor: User, refund_id: UUID, now: datetime | None = None) -> Refund:
    """The second officer's yes; the same again changes nothing.

    Raises `NotFound`, `Forbidden` (not an officer, the first one, their own money) and `Conflict`.
    """
    now = now or clock.now()
    with refund_for_officer(actor, refund_id) as refund:
        if refund.seconded_by_id or not refund.needs_second:
            return refund
        if refund.requested_by_id == actor.pk:
            raise Conflict("second_person", "A colleague has to agree: you asked for this refund.")
        if refund.status != RefundStatus.PENDING:
            raise Conflict("illegal_transition", "This refund is not waiting any more.", current=refund.status)
        refund.seconded_by, refund.due_at = actor, now
        sign(refund, actor)
        refund.save(update_fields=["seconded_by", "due_at"])
        event_record("refund.seconded", refund, actor=actor, patient=refund.payment.appointment.patient)
        messages_queue(messages=facts.refund_promised(refund), now=now)
        wake("billing.send_refunds")
        return refund


def refund_drop(*, actor: User, refund_id: UUID, note: str, now: datetime | None = None) -> Refund:
    """An officer takes a promise of officers back, with a reason, that Stripe has not been asked for; whoever was told
    of it is told. What the policy or a change of the visit gives back is the patient's, and no officer's to take: nor
    what the visit, changed or cancelled since, would have given back but for this promise. Once the desk's entry beside
    it was a mistake the rules give that in its place, whatever they have given before.

    Raises `NotFound`, `Forbidden`, `Invalid` (`note_missing`) and `Conflict` (`owed_by_rule`, `already_sent`,
    `illegal_transition` where it was cancelled by something else).
    """
    now = now or clock.now()
    with refund_for_officer(actor, refund_id, with_visit=True) as refund:
        if refund.status == RefundStatus.CANCELED:
            if refund.failure or refund.stripe_id:
                message = "This refund had been cancelled before, and by no officer."
                raise Conflict("illegal_transition", message, current=refund.status)
            return refund
        if refund.reason not in _BY_OFFICERS:
            raise Conflict("owed_by_rule", "This is owed to the patient by what they agreed to, so it goes back.")
        if not note.strip():
            raise Invalid("note_missing", "Say why it is taken back.", fields={"note": ["Say why it is taken back."]})
        if refund.is_at_stripe:
            raise Conflict("already_sent", "This refund is on its way already.", current=refund.status)
        refund.note = f"{opened(refund, 'note') or ''}\nTaken back: {note.strip()}".strip()
        refund.save(update_fields=["note"])
        with _rules_take_its_place(refund, now):
            refund_move(refund=refund, status=RefundStatus.CANCELED, actor=actor, now=now)
        return refund


@contextmanager
def _rules_take_its_place(dropped: Refund, now: datetime) -> Iterator[None]:
    visit = dropped.payment.appointment
    with rules_take_no_more(visit, now=now):
        yield
    is_anew = Payment.objects.filter(appointment=visit, status=PaymentStatus.ENTERED_IN_ERROR).exists()
    # What nobody had agreed to stood in the way of nothing.
    if promises_complete(appointment=visit, now=now, is_once=dropped.is_agreed and not is_anew):
        # The rules have given back of this payment once already, and do it once.
        raise Conflict("owed_by_rule", "Since the visit was cancelled, this is owed to the patient, so it goes back.")
    failures_follow(visit)


def drop_is_told(*, refund: Refund) -> bool:
    """Whether anybody hears that a promise was dropped: nobody who had never heard of it."""
    return bool(facts.refund_dropped(refund))


def refund_retry(
    *, actor: User, refund_id: UUID, by_hand: bool = False, unless_settled: bool = False, now: datetime | None = None
) -> Refund:
    """Promise a failed refund anew, as another refund in its place; the same again gives the same.

    `by_hand` where an officer gives it by bank transfer, as the card takes no more. No more than is owed of it by now
    (`billing.reckoning`): of its own payment as far as there is room, whatever waits there for a second officer, and
    the rest of the visit's others. `unless_settled` is of whoever has not seen that it is not to be sent again.

    Raises `NotFound`, `Forbidden`, `Conflict` (`not_failed`, `nothing_owed`, `settled_meanwhile`) and `TooMuch`.
    """
    now = now or clock.now()
    with refund_for_officer(actor, refund_id, with_visit=True) as failed:
        again = Refund.objects.filter(replaces=failed).first()
        if again is not None:
            return again
        if unless_settled and failed.is_settled:
            message = (
                "A colleague has said meanwhile that this is not sent again. Read why, and press again to send it all "
                "the same."
            )
            raise Conflict("settled_meanwhile", message)
        known = _known_again(failed)
        owed = _still_owed(failed, reckoned(known))
        too_much = failed.reason in _BY_OFFICERS and needs_second_person(payment=failed.payment, amount_minor=owed)
        # What nobody has agreed to is not sent by being taken back and promised anew, alone or one after another.
        needs_second = failed.seconded_by_id is None and (failed.needs_second or too_much)
        amount = _in_its_place(failed, known, owed, needs_second=needs_second, now=now)
        new = refund_promise(
            payment=failed.payment,
            amount_minor=amount,
            reason=reason_anew(failed),
            now=now,
            actor=actor,
            note=opened(failed, "note") or "",
            needs_second=needs_second,
            replaces=failed,
            by_hand=by_hand,
        )
        return _completed(failed, new, owed - amount, now)


def _known_again(failed: Refund) -> Facts:
    """What is known, with a refund as it is to be sent again: failed, or taken back by officers."""
    is_taken_back = failed.status == RefundStatus.CANCELED and not failed.given_reference
    if not (failed.status == RefundStatus.FAILED or is_taken_back):
        raise Conflict("not_failed", "Only a refund that failed can be sent again.", current=failed.status)
    known = facts_of(failed.payment)
    again = [replace(one, stands=Stands.FAILED) if one.key == failed.pk else one for one in known.promises]
    return replace(known, promises=again)


def _still_owed(failed: Refund, known: Reckoning) -> int:
    owed = min(known.again[failed.pk], known.there)
    if not owed and (known.again[failed.pk] or known.is_all_taken):
        raise TooMuch(0)
    if not owed:
        message = (
            "Nothing of this is to go back any more: it is promised otherwise, or no more was paid than the "
            "visit costs by now. If that is right, say beside it not to send it again."
        )
        raise Conflict("nothing_owed", message)
    return owed


def _in_its_place(failed: Refund, known: Facts, owed: int, *, needs_second: bool, now: datetime) -> int:
    """How much of what is owed its own payment gives. What waits there for a second officer gives way, but to what
    waits for one too."""
    if needs_second:
        left = left_of(failed.payment)
        if owed > left:
            raise TooMuch(left)
        return owed
    amount = min(owed, max(reckoned(known).room[failed.payment_id], 0))
    promises_make_way(payment=failed.payment, minor=amount, known=known, now=now)
    return amount


def _completed(failed: Refund, new: Refund | None, rest: int, now: datetime) -> Refund:
    """The `rest` of what is owed in its place goes back of the visit's other payments, by the rules."""
    visit = failed.payment.appointment
    if new is None:
        # Nothing of it is left where it failed, and all is owed otherwise.
        failed.let_go_minor = 0
        failed.save(update_fields=["let_go_minor"])
    before = Refund.objects.filter(payment__appointment=visit).latest("pk").pk
    promises_beside(failed=failed, minor=rest, now=now)
    promises_complete(appointment=visit, now=now)
    failures_follow(visit)
    others = Refund.objects.filter(payment__appointment=visit, pk__gt=before, status=RefundStatus.PENDING)
    found = new or others.order_by("pk").first()
    if found is None:
        raise TooMuch(left_of(failed.payment))
    return found


def reason_anew(failed: Refund) -> RefundReason:
    """The rules give of a payment once by themselves: beside what they have given since it is the rest of it."""
    live = Refund.objects.filter(payment=failed.payment, reason__in=AUTOMATIC, status__in=sorted(REFUND_LIVE))
    is_rest = failed.reason in AUTOMATIC and live.exists()
    return RefundReason.REST if is_rest else RefundReason(failed.reason)


@contextmanager
def refund_for_officer(actor: User, refund_id: UUID, *, with_visit: bool = False) -> Iterator[Refund]:
    """A refund with its payment, held; `with_visit` with its appointment, held before them."""
    assert_billing_officer(actor)
    with busy_if_locked(), transaction.atomic():
        visit = _visit_locked(refund_id) if with_visit else None
        refund = refund_named_locked(refund_id)
        refund.payment.appointment = visit or refund.payment.appointment
        assert_others_money(actor, refund.payment)
        yield refund


def _visit_locked(refund_id: UUID) -> Appointment | None:
    of = Refund.objects.filter(public_id=refund_id).values_list("payment__appointment__public_id", flat=True).first()
    return appointment_locked_for_payment(appointment_id=of) if of else None
