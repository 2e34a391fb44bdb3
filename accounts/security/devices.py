"""What a browser calls itself, in words that its owner recognises."""

from __future__ import annotations

import re

from django.http import HttpRequest

UNKNOWN = "Unknown device"
# In this order: a browser names those that it descends from as well.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9.-]{1,30}")


def device_name(user_agent: str) -> str:
    """ "Firefox on Windows"; a program's own first word ("curl") where it is no browser we know."""
    browser = _first(_BROWSERS, user_agent)
    system = _first(_SYSTEMS, user_agent)
    if browser:
        return f"{browser} on {system}" if system else browser
    program = _PLAIN.match(user_agent.split("/", 1)[0])
    return program.group() if program and program.group() != "Mozilla" else UNKNOWN


def device_of(request: HttpRequest | None) -> str:
    """The device of a request; of what signs in without one (a command, a test), that it is unknown."""
    return device_name(request.headers.get("User-Agent", "") if request else "")


def _first(known: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for mark, name in known if mark in user_agent), "")
