from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from accounts.models import Patient, User
from common.errors import NotFound
from records.models import RecordExport
from records.states import ExportState


def latest_export_of(patient: Patient) -> RecordExport | None:
    """The last one that the patient asked for, whatever became of it."""
    return RecordExport.objects.filter(patient=patient).order_by("-asked_at", "-pk").first()


def export_for(user: User | AnonymousUser, export_id: UUID, *, now: datetime) -> RecordExport:
    """A file that its patient may fetch today. Raises `NotFound`, the same for everybody else's and what is over."""
    mine = Q(patient__user=user.pk, asked_by=user.pk, state=ExportState.READY, expires_at__gt=now)
    found = RecordExport.objects.filter(mine, public_id=export_id).select_related("patient").first()
    if found is None:
        raise NotFound("We cannot find that file. It is kept for seven days; you can ask for a new one.")
    return found


def exports_to_build(now: datetime) -> QuerySet[RecordExport]:
    """What waits and no worker has."""
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    return RecordExport.objects.filter(free, state=ExportState.WAITING).order_by("asked_at")


def exports_over(now: datetime) -> QuerySet[RecordExport]:
    """What is ready and past its day."""
    return RecordExport.objects.filter(state=ExportState.READY, expires_at__lte=now)
