from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import (
    BooleanField,
    Case,
    Exists,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Sum,
    When,
    prefetch_related_objects,
)

from accounts.models import Patient, User
from accounts.selectors import carer_rule
from accounts.states import Scope
from billing.models import AGREED, HAD_LEFT, Complaint, Dispute, Payment, Receipt, Refund
from billing.states import (
    DISPUTE_GONE,
    DISPUTE_OVER,
    OPEN,
    REFUND_LIVE,
    Method,
    Outcome,
    PaymentStatus,
    RefundReason,
    RefundStatus,
)
from booking.models import Appointment
from booking.policies import taken_online
from booking.states import PendingReason, Status
from common.errors import NotFound
from common.keyset import KeyPage, latest_first
from common.permissions import visible_rows

_SHOWN_WITH = ("appointment__doctor", "appointment__patient", "appointment__location", "appointment__visit_type")


def payments_visible_to(
    user: User | AnonymousUser,
    *,
    filters: Q | None = None,
    order_by: Sequence[str] = ("-created_at", "-pk"),
    limit: int | None = None,
) -> QuerySet[Payment]:
    """The payments that a person may see as their own: the patient, carers whom the patient lets pay, grants.

    `filters`, order and limit go into each of these arms, so give them here and not to the result.
    """
    if not user.is_authenticated:
        return Payment.objects.none()
    owned = []
    if user.may_be_patient:
        owned.append(Q(appointment__patient=Patient.objects.filter(user=user).order_by().values("pk")[:1]))
    if user.may_be_carer:
        owned.append(carer_rule(user, Scope.PAY, "appointment__patient__") & Q(appointment__is_confidential=False))
    return visible_rows(
        Payment.objects.select_related(*_SHOWN_WITH),
        user=user,
        permission="view_payment",
        owned=owned,
        filters=filters or Q(),
        order_by=order_by,
        limit=limit,
    )


def payment_for(user: User | AnonymousUser, public_id: UUID) -> Payment:
    """One payment that the person may see. Raises `NotFound`, the same for what exists and what does not."""
    found = payments_visible_to(user, filters=Q(public_id=public_id)).first()
    if found is None:
        raise NotFound("We cannot find that payment.")
    return found


def open_payment_of(appointment: Appointment) -> Payment | None:
    """The payment that may still take money for the appointment; the database allows one."""
    return Payment.objects.filter(appointment=appointment, status__in=sorted(OPEN)).first()


def payment_told_of(appointment: Appointment) -> Payment | None:
    """The payment that a page about the appointment speaks of: one that does not add up, else the latest; what ended
    unpaid only where there is nothing else."""
    turn = Case(When(status=PaymentStatus.REVIEW, then=0), When(status=PaymentStatus.CANCELED, then=2), default=1)
    found = Payment.objects.filter(appointment=appointment).exclude(status=PaymentStatus.ENTERED_IN_ERROR)
    return found.order_by(turn, "-created_at", "-pk").first()


def captured_of(appointment: Appointment) -> int:
    """What has been taken for the appointment as it is now, in minor units, whatever was given back later.

    Not what went back because nothing was to be had for it, or because it became a visit that costs less. What an
    officer gave back counts as paid: the visit is not to be paid for again because of it.
    """
    paid = _paid_for(appointment)
    return _captured(paid) - _surplus_returned(Refund.objects.filter(payment__in=paid))


def taken_by_banks(appointment: Appointment) -> int:
    """What banks took back for good of what was paid for the appointment, in minor units."""
    return _taken_by_banks(Dispute.objects.filter(payment__in=_paid_for(appointment)))


def _paid_for(appointment: Appointment) -> QuerySet[Payment]:
    paid = Payment.objects.filter(appointment=appointment, status=PaymentStatus.SUCCEEDED)
    return paid.exclude(outcome=Outcome.REFUNDED)


def _captured(payments: QuerySet[Payment]) -> int:
    return payments.aggregate(total=Sum("captured_minor"))["total"] or 0


def _taken_by_banks(disputes: QuerySet[Dispute]) -> int:
    lost = disputes.filter(status__in=sorted(DISPUTE_GONE))
    return lost.aggregate(total=Sum("amount_minor"))["total"] or 0


def _surplus_returned(refunds: QuerySet[Refund]) -> int:
    return _surplus(refunds).aggregate(total=Sum("amount_minor"))["total"] or 0


def _surplus(refunds: QuerySet[Refund]) -> QuerySet[Refund]:
    return refunds.filter(reason=RefundReason.DIFFERENCE, status__in=sorted(REFUND_LIVE)).order_by()


def due_online(appointment: Appointment) -> int:
    """What is to be paid online now and has not come, in minor units; nothing where Stripe would not take so little."""
    return taken_online(appointment.amount_due_minor - captured_of(appointment))


