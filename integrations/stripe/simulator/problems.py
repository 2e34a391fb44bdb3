"""How Stripe says no."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

Json = dict[str, Any]


class ApiProblem(Exception):
    """An answer that is an error, in Stripe's envelope."""

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        parameter: str | None = None,
        status: HTTPStatus = HTTPStatus.BAD_REQUEST,
        kind: str = "invalid_request_error",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.parameter = parameter
        self.http_status = status
        self.kind = kind

    @property
    def body(self) -> Json:
        found = {"type": self.kind, "message": self.message, "code": self.code, "param": self.parameter}
        return {"error": {name: value for name, value in found.items() if value is not None}}


class ParameterProblem(ApiProblem):
    """The request was not begun, so its key is free."""


def missing(kind: str, identity: str, parameter: str = "id") -> ApiProblem:
    return ApiProblem(
        f"No such {kind.replace('.', ' ')}: '{identity}'",
        code="resource_missing",
        parameter=parameter,
        status=HTTPStatus.NOT_FOUND,
    )


def server_error() -> ApiProblem:
    return ApiProblem("An unknown error occurred", status=HTTPStatus.INTERNAL_SERVER_ERROR, kind="api_error")
