from __future__ import annotations

from http import HTTPStatus

from common.errors import Conflict, DomainError
from common.money import Money


class PaymentsAway(DomainError):
    """Stripe does not answer just now. Nothing is lost: the time is kept as it was, and the same call goes on."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    retry_after = 10

    def __init__(self) -> None:
        super().__init__(
            "payments_away",
            "We cannot reach the payment service just now. You have not been charged; please try again in a moment.",
        )


class TooMuch(Conflict):
    """More would be given back than was taken."""

    def __init__(self, left_minor: int) -> None:
        super().__init__(
            "refund_too_much",
            f"Only {Money(left_minor)} of this payment can still be given back.",
            left_minor=left_minor,
        )
