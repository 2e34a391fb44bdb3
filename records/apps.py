from __future__ import annotations

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "records"

    def ready(self) -> None:
        from common.permissions import guard
        from records.models import Document, HealthRecord, Prescription, VisitNote
        from records.policies import owns, owns_document, owns_prescription, owns_record

        guard(VisitNote, owns=owns)
        guard(Document, owns=owns_document)
        guard(Prescription, owns=owns_prescription)
        guard(HealthRecord, owns=owns_record)
