from __future__ import annotations

from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "home"

    def ready(self) -> None:
        from wagtail.signals import copy_for_translation_done

        from home.page_cache import follow_changes
        from home.services.translations import page_translated

        follow_changes()
        copy_for_translation_done.connect(page_translated, dispatch_uid="home_page_translated")
