from __future__ import annotations

from rest_framework import pagination
from rest_framework.response import Response
from rest_framework.views import exception_handler

from common.errors import DomainError


class PageNumberPagination(pagination.PageNumberPagination):
    page_size_query_param = "page_size"
    max_page_size = 100


def problem_handler(error: Exception, context: dict[str, object]) -> Response | None:
    if isinstance(error, DomainError):
        return Response({"code": error.code, "detail": error.message, **error.data}, status=error.status)
    return exception_handler(error, context)
