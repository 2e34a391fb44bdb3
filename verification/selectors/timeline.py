from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from doctors.models import Doctor
from verification.models import VerificationCase
from verification.states import Status

_TOLD = {
    Status.DRAFT: "Case started",
    Status.PENDING: "Put into the queue",
    Status.VERIFIED: "Approved",
    Status.REJECTED: "Rejected",
    Status.SUSPENDED: "Suspended",
    Status.EXPIRED: "Expired",
}
_PARTICULARS = {
    "title": "title",
    "given_name": "given name",
    "family_name": "family name",
    "gmc_number": "GMC number",
    "gender": "gender",
    "languages": "languages",
    "is_active": "takes part",
}


@dataclass(frozen=True, kw_only=True)
class TimelineEntry:
    at: datetime
    what: str
    who: str
    detail: str = ""


def timeline(case: VerificationCase) -> list[TimelineEntry]:
    """What happened to the doctor's cases and to the doctor's particulars, latest first; from the row histories."""
    entries = [*_case_entries(case.doctor), *_particulars_entries(case.doctor)]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _case_entries(doctor: Doctor) -> Iterable[TimelineEntry]:
    for row in VerificationCase.history.filter(doctor=doctor).select_related("history_user"):
        detail = ": ".join(part for part in (row.get_reason_code_display(), row.reason) if part)
        yield TimelineEntry(
            at=row.history_date,
            what=_TOLD[Status(row.status)],
            who=str(row.history_user or "The system"),
            detail=detail or row.note,
        )


def _particulars_entries(doctor: Doctor) -> Iterable[TimelineEntry]:
    rows = list(Doctor.history.filter(id=doctor.pk).select_related("history_user").order_by("history_date"))
    for before, after in pairwise(rows):
        changed = [label for name, label in _PARTICULARS.items() if getattr(before, name) != getattr(after, name)]
        if changed:
            yield TimelineEntry(
                at=after.history_date,
                what="Particulars changed",
                who=str(after.history_user or "The system"),
                detail=", ".join(changed),
            )
