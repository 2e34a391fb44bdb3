from __future__ import annotations

from http import HTTPStatus

from common.errors import DomainError


class CredentialsRefused(DomainError):
    """No such account, a wrong password, or a closed account: one answer for all three."""

    status = HTTPStatus.UNAUTHORIZED

    def __init__(self) -> None:
        super().__init__("credentials_refused", "The email address and the password do not match an account.")


class TooManyAttempts(DomainError):
    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self) -> None:
        super().__init__("too_many_attempts", "There were too many attempts. Wait five minutes and try again.")
