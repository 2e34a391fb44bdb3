"""Refusals as API clients read them: RFC 9457 problem details with a stable `code`."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse, JsonResponse
from rest_framework import exceptions, parsers
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from common.errors import DomainError, Invalid, NotFound, TooLarge, Unavailable

CONTENT_TYPE = "application/problem+json"
# Whatever is answered under it is answered for programs.
PREFIX = "/api/"

logger = logging.getLogger(__name__)


class JSONParser(parsers.JSONParser):
    def parse(self, *args: Any, **kwargs: Any) -> Any:
        """As DRF's, with a body nested deeper than Python reads refused like any other that is no JSON."""
        try:
            return super().parse(*args, **kwargs)
        except RecursionError as error:
            raise exceptions.ParseError("JSON parse error - nested too deeply") from error


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's EXCEPTION_HANDLER. What is not a refusal is left to Django: a 500 that says nothing of the inside.

    The body has `type`, `title`, `status`, `detail` and `code`; `fields` (a name to its messages, nested names with
    dots) where input was wrong; and the error's own data.
    """
    if isinstance(error, OperationalError | InterfaceError):
        logger.error("The database did not answer", exc_info=error)
        error = Unavailable()
    if isinstance(error, Http404 | exceptions.NotFound):
        error = NotFound()
    if isinstance(error, exceptions.ValidationError):
        error = Invalid("invalid", "Some of what you sent is not right.", fields=dict(_fields(error.detail)))
    if isinstance(error, RequestDataTooBig):
        error = TooLarge()
    if isinstance(error, DomainError):
        set_rollback()
        return _domain_problem(error)
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    answer = exception_handler(error, context)
    if answer is None or not isinstance(error, exceptions.APIException):
        return None
    wait = getattr(error, "wait", None)
    data = {} if wait is None else {"retry_after": int(wait)}
    return _problem(error.status_code, error.default_code, str(error.detail), data, headers=_headers(answer))


def _domain_problem(error: DomainError) -> Response:
    data = dict(error.data)
    headers = {}
    if isinstance(error, Invalid) and error.fields:
        data["fields"] = error.fields
    if isinstance(error, Unavailable):
        headers["Retry-After"] = str(error.retry_after)
    return _problem(error.status, error.code, error.message, data, headers)


def problem(error: DomainError) -> dict[str, Any]:
    """The body of a refusal, for what answers an API client before a view is reached."""
    return _body(error.status, error.code, error.message, error.data)


def problem_answer(error: DomainError) -> HttpResponse:
    """A refusal of what stands in front of the views, or behind them."""
    answer = JsonResponse(problem(error), status=error.status, content_type=CONTENT_TYPE)
    if isinstance(error, Unavailable):
        answer["Retry-After"] = str(error.retry_after)
    return answer


def _problem(status: int, code: str, detail: str, data: Mapping[str, Any], headers: Mapping[str, str]) -> Response:
    body = _body(status, code, detail, data)
    return Response(body, status=status, headers=dict(headers), content_type=CONTENT_TYPE)


def _body(status: int, code: str, detail: str, data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **data,
        "type": f"urn:medconsult:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": detail,
        "code": code,
    }


def _headers(answer: Response) -> dict[str, str]:
    return {name: answer[name] for name in ("WWW-Authenticate", "Retry-After") if name in answer}


def _fields(detail: Any, name: str = "") -> Iterator[tuple[str, list[str]]]:
    """DRF's nested errors made flat: `guests.0.name`; what concerns the whole has `non_field_errors`."""
    if isinstance(detail, Mapping):
        for key, inner in detail.items():
            yield from _fields(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(detail, list) and any(isinstance(one, Mapping | list) for one in detail):
        for index, inner in enumerate(detail):
            yield from _fields(inner, f"{name}.{index}" if name else str(index))
    else:
        messages = [str(one) for one in detail] if isinstance(detail, list) else [str(detail)]
        yield name or "non_field_errors", messages
