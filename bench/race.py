"""Twenty patients want one time at once, over HTTP: one may have it, nineteen are told so, nobody sees an error."""

from __future__ import annotations

import http
import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bench.server import Server


@dataclass(frozen=True)
class Contest:
    """Tokens of the patients, and the bodies of a POST for each round's time."""

    tokens: list[str]
    bodies: list[dict[str, str]]


@dataclass(frozen=True)
class Result:
    rounds: int
    single_winner: int
    answers: Counter[int]
    slowest_ms: float

    @property
    def server_errors(self) -> int:
        return sum(n for status, n in self.answers.items() if status >= http.HTTPStatus.INTERNAL_SERVER_ERROR)


def run(server: Server, contest: Contest) -> Result:
    answers: Counter[int] = Counter()
    single_winner, slowest = 0, 0.0
    with ThreadPoolExecutor(len(contest.tokens)) as pool:
        for body in contest.bodies:
            started = time.perf_counter()
            statuses = list(pool.map(lambda token, body=body: _book(server, token, body), contest.tokens))  # type: ignore[misc]
            slowest = max(slowest, (time.perf_counter() - started) * 1000)
            answers.update(statuses)
            single_winner += statuses.count(http.HTTPStatus.CREATED) == 1
    return Result(len(contest.bodies), single_winner, answers, slowest)


def _book(server: Server, token: str, body: dict[str, str]) -> int:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return server.ask("/api/appointments/", method="POST", body=json.dumps(body), headers=headers).status
