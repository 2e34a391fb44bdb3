"""Production settings over plain HTTP on loopback, with the floors' addresses and the meter around every request."""

from __future__ import annotations

from medconsult.settings.base import MIDDLEWARE, REPOSITORY, REST_FRAMEWORK, STORAGES, TEMPLATES
from medconsult.settings.prod import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
MIDDLEWARE = ["bench.meter.MeterMiddleware", *MIDDLEWARE]
TEMPLATES[0]["DIRS"] = [REPOSITORY / "templates", REPOSITORY / "bench" / "templates"]
# The static files are served from where they lie, so nothing has to be collected.
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
# Twenty clients of one address ask for one time a hundred times over.
REST_FRAMEWORK = {**REST_FRAMEWORK, "DEFAULT_THROTTLE_CLASSES": []}
BOOKINGS_AN_HOUR = 1_000_000
