"""How mail leaves, by EMAIL_URL."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from environs import Env, EnvError

# What environs does not know, and takes for a server without TLS: STARTTLS, and TLS from the first byte.
_WITH_TLS = {"smtp+tls": ("EMAIL_USE_TLS", 587), "smtp+ssl": ("EMAIL_USE_SSL", 465)}


def outgoing(env: Env) -> dict[str, Any]:
    """Django's settings. Raises `environs.EnvError`, without the address, where no mail would leave by it."""
    read = {name: value for name, value in env.dj_email_url("EMAIL_URL").items() if value is not None}
    how, port = _WITH_TLS.get(urlsplit(env.str("EMAIL_URL")).scheme, ("", 0))
    if how:
        read = {"EMAIL_PORT": port} | read | {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend", how: True}
    if "EMAIL_BACKEND" not in read:
        raise EnvError(f"EMAIL_URL begins with none of smtp://, {', '.join(f'{scheme}://' for scheme in _WITH_TLS)}")
    if read["EMAIL_BACKEND"].endswith("smtp.EmailBackend") and not read.get("EMAIL_HOST"):
        raise EnvError("EMAIL_URL names no server")
    return read
