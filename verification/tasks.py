from __future__ import annotations

from datetime import timedelta
from functools import partial
from uuid import UUID

from celery import shared_task

from common import clock
from common.uploads.services import uploads_check_waiting
from integrations import antivirus
from verification import services
from verification.models import Evidence

# Whoever uploads wakes a worker at once; older files were left by a crash or a scanner that was away.
WAITED = timedelta(minutes=2)


@shared_task(name="verification.check_evidence")
def check_evidence(evidence_id: str) -> str:
    """Woken by an upload."""
    return services.evidence_check(evidence_id=UUID(evidence_id), scan=antivirus.scan).value


@shared_task(name="verification.sweep_evidence")
def sweep_evidence() -> int:
    """Run by the clock: checks what still lies in quarantine; how many files that was."""
    if not antivirus.ping():
        return 0
    check = partial(services.evidence_check, scan=antivirus.scan)
    return uploads_check_waiting(
        model=Evidence, older_than=clock.now() - WAITED, check=lambda evidence_id: check(evidence_id=evidence_id)
    )


@shared_task(name="verification.expire_credentials")
def expire_credentials() -> int:
    """Run by the clock: ends the verification of those whose credential has run out."""
    return services.credentials_expire(now=clock.now())


@shared_task(name="verification.warn_of_expiry")
def warn_of_expiry() -> int:
    """Run by the clock: tells doctors whose credential runs out soon."""
    return services.credentials_warn(now=clock.now())
