from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import User
from audit.services import event_record
from billing import facts
from billing.locks import complaint_locked, payment_named_locked
from billing.models import Complaint, Payment
from billing.policies import assert_billing_officer, assert_others_complaint, can_pay_for
from billing.selectors import billing_settings, first_of
from billing.services.refunds import needs_second_person, refund_promise
from billing.states import ComplaintReason, ComplaintState, RefundReason, assert_complaint_can_move
from booking.selectors import appointment_for
from common import clock
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.fields import opened
from common.history import sign
from common.locks import busy_if_locked
from notifications.services import messages_queue

MOST_LETTERS = 2000


def complaint_open(
    *, actor: User, appointment_id: UUID, reason: ComplaintReason, text: str = "", now: datetime | None = None
) -> Complaint:
    """A patient, or a carer who pays, disagrees about the money of an appointment; one at a time.

    An officer answers within the days of the settings. Raises `NotFound`, `Forbidden`, `Invalid` (`text_too_long`,
    `text_missing` where the reason is another) and `Conflict` (`complaint_open`).
    """
    now = now or clock.now()
    appointment = appointment_for(actor, appointment_id)
    if not can_pay_for(actor, appointment):
        raise Forbidden("may_not_complain", "Only the patient, or a carer who may pay, can do this.")
    if len(text) > MOST_LETTERS:
        message = f"Use at most {MOST_LETTERS} characters."
        raise Invalid("text_too_long", message, fields={"text": [message]})
    if reason == ComplaintReason.OTHER and not text.strip():
        raise Invalid("text_missing", "Say what is wrong.", fields={"text": ["Say what is wrong."]})
    due_at = now + timedelta(days=billing_settings().complaint_days)
    complaint = Complaint(
        appointment=appointment, opened_by=actor, reason=reason, text=text, opened_at=now, due_at=due_at
    )
    try:
        with transaction.atomic():
            sign(complaint, actor)
            complaint.save(force_insert=True)
            event_record("complaint.opened", complaint, actor=actor, patient=appointment.patient, reason=reason.value)
    except IntegrityError as error:
        raise Conflict("complaint_open", "You have told us already, and we are looking at it.") from error
    return complaint


def complaint_withdraw(*, actor: User, complaint_id: UUID, now: datetime | None = None) -> Complaint:
    """Take an own complaint back; the same again changes nothing. Raises `NotFound`, the
    same for another's and for what does not exist, and `Conflict`."""
    now = now or clock.now()
    with busy_if_locked(), transaction.atomic():
        complaint = complaint_locked(complaint_id)
        if not can_pay_for(actor, complaint.appointment):
            raise NotFound
        if complaint.state != ComplaintState.WITHDRAWN:
            _decided(complaint, ComplaintState.WITHDRAWN, actor, now, answer="")
            patient = complaint.appointment.patient
            event_record("complaint.withdrawn", complaint, actor=actor, patient=patient, after=complaint.state)
        return complaint


def complaint_decide(
    *,
    actor: User,
    complaint_id: UUID,
    is_upheld: bool,
    answer: str,
    payment_id: UUID | None = None,
    amount_minor: int = 0,
    now: datetime | None = None,
) -> Complaint:
    """A billing officer's answer; upheld, it may give back so much of one of the appointment's payments.

    `answer` is what the patient reads. Above the amount of the settings the refund waits for a second officer. The same
    again, in words and money, changes nothing; whatever else comes behind a decision is refused.
    Raises `NotFound`, `Forbidden`, `Invalid` (`answer_missing`, `payment_wrong`), `Conflict` (`illegal_transition`,
    `decided_otherwise`) and `TooMuch`.
    """
    now = now or clock.now()
    assert_billing_officer(actor)
    if not answer.strip():
        message = "Write what the patient is to read."
        raise Invalid("answer_missing", message, fields={"answer": [message]})
    if is_upheld and amount_minor and payment_id is None:
        raise Invalid("payment_wrong", "Choose a payment of this appointment.")
    with busy_if_locked(), transaction.atomic():
        # The payment first: a complaint's row comes behind it.
        payment = payment_named_locked(payment_id) if payment_id and amount_minor else None
        complaint = complaint_locked(complaint_id)
        assert_others_complaint(actor, complaint)
        state = ComplaintState.UPHELD if is_upheld else ComplaintState.DECLINED
        if complaint.state == state:
            _assert_the_same(complaint, answer, payment if is_upheld else None, amount_minor)
            return complaint
        assert_complaint_can_move(complaint.state, state)
        if payment and payment.appointment_id != complaint.appointment_id:
            raise Invalid("payment_wrong", "Choose a payment of this appointment.")
        if payment and is_upheld:
            complaint.refund = refund_promise(
                payment=payment,
                amount_minor=amount_minor,
                reason=RefundReason.COMPLAINT,
                now=now,
                actor=actor,
                needs_second=needs_second_person(payment=payment, amount_minor=amount_minor),
            )
        _decided(complaint, state, actor, now, answer=answer)
        patient = complaint.appointment.patient
        event_record("complaint.decided", complaint, actor=actor, patient=patient, after=state.value)
        messages_queue(messages=facts.complaint_decided(complaint), now=now)
        return complaint


def _assert_the_same(complaint: Complaint, answer: str, payment: Payment | None, amount_minor: int) -> None:
    """Nobody is told that their words and their money have gone out where a colleague's have."""
    # What a bank or the rules have changed of it since is no other decision.
    refund = first_of(complaint.refund) if complaint.refund else None
    given = (refund.payment_id, refund.amount_minor) if refund else None
    asked = (payment.pk, amount_minor) if payment else None
    if (answer.strip(), asked) != ((opened(complaint, "answer") or "").strip(), given):
        message = "This complaint has been decided already, with another answer or another amount. See what went out."
        raise Conflict("decided_otherwise", message, current=complaint.state)


def _decided(complaint: Complaint, state: ComplaintState, actor: User, now: datetime, *, answer: str) -> None:
    assert_complaint_can_move(complaint.state, state)
    complaint.state, complaint.answer = state, answer
    complaint.decided_by, complaint.decided_at = actor, now
    sign(complaint, actor)
    complaint.save(update_fields=["state", "answer", "decided_by", "decided_at", "refund"])
