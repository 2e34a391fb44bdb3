"""What can go wrong with a text. Neither error holds what the provider said: its answers quote the number."""

from __future__ import annotations


class Unavailable(Exception):
    """No answer that counts: away, too slow, too busy, or it does not know our key. Ask again later."""


class Refused(Exception):
    """This text is not taken, now or later: nobody has such a number, or it is not one of a mobile phone."""
