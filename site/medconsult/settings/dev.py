"""Development and `make demo`: mail is kept in the database of messages and in files, nothing leaves this machine."""

from __future__ import annotations

from pathlib import Path

from medconsult.settings.base import *  # noqa: F403
from medconsult.settings.base import REPOSITORY, configured
from medconsult.settings.env import read_environment

DEV_FOLDER = REPOSITORY / ".dev"

environment = read_environment(
    SECRET_KEY="development-only-not-a-secret-" + "x" * 32,
    FIELD_ENCRYPTION_KEYS="ZGV2ZWxvcG1lbnQtb25seS1ub3QtYS1zZWNyZXQtMDA=",
    DATABASE_URL="postgres://medconsult_app@localhost/medconsult",
    REDIS_URL="redis://127.0.0.1:6379/0",
    BASE_URL="http://127.0.0.1:8000",
    ALLOWED_HOSTS="127.0.0.1,localhost,[::1]",
    EMAIL_URL="file://",
    SMS_PROVIDER="development",
    DEFAULT_FROM_EMAIL="MedConsult <no-reply@demo.example>",
    TWO_STEP_REQUIRED="false",
    LOG_FORMAT="line",
    MEDIA_ROOT=str(DEV_FOLDER / "media"),
    PRIVATE_ROOT=str(DEV_FOLDER / "private"),
    REGISTER_PROVIDER="sample",
    PDS_PROVIDER="sample",
    CLAMD_URL="tcp://127.0.0.1:3310",
)
globals().update(configured(environment))

DEBUG = False
# Development pages (the mail page, the component gallery) exist only where this is set.
DEVELOPMENT_PAGES = True
PASSWORD_HASHERS = ["medconsult.demo.hasher.LightHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
# Sample people have numbers that the NHS issues to nobody.
NHS_TEST_NUMBERS = True
EMAIL_BACKEND = "integrations.mail.development.FileMailbox"
# Beside the media, wherever this installation keeps its files.
EMAIL_FILE_PATH = str(Path(environment.media_root).parent / "mail")
SMS_FILE_PATH = str(Path(environment.media_root).parent / "texts")
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
