from __future__ import annotations

from pathlib import Path
from ssl import CERT_REQUIRED
from typing import Any

from kombu import Queue as CeleryQueue

from common import periodic, queues
from common.logs import logging_config
from common.queues import Queue
from integrations.mail import provider
from integrations.sms import notify
from medconsult.settings.api import *  # noqa: F403
from medconsult.settings.env import Environment
from medconsult.settings.sign_in import *  # noqa: F403

REPOSITORY = Path(__file__).resolve().parents[3]

INSTALLED_APPS = [
    "common",
    "audit",
    "notifications",
    "accounts",
    "doctors",
    "billing",
    "booking",
    "records",
    "verification",
    "home",
    "medconsult",
    "wagtail_modeladmin",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.search_promotions",
    "wagtail.contrib.settings",
    "wagtail.contrib.simple_translation",
    "wagtail.embeds",
    "wagtail.locales",
    "wagtail.sites",
    "accounts.apps.AdminUsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django_tasks",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.headless",
    "anymail",
    "corsheaders",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "guardian",
    "simple_history",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "lucide",
    "csp",
    "django_zxcvbn_password_validator",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "medconsult.probes.ProbesMiddleware",
    "medconsult.metrics.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "common.security_headers.SecurityHeadersMiddleware",
    "common.request_context.RequestContextMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # In front of whatever may answer an address of the API.
    "corsheaders.middleware.CorsMiddleware",
    "csp.middleware.CSPMiddleware",
    "common.csp.AdminCSPMiddleware",
    # In front of whatever asks a database, and behind what static files come by.
    "common.maintenance.MaintenanceMiddleware",
    # In front of what finds out who somebody is: it answers those alone who bring nothing to find out.
    "home.page_cache.PageCacheMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "common.private_pages.PrivatePagesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    # Whose session is over is a visitor to everything behind this line.
    "accounts.middleware.SessionLimitsMiddleware",
    "common.request_context.ActorMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.TwoStepMiddleware",
    "accounts.middleware.OutsideLevelMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "home.middleware.AdminZoneMiddleware",
    "home.middleware.LanguageMiddleware",
    "common.uploads.limits.BodyLimitMiddleware",
    "common.htmx.DomainErrorMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "medconsult.urls"
WSGI_APPLICATION = "medconsult.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [REPOSITORY / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton", "lucide.templatetags.lucide"],
        },
    }
]
COTTON_DIR = "ui/components"

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "accounts.backends.AccountBackend",
    "common.backends.OwnershipBackend",
    "common.backends.GrantsBackend",
]

GUARDIAN_AUTO_PREFETCH = False
ANONYMOUS_USER_NAME = None
# It looks for guardian's backend by name; ours is a subclass of it.
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]

LANGUAGE_CODE = "en-gb"
# What pages may be written in (decision 0030).
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("en-gb", "English"), ("cy", "Welsh"), ("ar", "Arabic")]
WAGTAIL_I18N_ENABLED = USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
# Only what browsers are meant to fetch: the style sheets' sources stay where they are.
STATICFILES_DIRS = [
    ("css", REPOSITORY / "static" / "css" / "dist"),
    *((name, REPOSITORY / "static" / name) for name in ("fonts", "icons", "images", "js", "vendor", "wagtail")),
]
MEDIA_URL = "/media/"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    # What people upload for us alone: never Wagtail's documents and images, which are public.
    "private": {"BACKEND": "common.uploads.storage.PrivateFolder"},
}
# As docker/nginx says, which refuses it first. One file may have 20 MB (common.uploads.inspection).
REQUEST_MAX_BYTES = 25 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 10

WAGTAIL_SITE_NAME = "MedConsult"
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_FRONTEND_LOGIN_URL = "/account/login/"
WAGTAIL_PASSWORD_RESET_ENABLED = False
# An administrator who could set a doctor's password could read what patients write to that doctor.
WAGTAILUSERS_PASSWORD_ENABLED = False
# Nothing that a browser would run. They are public: clinical files never come here.
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "mp4", "odt", "pdf", "pptx", "txt", "vtt", "webm", "xlsx"]
# A mail server that does not answer must not hold a worker, or a person who signs up.
EMAIL_TIMEOUT = 10
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]
# As small as they can be without looking so; the WebP beside it is for browsers that do not read AVIF.
WAGTAILIMAGES_AVIF_QUALITY = 60
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
TASKS = {"default": {"BACKEND": "medconsult.tasks_backend.CeleryBackend"}}

