"""The machines of payment, refund, dispute and complaint, in Stripe's words, and our own words for why and how."""

from __future__ import annotations

from django.db.models import TextChoices

from common.errors import Conflict


class PaymentStatus(TextChoices):
    """What Stripe's PaymentIntent says, and `review` for what does not add up."""

    REQUIRES_PAYMENT_METHOD = "requires_payment_method", "Waiting for payment"
    REQUIRES_ACTION = "requires_action", "Waiting for the bank’s check"
    PROCESSING = "processing", "Being processed"
    SUCCEEDED = "succeeded", "Paid"
    CANCELED = "canceled", "Not paid"
    REVIEW = "review", "Being looked at"
    # Ours too, of the desk's entries alone: no money came by it.
    ENTERED_IN_ERROR = "entered-in-error", "Written down by mistake"


class Method(TextChoices):
    """How the money came; all but `online` are recorded by the clinic's staff."""

    ONLINE = "online", "Online by card"
    CASH = "cash", "Cash"
    CARD_MACHINE = "card-machine", "Card machine"
    TRANSFER = "transfer", "Bank transfer"


class Outcome(TextChoices):
    """What a payment that succeeded came to; none is without one (the database refuses it)."""

    BOOKED = "booked", "The appointment stands"
    REFUNDED = "refunded", "Given back, as the appointment could not be had"
    REVIEW = "review", "For a billing officer to decide"


class Attention(TextChoices):
    """Why a payment waits for a billing officer."""

    NONE = "", "Nothing"
    AMOUNT = "amount", "The amount or currency is not what was asked for"
    OWNER = "owner", "It names another appointment or payment of ours"
    STATUS = "status", "Stripe says a status that we do not know"
    REFUND_FAILED = "refund-failed", "A refund failed"
    ENTERED_IN_ERROR = "entered-in-error", "The appointment was entered in error"
    DISPUTE_LOST = "dispute-lost", "A bank took money back, and the visit is not paid without it"
    LOSS_UNDONE = "loss-undone", "A bank has given back what it had taken for good: see what was dropped for it"
    GONE_TWICE = "gone-twice", "A bank transfer and a bank have both given it back: ask for the money back"


class RefundStatus(TextChoices):
    """Stripe's words. What is not sent yet is `pending` too."""

    PENDING = "pending", "On its way"
    REQUIRES_ACTION = "requires_action", "Waiting for your details"
    SUCCEEDED = "succeeded", "Refunded"
    FAILED = "failed", "Failed"
    CANCELED = "canceled", "Cancelled"


class RefundReason(TextChoices):
    POLICY = "policy", "Cancelled by the patient"
    PRACTICE = "practice", "Cancelled by the clinic"
    LATE = "late", "Paid after the time was given away"
    DUPLICATE = "duplicate", "Paid twice"
    OFFICER = "officer", "Decided by the clinic"
    COMPLAINT = "complaint", "Decided on a complaint"
    DIFFERENCE = "difference", "Changed to a visit that costs less"
    REST = "rest", "The rest of what is owed, as was found out later"
    EXTERNAL = "external", "Made in Stripe’s dashboard"


# Why a promise is not kept by us, where it was kept otherwise.
BY_THE_BANK, ELSEWHERE = "given back by the bank", "given back elsewhere"
# … or where the rules give it back in its place, or more of it.
BY_RULE = "given back by the rules"
# … or where by now the visit takes what was to go back: it costs more again.
NOT_OWED = "not owed any more"
# … or where nothing had been paid.
BY_MISTAKE = "the payment was written down by mistake"
# … or less: what the rules promise is a share of it.
LESS_PAID = "less was paid than had been written down"
# … or where it had gone beyond what was taken.
BEYOND = "more than was taken"
# By what word a page or a message tells of each.
DROPPED_FOR = {
    BY_THE_BANK: "bank",
    ELSEWHERE: "elsewhere",
    BY_RULE: "rule",
    NOT_OWED: "not-owed",
    BY_MISTAKE: "mistake",
    LESS_PAID: "less-paid",
    BEYOND: "beyond",
}


class DisputeStatus(TextChoices):
    WARNING_NEEDS_RESPONSE = "warning_needs_response", "Early warning, needs a response"
    WARNING_UNDER_REVIEW = "warning_under_review", "Early warning, under review"
    WARNING_CLOSED = "warning_closed", "Early warning, closed"
    NEEDS_RESPONSE = "needs_response", "Needs a response"
    UNDER_REVIEW = "under_review", "Under review"
    CHARGE_REFUNDED = "charge_refunded", "Charge refunded"
    WON = "won", "Won"
    LOST = "lost", "Lost"
    PREVENTED = "prevented", "Prevented"
    UNKNOWN = "unknown", "A word of Stripe’s that we do not know"


class ComplaintState(TextChoices):
    OPEN = "open", "Waiting for a decision"
    UPHELD = "upheld", "Upheld"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"


