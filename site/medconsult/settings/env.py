"""The one place that reads the environment.

Every name that an installation may set is a field of `Environment`, typed and with its default.
A field without a default is demanded: where it is not set, reading it raises `environs.EnvError`,
so a production that lacks a secret does not start (quality.md, "production refuses to start").
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

from environs import Env

_env = Env()


def _demanded(name: str) -> Any:
    return field(default_factory=lambda: _env.str(name))


@dataclass(frozen=True, kw_only=True)
class Environment:
    """What the environment says."""

    secret_key: str = _demanded("SECRET_KEY")
    field_encryption_keys: list[str] = field(default_factory=lambda: _env.list("FIELD_ENCRYPTION_KEYS"))
    database: dict[str, Any] = field(default_factory=lambda: dict(_env.dj_db_url("DATABASE_URL")))
    redis_url: str = _demanded("REDIS_URL")
    base_url: str = _demanded("BASE_URL")
    allowed_hosts: list[str] = field(default_factory=lambda: _env.list("ALLOWED_HOSTS"))
    email: dict[str, Any] = field(default_factory=lambda: dict(_env.dj_email_url("EMAIL_URL")))
    default_from_email: str = _demanded("DEFAULT_FROM_EMAIL")
    media_root: str = _demanded("MEDIA_ROOT")
    static_root: str = field(default_factory=lambda: _env.str("STATIC_ROOT", "staticfiles"))
    clinic_time_zone: str = field(default_factory=lambda: _env.str("CLINIC_TIME_ZONE", "Europe/London"))
    trusted_proxy_count: int = field(default_factory=lambda: _env.int("TRUSTED_PROXY_COUNT", 0))
    log_level: str = field(default_factory=lambda: _env.str("LOG_LEVEL", "INFO"))
    insecure_http: bool = field(default_factory=lambda: _env.bool("INSECURE_HTTP", False))
    """Production over plain HTTP, for the benchmark on loopback only: no redirect, no secure cookies."""


def read_environment(**defaults: str) -> Environment:
    """The environment, with `defaults` (by variable name) for what is not set there; production passes none.

    Raises `environs.EnvError` for what is neither set nor given.
    """
    missing = {name: value for name, value in defaults.items() if name not in os.environ}
    os.environ.update(missing)
    try:
        return Environment()
    finally:
        # Not left behind: a process that we start is to see what its installation has set, and no more.
        for name in missing:
            del os.environ[name]