CELERY_TASK_IGNORE_RESULT = True
# The workers' lines carry the request's id like everybody's (LOGGING).
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
# A task that ends its worker process is tried again three times and then let go, or it would end one after the other.
CELERY_TASK_RETRY_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# However long Redis is away: after a hundred tries, the default, a worker would end.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
# A broker that is away must not hold up a booking: one short try, then the sweeper finds the work.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    "max_retries": 0,
    "visibility_timeout": 3600,
    # A worker takes from its queues in the order in which it names them.
    "queue_order_strategy": "priority",
}
CELERY_TASK_QUEUES = [CeleryQueue(name.value, routing_key=name.value) for name in Queue]
CELERY_TASK_DEFAULT_QUEUE = CELERY_TASK_DEFAULT_ROUTING_KEY = Queue.DEFAULT.value
# A slip in a queue's name would else make one that nobody takes from.
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_TASK_ROUTES = queues.routes()
CELERY_TASK_ANNOTATIONS = queues.task_settings()
CELERY_BEAT_SCHEDULER = "common.beat:OneAtATime"
CELERY_BEAT_SCHEDULE = periodic.beat_schedule()

# How long a public page may be shown as it was made: the free times on it may be so old. 0 keeps none.
PAGE_CACHE_SECONDS = 60

SESSION_ENGINE = "common.sessions"
SESSION_CACHE_ALIAS = "redis"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "common.notices.Notices"
MESSAGES_COOKIE_NAME = "messages"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "common.drf.forgery.request_refused"
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"

# How often one account may ask for a booking, by form and API together, whether it gets one or not.
BOOKINGS_AN_HOUR = 60

# Whether NHS numbers that begin with 999, which the NHS keeps for tests, are taken as a person's.
NHS_TEST_NUMBERS = False


def configured(environment: Environment) -> dict[str, Any]:
    """The settings that an installation's environment decides, the same in development, tests and production."""
    zone = environment.clinic_time_zone
    return {
        "SECRET_KEY": environment.secret_key,
        **environment.field_encryption,
        "DATABASES": {"default": database_of(environment)},
        "CACHES": caches_of(environment),
        **broker_of(environment),
        "ALLOWED_HOSTS": environment.allowed_hosts,
        "CSRF_TRUSTED_ORIGINS": [environment.base_url.rstrip("/")],
        "BASE_URL": environment.base_url.rstrip("/"),
        "WAGTAILADMIN_BASE_URL": environment.base_url.rstrip("/"),
        "MEDIA_ROOT": environment.media_root,
        "PRIVATE_ROOT": environment.private_root,
        "PRIVATE_FILES_ACCEL": environment.private_files_accel,
        "CLAMD_URL": environment.clamd_url,
        "REGISTER_PROVIDER": environment.register_provider,
        **environment.who_else_knows_people,
        "STRIPE_SECRET_KEY": environment.stripe_secret_key,
        "STRIPE_WEBHOOK_SECRETS": environment.stripe_webhook_secrets,
        "STRIPE_API_BASE": environment.stripe_api_base,
        # The installation's way of taking payments online; None where it has none.
        "PAYMENT_PROVIDER": "stripe" if environment.stripe_secret_key else None,
        "CONTENT_SECURITY_POLICY": content_security_policy(environment.checkout_origin, environment.media_origin),
        "SMS_PROVIDER": environment.sms_provider,
        "SMS_NOTIFY_KEY": environment.sms_notify_key,
        "SMS_NOTIFY_TEMPLATE": environment.sms_notify_template,
        "SMS_NOTIFY_BASE": notify.API_BASE,
        "STATIC_ROOT": environment.static_root,
        "DEFAULT_FROM_EMAIL": environment.default_from_email,
        "CLINIC_TIME_ZONE": zone,
        "WAGTAIL_USER_TIME_ZONES": [zone],
        "TRUSTED_PROXY_COUNT": environment.trusted_proxy_count,
        "TWO_STEP_REQUIRED": environment.two_step_required,
        "MAINTENANCE_MINUTES": environment.maintenance_minutes,
        "BACKUP_RECIPIENTS": environment.backup_recipients,
        "CORS_ALLOWED_ORIGINS": environment.api_origins,
        "SECURITY_CONTACT": environment.security_contact,
        "METRICS_TOKEN": environment.metrics_token,
        "LOGGING": logging_config(environment.log_level, environment.log_format),
        **environment.email,
        "EMAIL_PROVIDER": environment.email_provider,
        "EMAIL_WEBHOOK_SECRETS": environment.email_webhook_secrets,
        **provider.settings_of(
            environment.email_provider, environment.email_provider_key, environment.email_webhook_secrets
        ),
    }


