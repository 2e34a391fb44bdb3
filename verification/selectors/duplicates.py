from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from accounts.models import Patient
from doctors.models import Doctor
from verification.models import Evidence, VerificationCase


@dataclass(frozen=True, kw_only=True)
class Duplicate:
    """Another doctor who has something that should be one person's: `kind` is gmc-number, document or phone."""

    kind: str
    words: str
    doctor: Doctor


def duplicates_of(case: VerificationCase) -> list[Duplicate]:
    """The doctors who share this one's GMC number, a file or a phone number; three statements."""
    return [*_same_number(case.doctor), *_same_file(case.doctor), *_same_phone(case.doctor)]


def _same_number(doctor: Doctor) -> Iterator[Duplicate]:
    for other in Doctor.objects.filter(gmc_number=doctor.gmc_number).exclude(pk=doctor.pk):
        words = f"{other.name} has the same GMC number ({other.get_verification_status_display().lower()})."
        yield Duplicate(kind="gmc-number", words=words, doctor=other)


def _same_file(doctor: Doctor) -> Iterator[Duplicate]:
    own = Evidence.objects.filter(item__case__doctor=doctor).values("sha256")
    same = Evidence.objects.filter(sha256__in=own).exclude(item__case__doctor=doctor)
    seen = set()
    for evidence in same.select_related("item__case__doctor").order_by("pk"):
        other = evidence.item.case.doctor
        if (other.pk, evidence.item.kind) not in seen:
            seen.add((other.pk, evidence.item.kind))
            words = f"{other.name} has sent the very same file ({evidence.item.get_kind_display().lower()})."
            yield Duplicate(kind="document", words=words, doctor=other)


def _same_phone(doctor: Doctor) -> Iterator[Duplicate]:
    if doctor.user_id is None:
        return
    phones = Patient.objects.filter(user=doctor.user_id).exclude(phone="").values("phone")
    for other in Doctor.objects.filter(user__patient__phone__in=phones).exclude(pk=doctor.pk):
        yield Duplicate(kind="phone", words=f"{other.name} gives the same phone number.", doctor=other)
