"""The pages, asked for in turn on both databases, with the floors among them."""

from __future__ import annotations

import gzip
import http
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal, TypeAlias
from urllib.parse import urlencode

from bench.server import Answer, BenchError, Server

Size: TypeAlias = Literal["small", "medium", "large"]
SIZES: tuple[Size, Size, Size] = ("small", "medium", "large")
WARMING = 6
FLOOR_F, FLOOR_L = "/bench/f/", "/bench/l/"


@dataclass(frozen=True)
class Target:
    """Something to ask for; `htmx` asks for the part of the page that htmx swaps.

    One that `is_kept` is measured as the visitor finds it who comes after the one for whom it was made.
    """

    name: str
    path: str
    htmx: bool = False
    is_kept: bool = False

    @property
    def headers(self) -> dict[str, str]:
        return {"HX-Request": "true"} if self.htmx else {}


@dataclass(frozen=True)
class Cost:
    """Medians, in microseconds; the most statements that any request took."""

    cpu: float
    elapsed: float
    statements: int


Costs: TypeAlias = Mapping[tuple[str, Size], Cost]


def searches(facts: Mapping[str, str]) -> dict[str, str]:
    """Queries by what they filter by."""
    narrow = {"specialty": facts["specialty"], "location": facts["location"], "modality": "video"}
    asked: dict[str, dict[str, str]] = {
        "everybody": {},
        "a specialty": {"specialty": facts["specialty"]},
        "a location": {"location": facts["location"]},
        "by video": {"modality": "video"},
        "a language": {"language": "pl"},
        "specialty, location and video": narrow,
        "women": {"gender": "female"},
        "a price": {"price": "60"},
        "free of charge, women, a specialty": {"price": "0", "gender": "female", "specialty": facts["specialty"]},
        "a first day": {"day": facts["day"]},
        "near one town": {"near": facts["town"]},
        "within 100 miles, the nearest first": {"near": facts["town"], "miles": "100", "sort": "nearest"},
        "a common name": {"q": facts["common"]},
        "a rare name": {"q": facts["rare"]},
    }
    return {name: urlencode(query) for name, query in asked.items()}


def measured(servers: Mapping[Size, Server], targets: Sequence[Target], rounds: int) -> Costs:
    """Ask each server for each target in turn, `rounds` times. Raises `BenchError` for an answer that is not 200."""
    samples: dict[tuple[str, Size], list[Answer]] = {}
    for number in range(WARMING + rounds):
        for target in targets:
            for size in SIZES:
                if target.is_kept:
                    _asked(servers[size], target)
                answer = _asked(servers[size], target)
                if number >= WARMING:
                    samples.setdefault((target.name, size), []).append(answer)
    return {key: _cost(answers) for key, answers in samples.items()}


def _asked(server: Server, target: Target) -> Answer:
    answer = server.ask(target.path, headers=target.headers)
    if answer.status != http.HTTPStatus.OK:
        raise BenchError(f"{target.path} answers {answer.status}.")
    return answer


def _cost(answers: Sequence[Answer]) -> Cost:
    return Cost(
        cpu=median(answer.cpu for answer in answers),
        elapsed=median(answer.elapsed for answer in answers),
        statements=max(answer.statements for answer in answers),
    )


def weight(server: Server, path: str) -> tuple[int, list[str]]:
    """Bytes of script and style that a page loads, compressed by gzip, and the addresses among them elsewhere."""
    page = _asked(server, Target(path, path)).body.decode()
    scripts = re.findall(r'<script[^>]*\ssrc="([^"]+)"', page)
    styles = re.findall(r'<link(?=[^>]*\srel="stylesheet")[^>]*\shref="([^"]+)"', page)
    files = {*scripts, *styles}
    foreign = sorted(file for file in files if not file.startswith("/"))
    bodies = [_asked(server, Target(file, file)).body for file in files if file.startswith("/")]
    return sum(len(gzip.compress(body, 9)) for body in bodies), foreign