def broker_of(environment: Environment) -> dict[str, Any]:
    # Left to itself kombu believes any certificate, and hands the password to whoever shows one.
    believed = {"ssl_cert_reqs": CERT_REQUIRED} if environment.redis_url.startswith("rediss://") else None
    return {"CELERY_BROKER_URL": environment.redis_url, "CELERY_BROKER_USE_SSL": believed}


def caches_of(environment: Environment) -> dict[str, Any]:
    return {
        # Rate limits live here and must outlast a flushed Redis (platform.md, trap 16).
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "common_cache",
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        },
        "redis": {"BACKEND": "common.cache.SoftRedisCache", "LOCATION": environment.redis_url, "TIMEOUT": 300},
        # Where Wagtail looks for a picture's sizes before it asks the database.
        "renditions": {
            "BACKEND": "common.cache.SoftRedisCache",
            "LOCATION": environment.redis_url,
            "KEY_PREFIX": "renditions",
            "TIMEOUT": 3600,
        },
    }


def content_security_policy(checkout_origin: str | None, media_origin: str | None = None) -> dict[str, Any]:
    """What a browser may load for us; the form that leads to paying is answered by a redirect to Stripe's page."""
    return {
        "DIRECTIVES": {
            "default-src": ["'none'"],
            "base-uri": ["'none'"],
            "connect-src": ["'self'"],
            "font-src": ["'self'"],
            "form-action": ["'self'", *filter(None, [checkout_origin])],
            "frame-ancestors": ["'self'"],
            "frame-src": ["'self'"],
            "img-src": ["'self'", "data:", *filter(None, [media_origin])],
            "manifest-src": ["'self'"],
            "media-src": ["'self'"],
            "object-src": ["'none'"],
            "script-src": ["'self'"],
            "style-src": ["'self'"],
        }
    }


def database_of(environment: Environment) -> dict[str, Any]:
    kept = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    if environment.pool:
        # Limits are the pool's own, since it hands no start-up on; and each transaction may find another session.
        options = _believing(environment.pool, environment.authorities_file)
        return {**environment.pool, "OPTIONS": options, **kept, "DISABLE_SERVER_SIDE_CURSORS": True}
    options = _believing(environment.database, environment.authorities_file)
    limits = {
        "statement_timeout": environment.statement_seconds,
        "idle_in_transaction_session_timeout": environment.idle_seconds,
    }
    given = [f"-c {name}={seconds}s" for name, seconds in limits.items() if seconds]
    if given:
        # With the connection's start, so that it costs no statement.
        options["options"] = " ".join([*filter(None, [options.get("options")]), *given])
    return {**environment.database, "OPTIONS": options, **kept}


# Of libpq's sslmode those that do without TLS where it fails.
_IN_THE_CLEAR = frozenset({"disable", "allow", "prefer"})


def _believing(database: dict[str, Any], authorities_file: str) -> dict[str, Any]:
    """Its options, with the file where TLS is demanded: by itself libpq would go on in the clear (`prefer`) to a server
    whose certificate is of no authority in it. Not by PGSSLROOTCERT, which a backup's pg_dump is not handed."""
    options = dict(database.get("OPTIONS", {}))
    if authorities_file and options.get("sslmode", "prefer") not in _IN_THE_CLEAR:
        options.setdefault("sslrootcert", authorities_file)
    return options