def promised_of(payment: Payment) -> int:
    """What was promised or given back of a payment, in minor units."""
    live = Refund.objects.filter(payment=payment, status__in=sorted(REFUND_LIVE))
    return live.aggregate(total=Sum("amount_minor"))["total"] or 0


def left_of(payment: Payment) -> int:
    """What may still be given back of a payment, in minor units: what is promised, what had left the clinic's bank
    beside that, and what a bank took is not."""
    left = Refund.objects.filter(HAD_LEFT, payment=payment).aggregate(total=Sum("amount_minor"))["total"] or 0
    return max(payment.captured_minor - promised_of(payment) - left - taken_of(payment), 0)


def taken_of(payment: Payment) -> int:
    """What banks took back for good of a payment, in minor units."""
    return _taken_by_banks(Dispute.objects.filter(payment=payment))


def gone_of(payment: Payment) -> int:
    """What was promised of a payment, agreed or given back, and what banks took of it, in minor units."""
    gone = Q(AGREED, status__in=sorted(REFUND_LIVE)) | HAD_LEFT
    live = Refund.objects.filter(gone, payment=payment)
    return (live.aggregate(total=Sum("amount_minor"))["total"] or 0) + taken_of(payment)


def waiting_of(payment: Payment) -> int:
    """What was agreed to go back of a payment and has not gone yet, in minor units: a part of `gone_of`."""
    waiting = Refund.objects.filter(AGREED, payment=payment, status__in=sorted(REFUND_LIVE - {RefundStatus.SUCCEEDED}))
    return waiting.aggregate(total=Sum("amount_minor"))["total"] or 0


def is_by_hand(payment: Payment) -> bool:
    """Whether Stripe sends back nothing of an online payment any more: a bank has decided about it for the patient."""
    over = payment.disputes.filter(status__in=sorted(DISPUTE_OVER), is_refundable=False)
    return payment.is_online and over.exists()


def has_open_dispute(payment: Payment) -> bool:
    return payment.disputes.exclude(status__in=sorted(DISPUTE_OVER)).exists()


def payments_to_check(*, before: datetime, limit: int) -> QuerySet[Payment, int]:
    """Keys of the online payments that may wait for news that never came: open, with nothing heard since `before`."""
    waiting = Payment.objects.filter(method="online", status__in=sorted(OPEN), created_at__lt=before)
    unheard = waiting.filter(Q(checked_at=None) | Q(checked_at__lt=before))
    return unheard.order_by("checked_at", "pk").values_list("pk", flat=True)[:limit]


def own_payments(user: User, *, size: int, before: UUID | None = None, after: UUID | None = None) -> KeyPage[Payment]:
    """What a person has paid or tried to, with what went back and the receipts: a page, the newest first."""
    rows_found = partial(payments_visible_to, user)
    page = latest_first(rows_found, Q(), "created_at", size=size, before=before, after=after)
    refunds = Prefetch("refunds", queryset=refunds_told(Refund.objects.all()))
    receipts = Prefetch("receipts", queryset=Receipt.objects.order_by("issued_at", "pk"))
    prefetch_related_objects(page.rows, refunds, receipts)
    return page


def is_payable(appointment: Appointment, *, now: datetime) -> bool:
    """Whether an online payment is awaited: the time is kept for it, or the visit has become one that costs more."""
    return appointment.pk in due_online_among([appointment], now=now)


def due_online_among(appointments: Iterable[Appointment], *, now: datetime) -> dict[int, int]:
    """What of appointments is to be paid online now and has not come, in minor units, by the appointment's key; those
    of which nothing is due are not among it. Two statements however many they are, none where nothing can be due."""
    asked = {row.pk: row.amount_due_minor for row in appointments if row.amount_due_minor and _may_be_due(row, now)}
    if not asked:
        return {}
    paid = Payment.objects.filter(appointment__in=asked, status=PaymentStatus.SUCCEEDED)
    paid = paid.exclude(outcome=Outcome.REFUNDED).order_by()
    taken = dict(paid.values_list("appointment").annotate(total=Sum("captured_minor")))
    returned = dict(
        _surplus(Refund.objects.filter(payment__in=paid))
        .values_list("payment__appointment")
        .annotate(total=Sum("amount_minor"))
    )
    left = {key: taken_online(due - taken.get(key, 0) + returned.get(key, 0)) for key, due in asked.items()}
    return {key: due for key, due in left.items() if due > 0}


def _may_be_due(appointment: Appointment, now: datetime) -> bool:
    is_kept = appointment.status == Status.PENDING and appointment.pending_reason == PendingReason.PAYMENT
    is_ahead = appointment.status == Status.BOOKED and now < appointment.start
    return (is_kept and not appointment.has_ended(now)) or is_ahead


