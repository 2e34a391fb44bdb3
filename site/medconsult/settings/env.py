"""The one place that reads the environment.

Every name that an installation may set is a field of `Environment`, typed and with its default.
A field without a default is demanded: where it is not set, reading it raises `environs.EnvError`,
so a production that lacks a secret does not start (quality.md, "production refuses to start").
"""

from __future__ import annotations

import os
import re
from base64 import b64decode
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet, MultiFernet
from environs import Env, EnvError, validate
from joserfc.errors import JoseError

from common.logs import FORMATS
from integrations import authorities
from integrations.mail import provider
from integrations.nhs import demographics, login
from integrations.nhs.levels import Level
from integrations.oidc import work
from integrations.oidc.fetching import is_secure
from integrations.sms import notify
from integrations.stripe import addresses
from medconsult.settings.buckets import bucket, media_bucket
from medconsult.settings.mail import outgoing

_env = Env()


def _demanded(name: str) -> Any:
    return field(default_factory=lambda: _env.str(name))


def _secret_key() -> str:
    """As long as Django's own check wants it: who guesses it signs whatever they like."""
    key: str = _env.str("SECRET_KEY")
    if len(key) < SHORTEST_SECRET_KEY:
        raise EnvError(f"SECRET_KEY is shorter than {SHORTEST_SECRET_KEY} characters, and anybody may guess")
    return key


def _allowed_hosts() -> list[str]:
    """Raises `environs.EnvError` for `*`: whoever asks by a name of theirs would have it in links that we send."""
    names: list[str] = _env.list("ALLOWED_HOSTS")
    if "*" in names:
        raise EnvError("ALLOWED_HOSTS has *, and so anybody's name: say those of the site")
    return names


def _encryption_keys() -> list[str]:
    """At least one, each of which can encrypt: otherwise the first reason that a patient writes would be a 500."""
    keys: list[str] = _env.list("FIELD_ENCRYPTION_KEYS")
    try:
        MultiFernet([Fernet(key) for key in keys])
    except ValueError as error:
        raise EnvError(f"FIELD_ENCRYPTION_KEYS: {error}") from error
    return keys


def _clamd_url() -> str:
    """`tcp://host:port` or `unix:///path/to/socket`: a slip would leave every file in quarantine without a word."""
    url: str = _env.str("CLAMD_URL")
    with suppress(ValueError):
        parts = urlsplit(url)
        # Asked for its port, it says whether that is a number.
        if (parts.scheme == "tcp" and parts.hostname and parts.port != 0) or (parts.scheme == "unix" and parts.path):
            return url
    raise EnvError(f"CLAMD_URL is neither tcp://host:port nor unix:///path: {url}")


def _authorities_file() -> str:
    file: str = _env.str("AUTHORITIES_FILE", "")
    if file and not authorities.are_in(file):
        raise EnvError(f"AUTHORITIES_FILE is no file of certificates (PEM) that can be read: {file}")
    return file


def _https(name: str) -> str:
    address: str = _env.str(name, "")
    parts = urlsplit(address)
    if address and (parts.scheme != "https" or not parts.hostname):
        # Not the address itself: a key stands in it, and this text ends in logs.
        raise EnvError(f"{name} is not https://…")
    return address


def _security_contact() -> str:
    contact: str = _env.str("SECURITY_CONTACT", "")
    if contact and not re.fullmatch(r"(mailto:|https://)[!-~]+", contact):
        raise EnvError(f"SECURITY_CONTACT is neither mailto:somebody nor https://…: {contact}")
    return contact


def _stripe_secret_key() -> str:
    key: str = _env.str("STRIPE_SECRET_KEY", "")
    if key and not addresses.is_key(key):
        # Not the key itself: this text ends in logs.
        raise EnvError("STRIPE_SECRET_KEY is no secret or restricted key of Stripe's (sk_… or rk_…)")
    return key


