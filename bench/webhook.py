"""Stripe's deliveries, over HTTP, many at once: each is kept and answered before anything is asked of Stripe."""

from __future__ import annotations

import http
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import median

from bench.server import Answer, Server
from integrations.stripe.addresses import WEBHOOK_PATH

CLIENTS = 8


@dataclass(frozen=True)
class Taken:
    refused: int
    statements: int
    """The most of one delivery."""
    median_ms: float
    slowest_ms: float
    """As whoever sent it waited."""


def run(server: Server, deliveries: Sequence[tuple[str, str]]) -> Taken:
    """Each delivery twice, as Stripe does where an answer was lost; the first ones, to workers just started, apart."""
    for body, signature in deliveries[: 2 * CLIENTS]:
        _send(server, body, signature)
    with ThreadPoolExecutor(CLIENTS) as pool:
        found = list(pool.map(lambda one: _send(server, *one), [*deliveries, *deliveries]))
    waited = [milliseconds for _, milliseconds in found]
    return Taken(
        refused=sum(answer.status != http.HTTPStatus.OK for answer, _ in found),
        statements=max(answer.statements for answer, _ in found),
        median_ms=median(waited),
        slowest_ms=max(waited),
    )


def _send(server: Server, body: str, signature: str) -> tuple[Answer, float]:
    headers = {"Content-Type": "application/json", "Stripe-Signature": signature}
    started = time.perf_counter()
    answer = server.ask(WEBHOOK_PATH, method="POST", body=body, headers=headers)
    return answer, (time.perf_counter() - started) * 1000
