"""What is proved of a doctor, in a line each: for people who judge their page and not their papers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doctors.models import Doctor
from verification.models import VerificationCase
from verification.states import EXPIRING, ItemKind, ItemStatus


@dataclass(frozen=True, kw_only=True)
class Credential:
    """`is_proved`: an officer has checked it; `until` is its last day, of what runs out."""

    label: str
    status: str
    is_proved: bool
    until: date | None


def credentials_of(doctor: Doctor) -> list[Credential]:
    """The items of the doctor's latest case; no file, no note and nothing that the doctor wrote. Empty without one."""
    case = VerificationCase.objects.filter(doctor=doctor).first()
    if case is None:
        return []
    order = list(ItemKind)
    items = sorted(case.items.all(), key=lambda item: order.index(ItemKind(item.kind)))
    return [
        Credential(
            label=ItemKind(item.kind).label,
            status=ItemStatus(item.status).label,
            is_proved=item.status == ItemStatus.ACCEPTED,
            until=item.expires_on if item.kind in EXPIRING else None,
        )
        for item in items
    ]
