"""Addresses whose last part is a secret: who has it is let in, or half in. No log may hold them.

Nginx keeps them out of its own log by the same beginnings (docker/nginx/medconsult.conf).
"""

from __future__ import annotations

import logging
import re

PREFIXES = ("/calendar/feed/", "/visits/link/", "/account/notifications/stop/")
# With a slash too many an address leads nowhere, and what is in it still opens something.
_BEGINNINGS = ("/" + "/+".join(map(re.escape, prefix[1:].split("/"))) for prefix in PREFIXES)
_SECRET = re.compile(f"({'|'.join(_BEGINNINGS)})[^\\s/?#\"'<>]+", re.IGNORECASE)


def discreet(text: str) -> str:
    """The text with a dash in place of each secret part."""
    return _SECRET.sub(r"\1-", text)


class SecretPathsFilter(logging.Filter):
    """Takes the secret part out of every line, and of the traceback that goes with it."""

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            text = record.getMessage()
        except (TypeError, ValueError):
            # A line that does not fit its values: whoever writes it down says so.
            return True
        if _SECRET.search(text):
            record.msg, record.args = discreet(text), None
        if record.exc_info and not record.exc_text:
            # A formatter takes this as it finds it.
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = discreet(record.exc_text)
        return True