def receipts_of(appointment: Appointment) -> QuerySet[Receipt]:
    """Receipts and credit notes of an appointment's payments, in the order in which they were issued."""
    return Receipt.objects.filter(payment__appointment=appointment).order_by("issued_at", "pk")


def refunds_told(refunds: QuerySet[Refund]) -> QuerySet[Refund]:
    """Refunds as pages show them, the oldest first; `is_behind_dispute` of those that wait for a dispute's end, and
    `is_replaced` of those that were promised anew."""
    open_disputes = Dispute.objects.filter(payment=OuterRef("payment")).exclude(status__in=sorted(DISPUTE_OVER))
    is_behind = Q(status=RefundStatus.PENDING, stripe_id=None) & Exists(open_disputes)
    told = refunds.select_related("payment").annotate(
        is_behind_dispute=Case(When(is_behind, then=True), default=False, output_field=BooleanField()),
        is_replaced=Exists(Refund.objects.filter(replaces=OuterRef("pk"))),
    )
    return told.order_by("created_at", "pk")


def refunds_of(appointment: Appointment) -> QuerySet[Refund]:
    """What went back, or is to, of an appointment's payments."""
    return refunds_told(Refund.objects.filter(payment__appointment=appointment))


def refund_of(appointment: Appointment, public_id: UUID) -> Refund:
    """One of these. Raises `NotFound`."""
    found = refunds_of(appointment).filter(public_id=public_id).first()
    if found is None:
        raise NotFound("We cannot find that refund.")
    return found


def first_of(refund: Refund) -> Refund:
    """The promise that a refund, or what it took the place of, began as."""
    while refund.replaces is not None:
        refund = refund.replaces
    return refund


def owed_at_desk(appointment: Appointment) -> QuerySet[Refund]:
    """What the clinic took at its desk and has promised back, the oldest first; it is given back there."""
    waiting = Refund.objects.filter(payment__appointment=appointment, status=RefundStatus.PENDING)
    return waiting.exclude(payment__method=Method.ONLINE).select_related("payment").order_by("created_at", "pk")


def entries_of_desk(appointment: Appointment) -> QuerySet[Payment]:
    """What the clinic wrote down as taken at its desk for an appointment, the oldest first; mistakes are among it."""
    entries = Payment.objects.filter(appointment=appointment).exclude(method=Method.ONLINE)
    return entries.select_related("appointment__patient", "appointment__location").order_by("created_at", "pk")


def entry_of_desk(appointment: Appointment, public_id: UUID) -> Payment:
    """One of these. Raises `NotFound`."""
    found = entries_of_desk(appointment).filter(public_id=public_id).first()
    if found is None:
        raise NotFound("We cannot find that payment.")
    return found


def left_to_pay(appointment: Appointment) -> int:
    """What the visit costs and nobody has paid yet, in minor units. What a bank took back is to be paid anew, at the
    clinic: whoever asked their bank for it is not asked for it online."""
    return max(appointment.price_minor - captured_of(appointment) + taken_by_banks(appointment), 0)


@dataclass(frozen=True, kw_only=True)
class Sums:
    """How an appointment's money stands, in minor units: what is to be paid online now and has not come, what nobody
    has paid yet at all, what banks took back, what is to go back (it may have failed once) and what has gone."""

    due: int
    left: int
    by_banks: int
    going_back: int
    gone_back: int


def sums_of(appointment: Appointment, payment: Payment | None) -> Sums:
    """For whoever pays for it. What goes back is of one payment alone where that is told of and has bought nothing."""
    is_alone = payment is not None and payment.outcome == Outcome.REFUNDED
    of = {"payment": payment} if is_alone else {"payment__appointment": appointment}
    by_banks = _taken_by_banks(Dispute.objects.filter(**of)) if is_alone else taken_by_banks(appointment)
    refunds = Refund.objects.filter(replaced_by=None, **of)
    # What an officer has settled does not go back, or goes back as another.
    refunds = refunds.exclude(status=RefundStatus.FAILED, let_go_minor__isnull=False)
    gone = Q(status=RefundStatus.SUCCEEDED)
    back = refunds.exclude(status=RefundStatus.CANCELED).aggregate(
        gone=Sum("amount_minor", filter=gone), going=Sum("amount_minor", filter=~gone)
    )
    return Sums(
        due=due_online(appointment),
        left=left_to_pay(appointment),
        by_banks=by_banks,
        going_back=back["going"] or 0,
        gone_back=back["gone"] or 0,
    )


def complaints_of(appointment: Appointment) -> QuerySet[Complaint]:
    """What the patient disagreed about, the newest first."""
    return Complaint.objects.filter(appointment=appointment).order_by("-opened_at")


def complaint_of(appointment: Appointment, complaint_id: UUID) -> Complaint:
    """One that there is of the appointment."""
    return complaints_of(appointment).get(public_id=complaint_id)
