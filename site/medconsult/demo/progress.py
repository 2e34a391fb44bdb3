from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from django.core.management.base import OutputWrapper

T = TypeVar("T")
WIDTH = 30


class Progress:
    """A bar that grows in place on a terminal, and a line at every tenth elsewhere."""

    def __init__(self, out: OutputWrapper) -> None:
        self.out = out

    def over(self, items: Sequence[T], name: str) -> Iterator[T]:
        for done, item in enumerate(items, start=1):
            yield item
            self.show(name, done, len(items))

    def show(self, name: str, done: int, total: int) -> None:
        if self.out.isatty():
            bar = "█" * (WIDTH * done // total)
            self.out.write(f"\r{name:<14}{bar:<{WIDTH}} {done:,} of {total:,}", ending="\n" if done == total else "")
            self.out.flush()
        elif done == total or done * 10 // total > (done - 1) * 10 // total:
            self.out.write(f"{name}: {done:,} of {total:,}")