class ComplaintReason(TextChoices):
    CHARGED_WRONGLY = "charged-wrongly", "I was charged the wrong amount"
    NOT_SEEN = "not-seen", "The visit did not take place"
    LATE_OR_SHORT = "late-or-short", "The visit was much later or shorter than booked"
    REFUND_MISSING = "refund-missing", "A refund has not arrived"
    OTHER = "other", "Something else"


class EventState(TextChoices):
    """Of a webhook's event in the inbox."""

    RECEIVED = "received", "Waiting"
    APPLIED = "applied", "Applied"
    IGNORED = "ignored", "Of a kind that changes nothing here"
    UNMATCHED = "unmatched", "Of no payment of ours"
    FAILED = "failed", "Could not be applied"


# One payment of an appointment may be in these at a time: another could take the money twice.
OPEN = frozenset(
    {
        PaymentStatus.REQUIRES_PAYMENT_METHOD,
        PaymentStatus.REQUIRES_ACTION,
        PaymentStatus.PROCESSING,
        PaymentStatus.REVIEW,
    }
)

STRIPE_SAYS = frozenset(
    {
        PaymentStatus.REQUIRES_PAYMENT_METHOD,
        PaymentStatus.REQUIRES_ACTION,
        PaymentStatus.PROCESSING,
        PaymentStatus.SUCCEEDED,
        PaymentStatus.CANCELED,
    }
)
PAYMENT_TRANSITIONS: dict[PaymentStatus, frozenset[PaymentStatus]] = {
    status: (STRIPE_SAYS | {PaymentStatus.REVIEW}) - {status} for status in OPEN
} | {
    # Money that has come does not come again: what follows is its refunds' and disputes' matter.
    # An entry of the desk may have been a mistake.
    PaymentStatus.SUCCEEDED: frozenset({PaymentStatus.REVIEW, PaymentStatus.ENTERED_IN_ERROR}),
    PaymentStatus.ENTERED_IN_ERROR: frozenset(),
    # What an officer took for unpaid may be paid after all.
    PaymentStatus.CANCELED: frozenset({PaymentStatus.SUCCEEDED, PaymentStatus.REVIEW}),
}

REFUND_LIVE = frozenset({RefundStatus.PENDING, RefundStatus.REQUIRES_ACTION, RefundStatus.SUCCEEDED})
REFUND_TRANSITIONS: dict[RefundStatus, frozenset[RefundStatus]] = {
    RefundStatus.PENDING: frozenset(
        {RefundStatus.REQUIRES_ACTION, RefundStatus.SUCCEEDED, RefundStatus.FAILED, RefundStatus.CANCELED}
    ),
    RefundStatus.REQUIRES_ACTION: frozenset(
        {RefundStatus.PENDING, RefundStatus.SUCCEEDED, RefundStatus.FAILED, RefundStatus.CANCELED}
    ),
    # A bank may send money back days after it was on its way.
    RefundStatus.SUCCEEDED: frozenset({RefundStatus.FAILED}),
    RefundStatus.FAILED: frozenset(),
    RefundStatus.CANCELED: frozenset(),
}

DISPUTE_OVER = frozenset(
    {
        DisputeStatus.WARNING_CLOSED,
        DisputeStatus.CHARGE_REFUNDED,
        DisputeStatus.WON,
        DisputeStatus.LOST,
        DisputeStatus.PREVENTED,
    }
)

# While a dispute is in one of these the bank has the money; an early warning leaves it with us.
DISPUTE_WITHDRAWN = frozenset({DisputeStatus.NEEDS_RESPONSE, DisputeStatus.UNDER_REVIEW, DisputeStatus.LOST})

# In these the money is gone for good; of one that ended by a refund that refund tells.
DISPUTE_GONE = frozenset({DisputeStatus.LOST})

COMPLAINT_TRANSITIONS: dict[ComplaintState, frozenset[ComplaintState]] = {
    ComplaintState.OPEN: frozenset({ComplaintState.UPHELD, ComplaintState.DECLINED, ComplaintState.WITHDRAWN}),
    ComplaintState.UPHELD: frozenset(),
    ComplaintState.DECLINED: frozenset(),
    ComplaintState.WITHDRAWN: frozenset(),
}


def assert_payment_can_move(current: str, target: PaymentStatus) -> None:
    """Raises `Conflict` (`illegal_transition`, with `current`, the state) where the machine has no such arrow."""
    if target not in PAYMENT_TRANSITIONS[PaymentStatus(current)]:
        raise Conflict("illegal_transition", "This payment cannot be changed like that any more.", current=current)


def assert_refund_can_move(current: str, target: RefundStatus) -> None:
    """Raises `Conflict` (`illegal_transition`, with `current`, the state) where the machine has no such arrow."""
    if target not in REFUND_TRANSITIONS[RefundStatus(current)]:
        raise Conflict("illegal_transition", "This refund cannot be changed like that any more.", current=current)


def assert_complaint_can_move(current: str, target: ComplaintState) -> None:
    """Raises `Conflict` (`illegal_transition`, with `current`, the state) where the machine has no such arrow."""
    if target not in COMPLAINT_TRANSITIONS[ComplaintState(current)]:
        raise Conflict("illegal_transition", "This complaint has been decided already.", current=current)
