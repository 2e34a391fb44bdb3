"""Twenty patients want one time at once, over HTTP: one may have it, nineteen are told so, nobody sees an error."""

from __future__ import annotations

import http
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bench.server import Answer, Server

CLIENTS = 20
BOOKED, TAKEN = http.HTTPStatus.CREATED, http.HTTPStatus.CONFLICT


@dataclass(frozen=True)
class Result:
    """`slowest_ms` is the longest time that one request spent on its statements, waiting for locks included."""

    rounds: int
    rounds_with_one_winner: int
    answers: Counter[int]
    slowest_ms: float

    @property
    def neither_booked_nor_taken(self) -> int:
        return sum(count for status, count in self.answers.items() if status not in {BOOKED, TAKEN})


def run(server: Server, tokens: Sequence[str], bodies: Sequence[Mapping[str, str]]) -> Result:
    """One round for each body: everybody posts it at the same moment."""
    answers: list[list[Answer]] = []
    with ThreadPoolExecutor(len(tokens)) as pool:
        for body in bodies:
            content = json.dumps(body)
            posts = [pool.submit(_book, server, token, content) for token in tokens]
            answers.append([post.result() for post in posts])
    return Result(
        rounds=len(bodies),
        rounds_with_one_winner=sum([answer.status for answer in one].count(BOOKED) == 1 for one in answers),
        answers=Counter(answer.status for one in answers for answer in one),
        slowest_ms=max(answer.database for one in answers for answer in one) / 1000,
    )


def _book(server: Server, token: str, content: str) -> Answer:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return server.ask("/api/v1/appointments/", method="POST", body=content, headers=headers)
