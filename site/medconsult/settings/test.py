"""Tests: production's behaviour with fast hashing, mail in memory and tasks that tests run by hand."""

from __future__ import annotations

from medconsult.settings.base import *  # noqa: F403
from medconsult.settings.base import REPOSITORY, configured
from medconsult.settings.env import read_environment

environment = read_environment(
    SECRET_KEY="tests-only-not-a-secret-" + "x" * 32,
    FIELD_ENCRYPTION_KEYS="dGVzdHMtb25seS1ub3QtYS1zZWNyZXQtMDAwMDAwMDA=",
    FIELD_ENCRYPTION_BOUND_ONLY="true",
    DATABASE_URL="postgres://medconsult_owner@localhost/medconsult",
    REDIS_URL="redis://127.0.0.1:6379/0",
    BASE_URL="http://testserver",
    ALLOWED_HOSTS="testserver,127.0.0.1,localhost",
    EMAIL_URL="dummy://",
    DEFAULT_FROM_EMAIL="MedConsult <no-reply@demo.example>",
    TWO_STEP_REQUIRED="false",
    LOG_FORMAT="line",
    MEDIA_ROOT=str(REPOSITORY / ".dev" / "test" / "media"),
    PRIVATE_ROOT=str(REPOSITORY / ".dev" / "test" / "private"),
    # Nobody listens there: the fixture `scanner` starts one for the tests that want an answer.
    CLAMD_URL="tcp://127.0.0.1:9",
)
globals().update(configured(environment))

DEBUG = False
DEVELOPMENT_PAGES = True
NHS_TEST_NUMBERS = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# No texts but in the tests of texts: they set SMS_PROVIDER, which keeps them here.
SMS_FILE_PATH = str(REPOSITORY / ".dev" / "test" / "texts")
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
CELERY_TASK_ALWAYS_EAGER = False
# Each test asks for its own pages; those of the page cache switch it on.
PAGE_CACHE_SECONDS = 0
# Half a second after the last key, it would meet what a journey presses next.
WAGTAIL_AUTOSAVE_INTERVAL = 0
