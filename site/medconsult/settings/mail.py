"""How mail leaves, by EMAIL_URL."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from environs import Env, EnvError

# What environs does not know, and takes for a server without TLS: STARTTLS, and TLS from the first byte.
_WITH_TLS = {"smtp+tls": ("EMAIL_USE_TLS", 587), "smtp+ssl": ("EMAIL_USE_SSL", 465)}
# What may stand behind the question mark. Passed over, a slip there would be mail without TLS.
_KINDS = frozenset({"tls", "ssl"})
_OPTIONS = _KINDS | {"timeout"}
_YES_OR_NO = frozenset(
    written
    for word in ("1", "y", "yes", "t", "true", "on", "0", "n", "no", "f", "false", "off")
    for written in (word, word.capitalize(), word.upper())
)


def outgoing(env: Env) -> dict[str, Any]:
    """Django's settings. Raises `environs.EnvError`, without the address, where no mail would leave by it."""
    read = {name: value for name, value in env.dj_email_url("EMAIL_URL").items() if value is not None}
    parts = urlsplit(env.str("EMAIL_URL"))
    if parts.scheme == "smtps":
        raise EnvError(
            "EMAIL_URL begins with smtps://, which is read in two ways: smtp+ssl:// is TLS from the first byte (465), "
            "smtp+tls:// is STARTTLS (587)"
        )
    _check_options(parse_qs(parts.query, keep_blank_values=True))
    how, port = _WITH_TLS.get(parts.scheme, ("", 0))
    if how:
        read = {"EMAIL_PORT": port} | read | {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend", how: True}
    if "EMAIL_BACKEND" not in read:
        raise EnvError(f"EMAIL_URL begins with none of smtp://, {', '.join(f'{scheme}://' for scheme in _WITH_TLS)}")
    if read["EMAIL_BACKEND"].endswith("smtp.EmailBackend") and not read.get("EMAIL_HOST"):
        raise EnvError("EMAIL_URL names no server")
    if read["EMAIL_USE_TLS"] and read["EMAIL_USE_SSL"]:
        raise EnvError("EMAIL_URL asks for STARTTLS and for TLS from the first byte at once")
    return read


def _check_options(said: dict[str, list[str]]) -> None:
    if said.keys() - _OPTIONS:
        raise EnvError(f"EMAIL_URL has an option that is none of {', '.join(sorted(_OPTIONS))}")
    if any(value not in _YES_OR_NO for name in _KINDS & said.keys() for value in said[name]):
        raise EnvError("EMAIL_URL says neither true nor false of tls or ssl")
    if any(not value.isdecimal() or int(value) == 0 for value in said.get("timeout", [])):
        raise EnvError("EMAIL_URL has a timeout that is no number of seconds")