def _stripe_webhook_secrets() -> list[str]:
    secrets: list[str] = _env.list("STRIPE_WEBHOOK_SECRETS", [])
    if not all(addresses.is_webhook_secret(secret) for secret in secrets):
        raise EnvError("STRIPE_WEBHOOK_SECRETS holds something that is no signing secret (whsec_…)")
    return secrets


def _together(*names: str) -> list[str]:
    """All of these or none: half of it would be a button that leads nowhere. The first is an issuer's address."""
    values = [_env.str(name, "") for name in names]
    if any(values) and not all(values):
        raise EnvError(f"{', '.join(names[:-1])} and {names[-1]} come together or not at all")
    if values[0] and not is_secure(values[0]):
        raise EnvError(f"{names[0]} is no address with TLS: {values[0]}")
    return values


def _nhs_login() -> login.Configuration | None:
    issuer, client_id, pem = _together("NHS_LOGIN_ISSUER", "NHS_LOGIN_CLIENT_ID", "NHS_LOGIN_PRIVATE_KEY")
    if not issuer:
        return None
    try:
        key = login.key_from(b64decode(pem, validate=True).decode())
    except (JoseError, ValueError) as error:
        # Not the key itself: this text ends in logs.
        raise EnvError("NHS_LOGIN_PRIVATE_KEY is no private RSA key (PEM, in base64) of 2048 bits or more") from error
    levels = validate.OneOf(list(Level))
    return login.Configuration(
        issuer=issuer,
        client_id=client_id,
        private_key=key,
        records_level=Level(_env.str("NHS_LOGIN_RECORDS_LEVEL", Level.P9, validate=levels)),
        booking_level=Level(_env.str("NHS_LOGIN_BOOKING_LEVEL", Level.P0, validate=levels)),
        binds_linked=_env.bool("NHS_LOGIN_BINDS_LINKED", False),
    )


def _work_login() -> work.Configuration | None:
    issuer, client_id, secret = _together("WORK_LOGIN_ISSUER", "WORK_LOGIN_CLIENT_ID", "WORK_LOGIN_CLIENT_SECRET")
    if not issuer:
        return None
    name = _env.str("WORK_LOGIN_NAME", "") or work.Configuration.name
    return work.Configuration(issuer=issuer, client_id=client_id, client_secret=secret, name=name)


# In seconds, by what the process is for: the longest statement, and the longest rest inside a transaction; 0: no end.
# A page gives up before Gunicorn ends its worker (30 s, docker/gunicorn.conf.py), so that the person gets an answer,
# and waits longer than for a lock (`common.locks`). Migrations, samples and `audit_verify` take what they take.
TIME_LIMITS = {"web": (15, 20), "worker": (300, 300), "command": (0, 0)}


def _process_kind() -> str:
    kind: str = _env.str("PROCESS_KIND", "command", validate=validate.OneOf(list(TIME_LIMITS)))
    return kind


def _pool() -> dict[str, Any]:
    """Beat and commands have none: they hold locks of their session, and go to the server itself."""
    name = {"web": "WEB_POOL_URL", "worker": "WORKER_POOL_URL"}.get(_process_kind(), "")
    return dict(_env.dj_db_url(name)) if name and _env.str(name, "") else {}


def _seconds(name: str, which: int) -> int:
    kind = _process_kind()
    seconds: int = _env.int(f"{kind.upper()}_{name}", TIME_LIMITS[kind][which], validate=validate.Range(min=0))
    return seconds


def _api_origins() -> list[str]:
    """Raises `environs.EnvError` for `*` and for whatever else is no origin."""
    found: list[str] = _env.list("API_ORIGINS", [])
    for origin in found:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.netloc or origin != f"{parts.scheme}://{parts.netloc}":
            raise EnvError(f"API_ORIGINS has {origin}, which is no origin such as https://app.example.org")
        if parts.scheme == "http" and not is_loopback(origin):
            raise EnvError(f"API_ORIGINS has {origin}, which anybody on the way could change: use https")
    return found


SHORTEST_SECRET = 20
SHORTEST_SECRET_KEY = 50


