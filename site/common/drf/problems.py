"""Refusals as API clients read them: RFC 9457 problem details with a stable `code`."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse, JsonResponse
from rest_framework import exceptions, parsers, renderers
from rest_framework.response import Response
from rest_framework.settings import api_settings
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


class _Problem(Response):
    """JSON, also of a view that answers in something else, and where what was asked for is what nobody can render."""

    @property
    def rendered_content(self) -> Any:
        self.accepted_renderer, self.accepted_media_type = renderers.JSONRenderer(), CONTENT_TYPE
        return super().rendered_content


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
    fields = {"fields": error.fields} if isinstance(error, Invalid) and error.fields else {}
    return _problem(error.status, error.code, error.message, {**_data(error), **fields}, _wait(error))


def problem(error: DomainError) -> dict[str, Any]:
    """The body of a refusal, for what answers an API client before a view is reached."""
    return _body(error.status, error.code, error.message, _data(error))


def problem_answer(error: DomainError) -> HttpResponse:
    """A refusal of what stands in front of the views, or behind them."""
    return JsonResponse(problem(error), status=error.status, content_type=CONTENT_TYPE, headers=_wait(error))


def _data(error: DomainError) -> dict[str, Any]:
    return error.data if error.retry_after is None else {**error.data, "retry_after": error.retry_after}


def _wait(error: DomainError) -> dict[str, str]:
    return {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}


def _problem(status: int, code: str, detail: str, data: Mapping[str, Any], headers: Mapping[str, str]) -> Response:
    body = _body(status, code, detail, data)
    return _Problem(body, status=status, headers=dict(headers), content_type=CONTENT_TYPE)


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
    """DRF's nested errors made flat: `guests.0.name`; what concerns all of `guests` has that name, and what concerns
    the whole body `non_field_errors`."""
    if isinstance(detail, Mapping):
        for key, inner in detail.items():
            is_whole = name and key == api_settings.NON_FIELD_ERRORS_KEY
            yield from _fields(inner, name if is_whole else f"{name}.{key}" if name else str(key))
    elif isinstance(detail, list) and any(isinstance(one, Mapping | list) for one in detail):
        for index, inner in enumerate(detail):
            yield from _fields(inner, f"{name}.{index}" if name else str(index))
    else:
        messages = [str(one) for one in detail] if isinstance(detail, list) else [str(detail)]
        yield name or api_settings.NON_FIELD_ERRORS_KEY, messages
