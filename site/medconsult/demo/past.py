from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from unittest.mock import patch

from django.utils import timezone


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """The clock stands at that moment, so that rows, their history and the audit log tell one story of the past.

    For this process, which makes sample data and nothing else.
    """
    with patch.object(timezone, "now", lambda: moment):
        yield
