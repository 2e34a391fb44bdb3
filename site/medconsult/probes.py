"""Whether this process is alive, whether it may be given visitors, and its figures: for machines that watch it.

They ask by the machine's own address and without TLS, so they are answered in front of everything that judges either.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseNotFound, JsonResponse
from django.utils.crypto import constant_time_compare
from redis import Redis, RedisError

from common.uploads.storage import is_folder, storage_answers
from medconsult import metrics

logger = logging.getLogger(__name__)


class ProbesMiddleware:
    """/healthz, /readyz and /metrics; the last one to whoever has METRICS_TOKEN, and to nobody where none is set."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.answers = {"/healthz": alive, "/readyz": ready, "/metrics": figures}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.answers.get(request.path_info)
        if answer is None:
            return self.get_response(request)
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        response = answer(request)
        response["Cache-Control"] = "no-store"
        return response


def alive(_: HttpRequest) -> HttpResponse:
    """200 as long as the process answers at all, whatever else is away: ending it would mend nothing."""
    return HttpResponse("alive\n", content_type="text/plain")


def ready(_: HttpRequest) -> HttpResponse:
    """503 where visitors would get nothing but errors; what the product goes on without is told and does no harm."""
    needed = {"database": _database, "migrations": _migrations}
    helpful = {"cache": _redis(settings.CACHES["redis"]["LOCATION"]), "broker": _redis(settings.CELERY_BROKER_URL)}
    # A folder is this machine's own trouble, and another may be better off. A bucket is everybody's: without it people
    # book and read, and to send no visitor to anybody would close the site.
    (needed if is_folder() else helpful)["storage"] = storage_answers
    found = {name: _tried(name, check) for name, check in {**needed, **helpful}.items()}
    is_ready = all(found[name] for name in needed)
    said = {name: "ok" if fine else "away" for name, fine in found.items()}
    status = HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE
    return JsonResponse({"ready": is_ready, **said}, status=status)


def figures(request: HttpRequest) -> HttpResponse:
    token = settings.METRICS_TOKEN
    if not token or not constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {token}"):
        return HttpResponseNotFound()
    return HttpResponse(metrics.exposition(), content_type=metrics.CONTENT_TYPE)


def _tried(name: str, check: Callable[[], bool]) -> bool:
    try:
        fine = check()
    except (DatabaseError, RedisError, OSError) as error:
        fine = False
        logger.warning("Not ready: %s (%s)", name, type(error).__name__)
    return fine


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def _migrations() -> bool:
    """Whether none of this code's is missing. Once it was so it stays so, as long as this code runs."""
    if not _migrated:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        _migrated.append(True)
    return True


_migrated: list[bool] = []


def _redis(url: str) -> Callable[[], bool]:
    def check() -> bool:
        with Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1, retry=None) as client:
            return bool(client.ping())

    return check
