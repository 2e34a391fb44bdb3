from __future__ import annotations

from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "home"

    def ready(self) -> None:
        from home.page_cache import follow_changes

        follow_changes()
