"""Somebody waits for the first request of a fresh process, and Stripe for the first delivery: both find all loaded."""

from __future__ import annotations

import subprocess
import sys

from medconsult.settings.base import REPOSITORY

# A broker is not needed: nothing listens there.
_FIRST_DELIVERY = """
import sys
{load}
loaded = set(sys.modules)
from django.urls import resolve
from common.tasks import _send
resolve("/billing/stripe/webhook/")
_send("billing.handle_event", (1,))
ours = ("billing", "celery", "home", "kombu", "redis", "wagtail")
print(len([name for name in set(sys.modules) - loaded if name.split(".")[0] in ours]))
"""


def _loaded_late(load: str) -> int:
    """How many modules a fresh process loads only when the first delivery has come."""
    environment = {
        "DJANGO_SETTINGS_MODULE": "medconsult.settings.dev",
        "PYTHONPATH": "site:.",
        "PATH": "",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }
    done = subprocess.run(
        [sys.executable, "-c", _FIRST_DELIVERY.format(load=load)],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


def test_the_first_delivery_to_the_web_server_loads_nothing() -> None:
    assert _loaded_late("import medconsult.wsgi") == 0


def test_without_warming_it_would() -> None:
    assert _loaded_late("import django; django.setup()") > 50
