from __future__ import annotations

from typing import Any

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import UserFactory
from common import clock
from doctors.models import Doctor
from doctors.tests.factories import DoctorFactory
from verification.models import VerificationCase
from verification.states import DECIDED, REFUSED, ReasonCode, Status


def person(*roles: Role) -> User:
    return UserFactory.create(roles=roles)


def officer() -> User:
    return person(Role.VERIFICATION_OFFICER)


def case_in(status: Status, *, doctor: Doctor | None = None, **fields: Any) -> VerificationCase:
    """A case as it stands in `status`, with its doctor's projection in step."""
    now = clock.now()
    doctor = doctor or DoctorFactory.create()
    Doctor.objects.filter(pk=doctor.pk).update(verification_status=status)
    doctor.verification_status = status
    facts: dict[str, Any] = {"doctor": doctor, "status": status, "created_at": now}
    if status != Status.DRAFT:
        facts["submitted_at"] = now
    if status in DECIDED:
        facts |= {"decided_at": now, "decided_by": officer()}
    if status in REFUSED:
        facts |= {"reason_code": ReasonCode.EVIDENCE, "reason": "Indemnity ran out in March."}
    return VerificationCase.objects.create(**facts | fields)
