from __future__ import annotations

from django_tasks.backends.immediate import ImmediateBackend


class CeleryBackend(ImmediateBackend):
    """Wagtail's background work on Celery."""
