"""Whatever is sent to the API, it answers as its description says, and never with a fault of ours.

Each operation is asked by five people, with what fits its description and with what does not, about things that are
theirs, others' and nobody's: 200 times in `make test-long` (API_EXAMPLES), and not at all in `make test`.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pytest_django import DjangoDbBlocker
from rest_framework.views import APIView
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.adapter import AccountAdapter
from accounts.models import ApiToken
from accounts.security.current import OF_PROGRAM
from accounts.security.headless.description import described as signing_in
from accounts.states import ALL_SCOPES
from common.drf.openapi import described
from tests.permissions.matrix.arguments import Arguments
from tests.permissions.matrix.asking import Asker, world_for_a_while
from tests.permissions.matrix.people import Who
from tests.permissions.matrix.routes import all_routes

PEOPLE = (Who.VISITOR, Who.PATIENT_A, Who.DOCTOR_A, Who.STAFF_HERE, Who.ADMINISTRATOR)
# Of each operation by each person.
EXAMPLES = int(os.environ.get("API_EXAMPLES", "0")) // len(PEOPLE)
pytestmark = [
    pytest.mark.skipif(not EXAMPLES, reason="make test-long asks them (API_EXAMPLES)"),
    # What reads an answer here does not close the file that it is of.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning"),
]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def asker(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Asker]:
    logging.disable(logging.CRITICAL)
    limits, APIView.throttle_classes = APIView.throttle_classes, []
    # As Django's own test client: they would end the connection in the middle of our transaction.
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    try:
        with django_db_blocker.unblock(), world_for_a_while() as one:
            yield one
    finally:
        APIView.throttle_classes = limits
        request_started.connect(close_old_connections)
        request_finished.connect(close_old_connections)
        logging.disable(logging.NOTSET)


def _operations(description: Any) -> dict[str, Any]:
    schema = schemathesis.openapi.from_dict(description)
    schema.app = get_wsgi_application()
    found: list[Any] = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    return {operation.label: operation for operation in found}


def _known_paths(asker: Asker, path: str) -> list[str]:
    """The operation's addresses of everything in the world, and of what does not exist."""
    pattern = path.replace("{", "<").replace("}", ">")
    routes = (route for route in all_routes() if route.pattern == pattern)
    return [case.path for route in routes for case in Arguments(asker.world).cases(route)]


def _bearer(asker: Asker, who: Who) -> dict[str, str]:
    if who == Who.VISITOR:
        return {}
    return {"Authorization": f"Bearer {ApiToken.objects.issue(asker.world.people[who], scopes=list(ALL_SCOPES))[1]}"}


def _session(asker: Asker, who: Who) -> dict[str, str]:
    if who == Who.VISITOR:
        return {}
    client = Client()
    client.force_login(asker.world.people[who])
    session = client.session
    session[OF_PROGRAM] = True
    session.save()
    return {"X-Session-Token": session.session_key or ""}


@pytest.mark.parametrize("who", PEOPLE)
def test_every_answer_is_as_described(asker: Asker, who: Who) -> None:
    assert _problems(asker, described(), lambda: _bearer(asker, who)) == ""


@pytest.mark.parametrize("who", [Who.VISITOR, Who.PATIENT_A])
def test_every_answer_of_the_doors_for_signing_in_is_as_described(
    asker: Asker, who: Who, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    # No server tells the address that they are counted by.
    monkeypatch.setattr(AccountAdapter, "get_client_ip", lambda *_: "127.0.0.1")
    settings.ACCOUNT_RATE_LIMITS = False
    assert _problems(asker, signing_in(), lambda: _session(asker, who)) == ""


def _problems(asker: Asker, description: Any, headers: Callable[[], dict[str, str]]) -> str:
    """What is not as described, of each operation the first example that shows it."""
    found = []
    for name, operation in _operations(description).items():
        try:
            _ask(asker, operation, headers)
        except FailureGroup as group:
            found += [f"{name}: {one}" for one in group.exceptions]
    return "\n".join(found)


def _ask(asker: Asker, operation: Any, headers: Callable[[], dict[str, str]]) -> None:
    known = _known_paths(asker, operation.path)
    kinds = st.sampled_from([GenerationMode.POSITIVE, GenerationMode.NEGATIVE]).flatmap(
        lambda mode: operation.as_strategy(generation_mode=mode)
    )

    @examples(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=kinds, path=st.sampled_from([*known, *known, ""]) if known else st.just(""))
    def ask(case: Case, path: str) -> None:
        if path:
            case.path, case.path_parameters = path, {}
        with transaction.atomic():
            response = case.call(headers=headers())
            transaction.set_rollback(True)
        case.validate_response(response, checks=CHECKS)

    ask()
