from __future__ import annotations

from http import HTTPStatus

from common.errors import DomainError


class NotTakingBookings(DomainError):
    """Patients knew this doctor, who is not listed now; why is nobody's business."""

    status = HTTPStatus.NOT_FOUND

    def __init__(self, name: str) -> None:
        message = f"{name} is not taking bookings at the moment"
        super().__init__("not_taking_bookings", message, advice="Another doctor may have a time that suits you.")
