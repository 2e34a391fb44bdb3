from __future__ import annotations

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "records"

    def ready(self) -> None:
        from common.permissions import guard
        from records.models import VisitNote
        from records.policies import owns

        guard(VisitNote, owns=owns)
