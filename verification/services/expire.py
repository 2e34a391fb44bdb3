"""Credentials that run out: warnings before, and the end of new bookings after."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from common.templatetags.when import long_date
from doctors.models import Doctor
from doctors.services import doctor_set_verification
from notifications.selectors import is_queued
from verification import locks
from verification.models import ChecklistItem
from verification.selectors import today
from verification.services import steps
from verification.states import EXPIRING, REQUIRED, WARNED_DAYS, ItemKind, ItemStatus, Status, assert_can_move

SubjectT = TypeVar("SubjectT", int, ChecklistItem)

logger = logging.getLogger(__name__)


def credentials_expire(*, now: datetime, batch: int = 500) -> int:
    """End the verification of those doctors of whom something required has run out; how many.

    Appointments stay as they are. Each doctor has a transaction of their own, and whoever is held by somebody else is
    left for the next run, so it may run twice, and twice at once.
    """
    ended, after = 0, 0
    while True:
        ids = list(_run_out(today(now), after)[:batch])
        ended += sum(_done(_expire, doctor_id, now) for doctor_id in ids)
        if len(ids) < batch:
            return ended
        after = ids[-1]


def credentials_warn(*, now: datetime, batch: int = 500) -> int:
    """Tell doctors 60, 30 and 7 days before a credential's last day, once each; how many messages.

    A renewal that waits for its check is not asked for again. Safe to run twice, and twice at once.
    """
    told, after = 0, 0
    while True:
        items = list(_running_out(today(now), after)[:batch])
        told += sum(_done(_warn, item, now) for item in items)
        if len(items) < batch:
            return told
        after = items[-1].pk


def _done(step: Callable[[SubjectT, datetime], bool], subject: SubjectT, now: datetime) -> bool:
    """One doctor with whom something is wrong keeps nobody else's from being done."""
    try:
        return step(subject, now)
    except Exception as error:  # noqa: BLE001
        logger.error("%s of row %s failed (%s)", step.__name__, getattr(subject, "pk", subject), type(error).__name__)  # noqa: TRY400
        return False


def _run_out(day: date, after: int) -> QuerySet[Doctor, int]:
    over = ChecklistItem.objects.filter(case__doctor=OuterRef("pk"), case__status=Status.VERIFIED, expires_on__lt=day)
    doctors = Doctor.objects.filter(Exists(over.filter(kind__in=sorted(REQUIRED))), pk__gt=after)
    return doctors.order_by("pk").values_list("pk", flat=True)


def _running_out(day: date, after: int) -> QuerySet[ChecklistItem]:
    verified = ChecklistItem.objects.filter(
        kind__in=sorted(EXPIRING), case__status=Status.VERIFIED, case__doctor__user__isnull=False, pk__gt=after
    )
    soon = verified.filter(expires_on__gte=day, expires_on__lte=day + timedelta(days=max(WARNED_DAYS)))
    return soon.exclude(status=ItemStatus.PROVIDED).select_related("case").order_by("pk")


@transaction.atomic
def _expire(doctor_id: int, now: datetime) -> bool:
    doctor = locks.free_doctor_locked(doctor_id)
    case = locks.latest_case_locked(doctor) if doctor else None
    if doctor is None or case is None or case.status != Status.VERIFIED:
        return False
    over = case.items.filter(kind__in=sorted(REQUIRED), expires_on__lt=today(now))
    kinds = list(over.values_list("kind", flat=True))
    if not kinds:
        return False
    assert_can_move(case.status, Status.EXPIRED)
    case.status = Status.EXPIRED
    case.assignee, case.claimed_at = None, None
    steps.write(case, "expired", actor=None, items=kinds)
    doctor_set_verification(actor=None, doctor_id=doctor.public_id, status=Status.EXPIRED, now=now)
    steps.tell(case, "verification_expired", now, item=ItemKind(kinds[0]).label)
    return True


@transaction.atomic
def _warn(seen: ChecklistItem, now: datetime) -> bool:
    doctor = locks.free_doctor_locked(seen.case.doctor_id)
    item = ChecklistItem.objects.filter(pk=seen.pk, case__status=Status.VERIFIED).select_related("case").first()
    if doctor is None or item is None or item.expires_on is None or item.status == ItemStatus.PROVIDED:
        return False
    left = (item.expires_on - today(now)).days
    stage = next((days for days in WARNED_DAYS if 0 <= left <= days), None)
    key = f"credential_expiring:{item.public_id}:{item.expires_on}:{stage}"
    if stage is None or is_queued(key):
        return False
    item.case.doctor = doctor
    label, last = ItemKind(item.kind).label, long_date(item.expires_on)
    steps.record(item.case, "warned", actor=None, item=item.kind, days=stage)
    steps.tell(item.case, "credential_expiring", now, key=key, item=label, expires_on=last)
    return True
