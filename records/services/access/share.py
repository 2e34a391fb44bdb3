"""Sharing a record, or one thing in it, with a doctor for a time, and ending that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from accounts.models import Patient, User
from accounts.selectors import patient_of
from audit.services import event_record
from common import clock
from common.errors import Invalid, NotFound
from common.history import sign
from doctors.models import Doctor
from notifications.services import Outgoing, messages_queue
from records.locks import health_record_locked
from records.models import RecordShare
from records.selectors import records_settings, share_of
from records.services.access.rights import reading_settle
from records.shareable import Shareable, shareable_of, shareable_to
from records.states import ShareKind

SHARE_REASON_LENGTH = 500


@dataclass(frozen=True, kw_only=True)
class _Target:
    """What is shared, and whether it is the patient who does; `thing` is None for the whole record."""

    kind: str
    one: Shareable
    thing: Any
    patient: Patient
    is_by_patient: bool


@transaction.atomic
def record_share(
    *,
    actor: User,
    doctor_id: UUID,
    kind: str = ShareKind.RECORD,
    object_id: UUID | None = None,
    until: date | None = None,
    reason: str = "",
) -> RecordShare:
    """Let a listed doctor read a record, or one thing in it, to the end of `until` by the clinic's clock.

    The patient shares the whole record (without `object_id`) or a thing in it; whoever wrote a thing may share it too,
    with a `reason`, once the patient may read it, who is told. Each has a share of their own; sharing again extends it
    and never shortens. Without `until` it lasts as long as the settings offer. Raises `NotFound`, `Busy`, `Forbidden`
    (`not_yours_to_share`), `Conflict` (why in its code) and `Invalid` (fields `doctor`, `until`, `reason`).
    """
    target = _target(actor, kind, object_id)
    record = health_record_locked(target.patient)
    thing = record if target.thing is None else target.thing
    doctor = _recipient(doctor_id, actor, target.patient)
    now = clock.now()
    ends = _end(until, now)
    if not target.is_by_patient:
        _assert_says_why(reason)
    share, is_new = _begun_or_extended(target, thing, doctor, actor=actor, reason=reason, ends=ends, now=now)
    assert doctor.user is not None
    reading_settle(kind=target.kind, thing=thing, reader=doctor.user)
    verb = "record.shared" if is_new else "record.share_extended"
    event_record(verb, thing, actor=actor, kind=target.kind, doctor=str(doctor.public_id), share=str(share.public_id))
    messages_queue(messages=[_to_doctor(share, doctor.user, now), *_to_patient(share, target, now)], now=now)
    return share


@transaction.atomic
def record_unshare(*, actor: User, share_id: UUID) -> RecordShare:
    """The patient ends a share of their record, or a doctor one that they made; it is closed at the next request.

    What has ended already is no error. Raises `NotFound` and `Busy`.
    """
    patient = share_of(actor, share_id).patient
    health_record_locked(patient)
    share = share_of(actor, share_id)
    if share.ended_at is not None:
        return share
    _end_share(share, actor=actor, at=clock.now())
    thing = shareable_of(share.kind).rows.get(public_id=share.object_id)
    assert share.doctor.user is not None
    reading_settle(kind=share.kind, thing=thing, reader=share.doctor.user)
    event_record("record.unshared", thing, actor=actor, kind=share.kind, share=str(share.public_id))
    return share


def _target(actor: User, kind: str, object_id: UUID | None) -> _Target:
    one = shareable_of(kind)
    if kind == ShareKind.RECORD:
        patient = patient_of(actor)
        if patient is None:
            raise NotFound
        return _Target(kind=kind, one=one, thing=None, patient=patient, is_by_patient=True)
    if object_id is None:
        raise NotFound
    thing = shareable_to(actor, kind, object_id)
    is_by_patient = thing.patient.user_id == actor.pk
    return _Target(kind=kind, one=one, thing=thing, patient=thing.patient, is_by_patient=is_by_patient)


def _recipient(doctor_id: UUID, actor: User, patient: Patient) -> Doctor:
    people = [person for person in (actor.pk, patient.user_id) if person is not None]
    listed = Doctor.objects.listed().filter(is_barred=False, user__is_active=True).exclude(user__in=people)
    doctor = listed.filter(public_id=doctor_id).select_related("user").first()
    if doctor is None:
        problem = "Choose a doctor who works here and is verified. It cannot be you."
        raise Invalid("no_such_doctor", problem, fields={"doctor": [problem]})
    return doctor


def _end(until: date | None, now: datetime) -> datetime:
    settings, today = records_settings(), clock.clinic_day(now)
    last = until or today + timedelta(days=settings.share_days)
    latest = today + timedelta(days=settings.share_days_most)
    if not today <= last <= latest:
        problem = f"Choose a day from today on, and at most {settings.share_days_most} days from now."
        raise Invalid("share_until", problem, fields={"until": [problem]})
    return clock.end_of_day(last, clock.clinic_zone())


def _assert_says_why(reason: str) -> None:
    if not reason.strip() or len(reason) > SHARE_REASON_LENGTH:
        problem = f"Say why, in at most {SHARE_REASON_LENGTH} characters. The patient reads it."
        raise Invalid("reason_needed", problem, fields={"reason": [problem]})


def _begun_or_extended(
    target: _Target, thing: Any, doctor: Doctor, *, actor: User, reason: str, ends: datetime, now: datetime
) -> tuple[RecordShare, bool]:
    """The share with its end, and whether it is a new one."""
    share = _standing(target.kind, thing.public_id, doctor, actor=actor, now=now)
    is_new = share is None
    share = share or RecordShare(
        patient=target.patient,
        doctor=doctor,
        kind=target.kind,
        object_id=thing.public_id,
        shared_by=actor,
        shared_at=now,
        expires_at=ends,
        reason="" if target.is_by_patient else reason.strip(),
    )
    share.expires_at = max(share.expires_at, ends)
    sign(share, actor)
    share.save()
    return share, is_new


def _standing(kind: str, object_id: UUID, doctor: Doctor, *, actor: User, now: datetime) -> RecordShare | None:
    """The actor's own share, which this one extends; one whose time is over ends here, for the new one has its own."""
    of_it = RecordShare.objects.filter(kind=kind, object_id=object_id, doctor=doctor, ended_at=None)
    share = of_it.filter(shared_by=actor).first()
    if share is None or share.stands_at(now):
        return share
    _end_share(share, actor=actor, at=share.expires_at)
    return None


def _end_share(share: RecordShare, *, actor: User, at: datetime) -> None:
    share.ended_at = at
    sign(share, actor)
    share.save(update_fields=["ended_at"])


def _to_doctor(share: RecordShare, user: User, now: datetime) -> Outgoing:
    """Neither whose record it is nor what: that is read behind the sign-in."""
    key = f"record_shared:{share.public_id}:{now.timestamp()}"
    return Outgoing(kind="record_shared", user=user, facts={"path": reverse("records:open_to_me")}, dedupe_key=key)


def _to_patient(share: RecordShare, target: _Target, now: datetime) -> list[Outgoing]:
    """Where a doctor passes something on; neither what nor to whom: that is read behind the sign-in."""
    if target.is_by_patient or target.patient.user is None:
        return []
    key = f"record_passed_on:{share.public_id}:{now.timestamp()}"
    facts = {"path": reverse("records:who_can_see")}
    return [Outgoing(kind="record_passed_on", user=target.patient.user, facts=facts, dedupe_key=key)]