def is_loopback(url: str) -> bool:
    """Whether a site of this address can be reached from its own machine only."""
    return urlsplit(url).hostname in {"127.0.0.1", "::1", "localhost"}


@dataclass(frozen=True, kw_only=True)
class Environment:
    """What the environment says."""

    secret_key: str = field(default_factory=_secret_key)
    field_encryption_keys: list[str] = field(default_factory=_encryption_keys)
    field_encryption_bound_only: bool = field(default_factory=lambda: _env.bool("FIELD_ENCRYPTION_BOUND_ONLY", False))
    """Whether a stored text opens only in the row and column that it was written to: not before `rotate_keys` has bound
    those of earlier versions."""
    database: dict[str, Any] = field(default_factory=lambda: dict(_env.dj_db_url("DATABASE_URL")))
    pool: dict[str, Any] = field(default_factory=_pool)
    """PgBouncer in front of that database (docker/pgbouncer): WEB_ or WORKER_POOL_URL, as PROCESS_KIND says; empty:
    none."""
    statement_seconds: int = field(default_factory=lambda: _seconds("STATEMENT_SECONDS", 0))
    """When the database ends a statement: WEB_, WORKER_ or COMMAND_STATEMENT_SECONDS, as PROCESS_KIND says."""
    idle_seconds: int = field(default_factory=lambda: _seconds("IDLE_SECONDS", 1))
    """When it ends a connection that rests inside a transaction, with its locks: WEB_IDLE_SECONDS, and so on."""
    redis_url: str = _demanded("REDIS_URL")
    base_url: str = _demanded("BASE_URL")
    allowed_hosts: list[str] = field(default_factory=_allowed_hosts)
    email: dict[str, Any] = field(default_factory=lambda: outgoing(_env))
    email_provider: str = field(
        default_factory=lambda: _env.str("EMAIL_PROVIDER", "", validate=validate.OneOf(["", *provider.PROVIDERS]))
    )
    """Who carries mail in place of EMAIL_URL's server, and tells what came back (integrations.mail.provider)."""
    email_provider_key: str = field(default_factory=lambda: _env.str("EMAIL_PROVIDER_KEY", ""))
    email_webhook_secrets: list[str] = field(default_factory=lambda: _env.list("EMAIL_WEBHOOK_SECRETS", []))
    """`name:password` as the provider sends it with what it tells: two while it is changed."""
    default_from_email: str = _demanded("DEFAULT_FROM_EMAIL")
    media_root: str = _demanded("MEDIA_ROOT")
    private_root: str = _demanded("PRIVATE_ROOT")
    """Where the files lie that people upload for us alone: never in a folder that a web server publishes."""
    private_files_accel: str = field(default_factory=lambda: _env.str("PRIVATE_FILES_ACCEL", ""))
    """Nginx's internal location for `private_root`; empty where the application sends the files itself."""
    media_bucket: dict[str, Any] = field(default_factory=lambda: media_bucket(_env))
    """A bucket for the editors' pictures and documents in place of `media_root`: options of `integrations.bucket`."""
    private_bucket: dict[str, Any] = field(default_factory=lambda: bucket(_env, "PRIVATE_S3"))
    """A bucket for the private files in place of `private_root`, as options of `integrations.bucket`; empty: none."""
    clamd_url: str = field(default_factory=_clamd_url)
    authorities_file: str = field(default_factory=_authorities_file)
    """Whose certificates count (integrations.authorities); empty: the public authorities'."""
    register_provider: str = field(
        default_factory=lambda: _env.str("REGISTER_PROVIDER", "manual", validate=validate.OneOf(["manual", "sample"]))
    )
    """Who is asked about GMC numbers (integrations.registers); "sample" holds recorded answers about people who do not
    exist, so it is for the demo alone."""
    nhs_login: login.Configuration | None = field(default_factory=_nhs_login)
    """How NHS login knows this installation (integrations.nhs.login); None: it is not offered."""
    work_login: work.Configuration | None = field(default_factory=_work_login)
    """How the sign-in of who works here knows this installation (integrations.oidc.work); None: it is not offered."""
    pds_provider: str = field(
        default_factory=lambda: _env.str("PDS_PROVIDER", "", validate=validate.OneOf(["", *demographics.PROVIDERS]))
    )
    """Who is asked whether an NHS number is a person's (integrations.nhs.demographics); empty: nobody."""
    stripe_secret_key: str = field(default_factory=_stripe_secret_key)
    """Empty: no payments online."""
    stripe_webhook_secrets: list[str] = field(default_factory=_stripe_webhook_secrets)
    """Each of which may sign a delivery: two while they are changed."""
    stripe_api_base: str = field(default_factory=lambda: _env.str("STRIPE_API_BASE", addresses.API_BASE).rstrip("/"))
    """Stripe's own, or the simulator's on this machine."""
    sms_provider: str = field(
        default_factory=lambda: _env.str("SMS_PROVIDER", "", validate=validate.OneOf(["", "notify", "development"]))
    )
    """Who sends texts (integrations.sms); empty: nobody. "development" keeps them as files: for the demo alone."""
    sms_notify_key: str = field(default_factory=lambda: _env.str("SMS_NOTIFY_KEY", ""))
    sms_notify_template: str = field(default_factory=lambda: _env.str("SMS_NOTIFY_TEMPLATE", ""))
    """The id of Notify's template whose whole text is ((body))."""
    static_root: str = field(default_factory=lambda: _env.str("STATIC_ROOT", "staticfiles"))
    clinic_time_zone: str = field(default_factory=lambda: _env.str("CLINIC_TIME_ZONE", "Europe/London"))
    trusted_proxy_count: int = field(
        default_factory=lambda: _env.int("TRUSTED_PROXY_COUNT", 0, validate=validate.Range(min=0))
    )
    two_step_required: bool = field(default_factory=lambda: _env.bool("TWO_STEP_REQUIRED", True))
    """Whether doctors and staff must sign in with a second step before anything but the public pages opens to them."""
    api_origins: list[str] = field(default_factory=_api_origins)
    """Whose pages may call the API from a browser, as origins (https://app.example.org); none: only our own."""
    maintenance_minutes: int = field(
        default_factory=lambda: _env.int("MAINTENANCE_MINUTES", 0, validate=validate.Range(min=0))
    )
    """For how long the site says that it is closed (common.maintenance); 0: it is open."""
    log_level: str = field(default_factory=lambda: _env.str("LOG_LEVEL", "INFO"))
    log_format: str = field(default_factory=lambda: _env.str("LOG_FORMAT", "json", validate=validate.OneOf(FORMATS)))
    """"json" for a store that reads the lines, "line" for a person."""
    security_contact: str = field(default_factory=_security_contact)
    """Whom to tell of a hole: an address (mailto: or https:) for security.txt, which is not there without one."""
    metrics_token: str = field(default_factory=lambda: _env.str("METRICS_TOKEN", ""))
    """What Prometheus shows as its bearer token at /metrics; empty: nobody is told anything there."""
    sentry_dsn: str = field(default_factory=lambda: _https("SENTRY_DSN"))
    """Where errors are told, without anybody's data (integrations.sentry); empty: nowhere."""
    backup_recipients: list[str] = field(default_factory=lambda: _env.list("BACKUP_RECIPIENTS", []))
    """The public keys (age) that backups are encrypted to; none: no backup can be made."""
    insecure_http: bool = field(default_factory=lambda: _env.bool("INSECURE_HTTP", False))
    """Production over plain HTTP, for the benchmark on loopback only: no redirect, no secure cookies."""

    @property
    def field_encryption(self) -> dict[str, Any]:
        """The settings of `common.fields`."""
        return {
            "FIELD_ENCRYPTION_KEYS": self.field_encryption_keys,
            "FIELD_ENCRYPTION_BOUND_ONLY": self.field_encryption_bound_only,
        }

    @property
    def who_else_knows_people(self) -> dict[str, Any]:
        """The settings of `integrations.nhs` and `integrations.oidc.work`."""
        return {"NHS_LOGIN": self.nhs_login, "PDS_PROVIDER": self.pds_provider, "WORK_LOGIN": self.work_login}

    def __post_init__(self) -> None:
        private = Path(self.private_root).resolve()
        for name, published in (("MEDIA_ROOT", self.media_root), ("STATIC_ROOT", self.static_root)):
            if private.is_relative_to(Path(published).resolve()):
                raise EnvError(f"PRIVATE_ROOT is {private}, which lies in {name}, and that is open to everybody")
        if self.insecure_http and not is_loopback(self.base_url):
            raise EnvError(f"INSECURE_HTTP is for a site on loopback, and BASE_URL is {self.base_url}")
        if 0 < len(self.metrics_token) < SHORTEST_SECRET:
            raise EnvError(f"METRICS_TOKEN is shorter than {SHORTEST_SECRET} characters, and anybody may guess")
        if self.media_bucket and self._place_of(self.media_bucket) == self._place_of(self.private_bucket):
            raise EnvError("MEDIA_S3_BUCKET and PRIVATE_S3_BUCKET are the same, and the one is open to everybody")
        self._check_stripe()
        self._check_sms()
        self._check_mail()

    @staticmethod
    def _place_of(bucket: dict[str, Any]) -> tuple[Any, Any]:
        return bucket.get("endpoint_url"), bucket.get("bucket_name")

    @property
    def media_origin(self) -> str | None:
        """Where browsers load pictures from; None where from us."""
        parts = urlsplit(self.media_bucket.get("public_url", ""))
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else None

    def _check_mail(self) -> None:
        """A provider without a key sends nothing, and one without a password could be anybody."""
        if self.email_provider and not self.email_provider_key:
            raise EnvError("EMAIL_PROVIDER_KEY is not set, and EMAIL_PROVIDER is")
        if self.email_provider and not self.email_webhook_secrets:
            raise EnvError("EMAIL_WEBHOOK_SECRETS is not set, and without it nobody would know what comes back")
        if any(len(secret) < SHORTEST_SECRET or ":" not in secret for secret in self.email_webhook_secrets):
            raise EnvError("EMAIL_WEBHOOK_SECRETS holds something that is no name:password of 20 characters or more")

    def _check_sms(self) -> None:
        """Whoever names a provider means to send: without what it needs nothing would ever go."""
        if self.sms_provider == "notify":
            if notify.key_from(self.sms_notify_key) is None:
                # Not the key itself: this text ends in logs.
                raise EnvError("SMS_NOTIFY_KEY is no key of GOV.UK Notify's, and SMS_PROVIDER is notify")
            if not self.sms_notify_template:
                raise EnvError("SMS_NOTIFY_TEMPLATE is not set, and SMS_PROVIDER is notify")

    def _check_stripe(self) -> None:
        """No key of Stripe's ever goes anywhere else, and nobody takes the simulator for Stripe."""
        if self.stripe_secret_key and not self.stripe_webhook_secrets:
            raise EnvError("STRIPE_WEBHOOK_SECRETS is not set, and without it no payment would ever arrive")
        if self.simulates_stripe:
            if not addresses.is_simulator_base(self.stripe_api_base):
                raise EnvError("STRIPE_API_BASE is not the simulator's, http://127.0.0.1:port, and the key is")
        elif self.stripe_api_base != addresses.API_BASE:
            raise EnvError(f"STRIPE_API_BASE is not {addresses.API_BASE}, and the key is not the simulator's")

    @property
    def simulates_stripe(self) -> bool:
        """Whether payments go to the simulator, where no money moves."""
        return addresses.is_simulators(self.stripe_secret_key)

    @property
    def checkout_origin(self) -> str | None:
        """Where people pay; None where nobody can."""
        if not self.stripe_secret_key:
            return None
        return self.stripe_api_base if self.simulates_stripe else addresses.CHECKOUT_ORIGIN


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
