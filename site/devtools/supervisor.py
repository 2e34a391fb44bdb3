"""Several programs as one: they start together, and when one ends all of them do."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from types import FrameType

from devtools.process import Child

LOOK_SECONDS = 0.2
STARTER = os.getppid()


class Stopped(BaseException):
    """We were asked to end. Not an `Exception`, so that nothing on the way mistakes it for an error."""


class ChildEndedError(Exception):
    """A child ended by itself; the text says which, and what it said last."""


_ASKING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def stoppable(*, leave_ctrl_c: bool = False) -> Iterator[None]:
    """Turn Ctrl-C, SIGTERM and SIGHUP into `Stopped`, once; what is asked again while we are ending is not heard.

    `leave_ctrl_c` is for a command that talks with the person itself: Ctrl-C is then its own to answer.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in _ASKING:
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    before = {number: signal.signal(number, stop) for number in _ASKING}
    if leave_ctrl_c:
        signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def all_stopped_together(children: Sequence[Child]) -> Iterator[None]:
    """Stop every child at the end of the block: all are asked first, then waited for."""
    try:
        yield
    finally:
        for child in children:
            child.ask_to_stop()
        for child in children:
            child.stop()


def raise_if_ended(children: Sequence[Child]) -> None:
    """Raises `ChildEndedError` for the first child that does not run any more."""
    for child in children:
        status = child.poll()
        if status is not None:
            raise ChildEndedError(
                f"{child.name} ended by itself (status {status}). The end of {child.command.log}:\n{child.tail()}"
            )


def watch(children: Sequence[Child], until: Callable[[], bool] = lambda: False) -> None:
    """Return when `until` answers true; raises `ChildEndedError`, or `Stopped` when whoever started us is gone."""
    while not until():
        raise_if_ended(children)
        # `make` waits for us; where it was killed nobody could stop us with Ctrl-C any more.
        if "MAKELEVEL" in os.environ and os.getppid() != STARTER:
            raise Stopped
        time.sleep(LOOK_SECONDS)
