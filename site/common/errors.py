"""What a service says when it refuses. `common.htmx` shows it to people, `common.drf` to API clients."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any


class DomainError(Exception):
    """A refusal with a stable `code`, a plain sentence for the person, and typed `data` for the client.

    `retry_after` is in how many seconds the same may be asked again, where that is known.
    """

    status = HTTPStatus.BAD_REQUEST
    retry_after: int | None = None

    def __init__(self, code: str, message: str, **data: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data


class NotFound(DomainError):
    """The object does not exist, or is somebody else's; the two are answered alike."""

    status = HTTPStatus.NOT_FOUND

    def __init__(self, message: str = "We cannot find what you asked for.") -> None:
        super().__init__("not_found", message)


class Forbidden(DomainError):
    """The person may see the object but not do this to it."""

    status = HTTPStatus.FORBIDDEN


class Conflict(DomainError):
    """The object's state does not allow it, or somebody else was first."""

    status = HTTPStatus.CONFLICT


class Busy(Conflict):
    """A lock was not free in time; the same request may succeed in a moment."""

    def __init__(self) -> None:
        super().__init__("busy", "We are very busy at the moment. Please try again in a moment.")


class Invalid(DomainError):
    """Input that breaks a rule; `fields` maps a field's name to its messages, for showing beside it."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, code: str, message: str, *, fields: dict[str, list[str]] | None = None, **data: Any) -> None:
        super().__init__(code, message, **data)
        self.fields = fields or {}


class TooLarge(DomainError):
    """A body longer than one request may send (REQUEST_MAX_BYTES, DATA_UPLOAD_MAX_MEMORY_SIZE)."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE

    def __init__(self) -> None:
        super().__init__("too_large", "That is more than we can take at once. A file may have up to 20 MB.")


class TooOften(DomainError):
    """More than one of our limits allows (`common.limits`); subclasses say after how long there is more."""

    status = HTTPStatus.TOO_MANY_REQUESTS


class Unavailable(DomainError):
    """The database is away or too busy just now; the same request may well succeed in a moment."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    retry_after = 5

    def __init__(self) -> None:
        super().__init__("unavailable", "We could not do that just now. Nothing was changed; please try again.")
