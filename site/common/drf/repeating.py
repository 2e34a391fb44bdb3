"""`Idempotency-Key`: a POST that is sent again is answered with what the first one came to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import cast

from django.contrib.auth.models import AbstractBaseUser
from rest_framework.request import Request

from common import idempotency
from common.idempotency import Outcome
from common.models import PublicIdModel

HEADER = "Idempotency-Key"


def once(
    request: Request,
    *,
    do: str,
    asked: Mapping[str, object],
    run: Callable[[], PublicIdModel],
    status: HTTPStatus = HTTPStatus.CREATED,
) -> Outcome:
    """`run` at most once for the caller's key (`common.idempotency.once`); without a key it only runs.

    `do` names the operation, `asked` is everything that the request asked for, the ids of its address included.
    """
    caller = cast("AbstractBaseUser", request.user)
    fingerprint = {"do": do, **asked}
    return idempotency.once(
        user=caller, key=request.headers.get(HEADER), fingerprint=fingerprint, run=run, status=status
    )
