"""What a page says of one refund to whoever paid: the end of a sentence that begins with its amount."""

from __future__ import annotations

from billing.models import Refund
from billing.states import Attention, RefundStatus

# Of a promise that was dropped, by the word of `Refund.dropped_for`.
_DROPPED = {
    "rule": "became what is shown beside it.",
    "bank": "was given back to you by your bank.",
    "elsewhere": "was given back another way.",
    "not-owed": "was not given back: the visit now costs all that is left of what you paid.",
    "mistake": "was not given back: what it was to be of had been written down by mistake.",
    "less-paid": "was not given back: less was paid than had been written down.",
    "beyond": "went back to you beyond what you had paid: the clinic may ask you for it.",
    "": "was not given back.",
}


def refund_words(refund: Refund) -> str:
    """For a refund as `refunds_told` reads it."""
    match refund.status:
        case RefundStatus.SUCCEEDED:
            return _made(refund)
        case RefundStatus.FAILED:
            return f"could not be sent back{_failed(refund)}."
        case RefundStatus.CANCELED:
            return _DROPPED["rule" if _is_replaced(refund) else refund.dropped_for]
        case RefundStatus.REQUIRES_ACTION:
            return "waits for you: Stripe has asked you by email for your bank details."
        case _:
            return _waiting(refund)


def _is_replaced(refund: Refund) -> bool:
    """As `refunds_told` has it."""
    return bool(getattr(refund, "is_replaced", False))


def _made(refund: Refund) -> str:
    if refund.by_hand:
        return "was sent to you by bank transfer."
    if refund.payment.is_online:
        return "has gone back to you. Your bank may need 5 to 10 days to show it."
    return "was given back to you by the clinic."


def _failed(refund: Refund) -> str:
    if _is_replaced(refund):
        return "; what has taken its place is shown beside it"
    if not refund.is_settled and refund.payment.attention not in (Attention.NONE, Attention.DISPUTE_LOST):
        # Another reason may stand before this one on the officers' list.
        return ", and we are looking at it"
    return ". We have looked at it: if you have not heard from us, please call the clinic"


def _waiting(refund: Refund) -> str:
    if getattr(refund, "is_behind_dispute", False):
        return "is promised to you, and waits until your bank has decided about the payment."
    if refund.awaits_second:
        return "is being looked at by a second person."
    if refund.by_hand:
        return "is yours: the clinic gives it back to you by bank transfer."
    if not refund.payment.is_online:
        return "is yours: the clinic gives it back to you."
    return "is on its way back to you."
