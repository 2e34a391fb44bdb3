from __future__ import annotations

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "records"

    def ready(self) -> None:
        from common.permissions import guard
        from records.models import Prescription, VisitNote
        from records.policies import owns, owns_prescription

        guard(VisitNote, owns=owns)
        guard(Prescription, owns=owns_prescription)
