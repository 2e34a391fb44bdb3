from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import UserFactory
from common import clock
from common.uploads.models import MediaType, checked_key
from common.uploads.states import UploadState
from doctors.models import Doctor
from doctors.states import BARRED
from doctors.tests.factories import DoctorFactory
from verification.models import ChecklistItem, Evidence, VerificationCase, VerificationSettings
from verification.selectors import today
from verification.states import DECIDED, EXPIRING, REFUSED, REQUIRED, ItemKind, ItemStatus, ReasonCode, Status


def person(*roles: Role) -> User:
    return UserFactory.create(roles=roles)


def officer() -> User:
    return person(Role.VERIFICATION_OFFICER)


def administrator() -> User:
    return person(Role.ADMINISTRATOR)


def two_persons_approve() -> None:
    settings = VerificationSettings.load()
    settings.second_person = True
    settings.save()


class CaseFactory:
    """A case as the services would have left it, with its items and its doctor's projection in step."""

    @classmethod
    def create(
        cls,
        *,
        status: Status = Status.PENDING,
        doctor: Doctor | None = None,
        ready: bool = False,
        claimed_by: User | None = None,
        **fields: Any,
    ) -> VerificationCase:
        """`ready`: everything that is required has been accepted (so it has in whatever was verified once).

        `claimed_by` is the officer who has taken it.
        """
        now = clock.now()
        doctor = doctor or DoctorFactory.create()
        Doctor.objects.filter(pk=doctor.pk).update(verification_status=status, is_barred=status in BARRED)
        doctor.verification_status, doctor.is_barred = status, status in BARRED
        facts: dict[str, Any] = {"doctor": doctor, "status": status, "created_at": now}
        if status != Status.DRAFT:
            facts |= {"submitted_at": now, "due_at": now + timedelta(days=5)}
        if status in DECIDED:
            facts |= {"decided_at": now, "decided_by": officer()}
        if status in REFUSED:
            facts |= {"reason_code": ReasonCode.EVIDENCE, "reason": "Indemnity ran out in March."}
        if claimed_by is not None:
            facts |= {"assignee": claimed_by, "claimed_at": now}
        case = VerificationCase.objects.create(**facts | fields)
        accepted = ready or status in DECIDED - {Status.REJECTED}
        for kind in ItemKind:
            ItemFactory.create(case=case, kind=kind, accepted=accepted and kind in REQUIRED)
        return case


class ItemFactory:
    @classmethod
    def create(cls, *, case: VerificationCase, kind: ItemKind, accepted: bool = False, **fields: Any) -> ChecklistItem:
        facts: dict[str, Any] = {"case": case, "kind": kind}
        if kind == ItemKind.GMC_REGISTER:
            facts |= {"status": ItemStatus.PROVIDED, "provided_at": clock.now()}
        if accepted:
            facts |= _accepted(kind)
        return ChecklistItem.objects.create(**facts | fields)


def _accepted(kind: ItemKind) -> dict[str, Any]:
    return {
        "status": ItemStatus.ACCEPTED,
        "provided_at": clock.now(),
        "source": "Seen on paper",
        "checked_on": today(),
        "checked_by": officer(),
        "expires_on": today() + timedelta(days=300) if kind in EXPIRING else None,
    }


class EvidenceFactory:
    """A file's row, clean unless `state` says otherwise; it has no bytes."""

    number = 0

    @classmethod
    def create(
        cls, *, item: ChecklistItem, state: UploadState = UploadState.CURRENT, by: User | None = None, **fields: Any
    ) -> Evidence:
        cls.number += 1
        now = clock.now()
        facts: dict[str, Any] = {
            "item": item,
            "key": checked_key(),
            "name": "indemnity.pdf",
            "media_type": MediaType.PDF,
            "size": 1000,
            "sha256": f"{cls.number:064x}",
            "state": state,
            "uploaded_by": by or item.case.doctor.user or person(),
            "uploaded_at": now,
            "checked_at": None if state == UploadState.QUARANTINED else now,
        }
        return Evidence.objects.create(**facts | fields)


def case_in(status: Status, *, doctor: Doctor | None = None, **fields: Any) -> VerificationCase:
    """A case as it stands in `status`."""
    return CaseFactory.create(status=status, doctor=doctor, **fields)


def item_in(case: VerificationCase, kind: ItemKind, **changes: Any) -> ChecklistItem:
    """The case's item of that kind, with some columns written anew."""
    item = case.items.get(kind=kind)
    for name, value in changes.items():
        setattr(item, name, value)
    item.save()
    item.case = case
    return item


def in_days(days: int) -> date:
    """That many days from today by the clinic's clock."""
    return today() + timedelta(days=days)
