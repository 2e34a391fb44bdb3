"""Everything about a patient as one file: asked for, built by a worker part by part, fetched by them alone, removed."""

from __future__ import annotations

import json
import secrets
import tempfile
from datetime import date, datetime, timedelta
from shutil import copyfileobj
from typing import IO, cast
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.files.base import File
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import User
from accounts.selectors import patient_of
from audit.services import event_record
from common import clock
from common.errors import NotFound
from common.tasks import wake
from common.uploads.storage import private_storage
from notifications.services import Outgoing, messages_queue
from records.locks import export_locked, health_record_locked
from records.models import RecordExport
from records.selectors import export_for, exports_over, exports_to_build
from records.services.exports.parts import PARTS, Part
from records.services.exports.readable import Line, lines
from records.states import ExportState

KEPT_FOR = timedelta(days=7)
LEASE = timedelta(minutes=15)
MOST_ATTEMPTS = 5


@transaction.atomic
def export_ask(*, actor: User) -> RecordExport:
    """The patient asks for everything about them; while one waits, asking again answers with that one.

    Raises `NotFound` for somebody without a profile, and `Busy`.
    """
    patient = patient_of(actor)
    if patient is None:
        raise NotFound
    health_record_locked(patient)
    waiting = RecordExport.objects.filter(patient=patient, state=ExportState.WAITING).first()
    if waiting is not None:
        return waiting
    export = RecordExport.objects.create(patient=patient, asked_by=actor, asked_at=clock.now())
    event_record("export.asked", export, actor=actor)
    wake("records.build_export", str(export.public_id))
    return export


def export_build(*, export_id: UUID, now: datetime | None = None) -> bool:
    """For workers: build what waits, unless another worker has it. True where it is ready now.

    What fails is tried again by the sweeper, and given up visibly after five times.
    """
    now = now or clock.now()
    claimed = exports_to_build(now).filter(public_id=export_id)
    if not claimed.update(lease_until=now + LEASE, attempts=F("attempts") + 1, done=0):
        return False
    export = RecordExport.objects.select_related("patient__user", "asked_by").get(public_id=export_id)
    if export.attempts > MOST_ATTEMPTS or export.patient.user_id != export.asked_by_id:
        _give_up(export)
        return False
    key = f"exports/{secrets.token_hex(16)}.zip"
    with tempfile.TemporaryFile() as file:
        _write(export, file)
        size = file.tell()
        file.seek(0)
        private_storage().save(key, File(file))
    return _finish(export, key=key, size=size)


def _write(export: RecordExport, file: IO[bytes]) -> None:
    told: list[tuple[Part, list[list[Line]]]] = []
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for number, part in enumerate(PARTS, start=1):
            rows = list(part.rows(export.asked_by, export.patient))
            archive.writestr(f"{part.name}.json", json.dumps(rows, ensure_ascii=False, indent=1, default=_iso))
            for name, document in part.files(export.asked_by, export.patient):
                with private_storage().open(document.key) as source, archive.open(name, "w") as target:
                    copyfileobj(cast("IO[bytes]", source), target)
            told.append((part, [list(lines(row)) for row in rows]))
            RecordExport.objects.filter(pk=export.pk).update(done=number)
        context = {"parts": told, "patient": export.patient, "now": clock.now()}
        archive.writestr("index.html", render_to_string("records/exports/index.html", context))


def _iso(instant: date) -> str:
    return instant.isoformat()


@transaction.atomic
def _finish(export: RecordExport, *, key: str, size: int) -> bool:
    """Unless the lease ran out meanwhile and another worker was faster: the file is thrown away then."""
    held, now = export_locked(export.public_id), clock.now()
    if held.state != ExportState.WAITING or held.lease_until != export.lease_until:
        transaction.on_commit(lambda: private_storage().delete(key))
        return False
    held.state, held.key, held.size = ExportState.READY, key, size
    held.ready_at, held.expires_at, held.lease_until = now, now + KEPT_FOR, None
    held.save()
    event_record("export.built", held, actor=None)
    facts = {"path": reverse("records:export")}
    messages_queue(
        messages=[
            Outgoing(kind="export_ready", user=held.asked_by, facts=facts, dedupe_key=f"export_ready:{held.public_id}")
        ],
        now=now,
    )
    return True


def _give_up(export: RecordExport) -> None:
    RecordExport.objects.filter(pk=export.pk).update(state=ExportState.FAILED, lease_until=None)


@transaction.atomic
def export_open(*, actor: User, export_id: UUID) -> RecordExport:
    """The file that the patient fetches, said in the audit log. The view proves who they are. Raises `NotFound`."""
    export = export_for(actor, export_id, now=clock.now())
    event_record("export.fetched", export, actor=actor)
    return export


def exports_sweep(*, now: datetime | None = None) -> int:
    """Wake workers for what a crash left, and remove what is past its seven days. Answers how many were removed."""
    now = now or clock.now()
    for export_id in exports_to_build(now).values_list("public_id", flat=True)[:20]:
        wake("records.build_export", str(export_id))
    removed = 0
    for export in exports_over(now).select_related("patient"):
        private_storage().delete(export.key)
        removed += _mark_removed(export)
    return removed


@transaction.atomic
def _mark_removed(export: RecordExport) -> int:
    changed = RecordExport.objects.filter(pk=export.pk, state=ExportState.READY)
    if not changed.update(state=ExportState.REMOVED, key="", size=0):
        return 0
    event_record("export.removed", export, actor=None)
    return 1
