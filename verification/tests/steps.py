"""What many of verification's tests do."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any, BinaryIO

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from accounts.roles import Role
from common.uploads.states import UploadState
from common.uploads.tests.samples import pdf, stream
from common.uploads.verdicts import Verdict
from doctors.models import Doctor
from doctors.tests.factories import DoctorFactory
from notifications.models import Message
from verification import services
from verification.models import ChecklistItem, VerificationCase
from verification.selectors import item_of
from verification.states import BY_FILE, EXPIRING, REQUIRED, ItemKind, Status
from verification.tests.factories import CaseFactory, in_days, person

_number = count(1)


def doctor_with_account(**fields: Any) -> Doctor:
    return DoctorFactory.create(user=person(Role.DOCTOR), **fields)


def account_of(doctor: Doctor) -> User:
    assert doctor.user is not None
    return doctor.user


def own_case(status: Status = Status.DRAFT, **more: Any) -> tuple[User, VerificationCase]:
    """A doctor's account with their case."""
    doctor = doctor_with_account()
    return account_of(doctor), CaseFactory.create(status=status, doctor=doctor, **more)


def taken_by(actor: User, **case: Any) -> VerificationCase:
    """A case that waits, with everything required proved, and that the officer has taken."""
    return CaseFactory.create(ready=True, claimed_by=actor, **case)


def a_file(name: str = "certificate.pdf") -> SimpleUploadedFile:
    """A harmless PDF, each with another content."""
    return SimpleUploadedFile(name, pdf(stream(b"%d" % next(_number))), content_type="application/pdf")


def clean(file: BinaryIO) -> Verdict:
    return Verdict.clean()


def infected(file: BinaryIO) -> Verdict:
    return Verdict.infected("Eicar-Signature")


def away(file: BinaryIO) -> Verdict:
    return Verdict.away("ConnectionRefusedError")


def give(actor: User, case: VerificationCase, kind: ItemKind, *, expires_on: date | None = None) -> ChecklistItem:
    """The doctor's whole part of an item, with its file checked."""
    item = item_of(case, kind)
    if kind in BY_FILE:
        evidence = services.evidence_add(actor=actor, item_id=item.public_id, file=a_file())
        assert services.evidence_check(evidence_id=evidence.public_id, scan=clean) == UploadState.CURRENT
    expiry = (expires_on or in_days(300)) if kind in EXPIRING else None
    return services.item_answer(actor=actor, item_id=item.public_id, answer="I am a doctor.", stated_expires_on=expiry)


def complete(actor: User, case: VerificationCase) -> None:
    """Everything that submitting needs."""
    for kind in sorted(REQUIRED):
        give(actor, case, kind)


def check(actor: User, item: ChecklistItem, **changes: Any) -> ChecklistItem:
    """An officer accepts the item."""
    seen_at = ChecklistItem.objects.get(pk=item.pk).provided_at
    facts: dict[str, Any] = {"source": "Seen", "checked_on": in_days(0), "seen_at": seen_at}
    if item.kind in EXPIRING:
        facts["expires_on"] = in_days(300)
    return services.item_check(actor=actor, item_id=item.public_id, **facts | changes)


def told(user: User) -> list[str]:
    """The kinds of the messages to a person, in order."""
    return list(Message.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))
