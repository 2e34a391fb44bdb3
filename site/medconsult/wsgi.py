from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medconsult.settings.prod")
# Before the settings are read: whoever waits for a page gets an answer in time (settings.env.TIME_LIMITS).
os.environ.setdefault("PROCESS_KIND", "web")

application = get_wsgi_application()

from medconsult.warming import load_what_requests_need  # noqa: E402 - Django must be up before

load_what_requests_need()
