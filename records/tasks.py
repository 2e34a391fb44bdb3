from __future__ import annotations

from datetime import timedelta
from functools import partial
from uuid import UUID

from celery import shared_task

from common import clock
from common.uploads.services import uploads_check_waiting
from integrations import antivirus
from records import services
from records.models import Document

# Whoever uploads wakes a worker at once; older files were left by a crash or a scanner that was away.
WAITED = timedelta(minutes=2)


@shared_task(name="records.check_document")
def check_document(document_id: str) -> str:
    """Woken by an upload."""
    return services.document_check(document_id=UUID(document_id), scan=antivirus.scan).value


@shared_task(name="records.sweep_documents")
def sweep_documents() -> int:
    """Run by the clock: checks what still lies in quarantine; how many files that was."""
    if not antivirus.ping():
        return 0
    check = partial(services.document_check, scan=antivirus.scan)
    return uploads_check_waiting(
        model=Document, older_than=clock.now() - WAITED, check=lambda document_id: check(document_id=document_id)
    )


@shared_task(name="records.expire_prescriptions")
def expire_prescriptions() -> int:
    """Write down which prescriptions are over; pages and services know without it."""
    return services.prescriptions_expire(now=clock.now())


@shared_task(name="records.build_export")
def build_export(export_id: str) -> bool:
    """Woken by the patient who asks."""
    return services.export_build(export_id=UUID(export_id))


@shared_task(name="records.sweep_exports")
def sweep_exports() -> int:
    """Run by the clock: wakes workers for what was left, and removes what is past its seven days."""
    return services.exports_sweep()
