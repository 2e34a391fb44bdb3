"""Production: everything that decides about safety comes from the environment, and nothing has a default.

Starting without a demanded variable raises `environs.EnvError` and names it.
"""

from __future__ import annotations

from environs import EnvError

from integrations import authorities, sentry
from medconsult.settings.base import *  # noqa: F403
from medconsult.settings.base import SILENCED_SYSTEM_CHECKS, STORAGES, configured
from medconsult.settings.env import read_environment
from medconsult.settings.refusals import refusals

environment = read_environment()
if environment.authorities_file:
    authorities.believe(environment.authorities_file)
for refusal in refusals(environment):
    raise EnvError(refusal)
globals().update(configured(environment))

# W019: previews of pages and files are shown in frames of our own pages.
SILENCED_SYSTEM_CHECKS = [*SILENCED_SYSTEM_CHECKS, "security.W019"]
if environment.sentry_dsn:
    sentry.connect(environment.sentry_dsn)
DEBUG = False
DEVELOPMENT_PAGES = False
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if environment.private_bucket:
    STORAGES["private"] = {"BACKEND": "integrations.bucket.PrivateBucket", "OPTIONS": environment.private_bucket}
    # Nginx has no folder to send from: the bucket sends what was signed for.
    PRIVATE_FILES_ACCEL = ""
if environment.media_bucket:
    STORAGES["default"] = {"BACKEND": "integrations.bucket.PublicBucket", "OPTIONS": environment.media_bucket}
    # Whether a document's folder is open to everybody is asked here; the bucket opens pictures alone.
    WAGTAILDOCS_SERVE_METHOD = "serve_view"
if not environment.insecure_http:
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    MESSAGES_COOKIE_NAME = "__Host-messages"
if environment.trusted_proxy_count:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
