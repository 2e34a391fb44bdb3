"""What is asked for, how often, and what of it counts."""

from __future__ import annotations

from typing import Any, cast

from bench.pages import SIZES, WARMING, Target, measured
from bench.server import Answer


class Shop:
    """A server that keeps each page for a few asks, and takes ten statements to make one."""

    def __init__(self) -> None:
        self.left = 0

    def ask(self, path: str, **_: Any) -> Answer:
        statements = 0
        if path == "/kept/" and not self.left:
            statements, self.left = 10, 4
        self.left = max(0, self.left - 1)
        return Answer(200, b"", cpu=1, elapsed=1, database=0, statements=statements)


def test_the_ask_that_fills_the_page_cache_is_not_counted() -> None:
    def most(*, is_kept: bool) -> int:
        servers = cast("Any", {size: Shop() for size in SIZES})
        found = measured(servers, [Target("kept", "/kept/", is_kept=is_kept)], WARMING + 8)
        return found["kept", "small"].statements

    assert most(is_kept=True) == 0
    assert most(is_kept=False) == 10
