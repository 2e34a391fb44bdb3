"""What stands beside a signature and is encrypted by itself: drafts, of which one may be none any more."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from common.errors import Conflict
from common.fields import opened
from records.models import Prescription, VisitNote

ContentT = TypeVar("ContentT")


def drafted(thing: VisitNote | Prescription, read: Callable[[str], ContentT]) -> ContentT:
    """What its doctor is writing, as `read` reads it. Raises `Conflict` (`altered`) where it cannot be opened, or is no
    draft of this kind: nobody is to go on with it or sign it."""
    text = opened(thing, "draft")
    try:
        if text is not None:
            return read(text)
    except (ValueError, KeyError, TypeError):
        pass
    message = "This draft cannot be read any more. Throw it away, and tell whoever runs this site."
    raise Conflict("altered", message, current=thing.status)
