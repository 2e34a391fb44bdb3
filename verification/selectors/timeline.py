from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from accounts.models import User
from audit.models import Event
from audit.selectors import told
from doctors.models import Doctor
from verification.models import VerificationCase
from verification.states import ItemKind, Status

_TOLD = {
    Status.DRAFT: "Case started",
    Status.PENDING: "Put into the queue",
    Status.VERIFIED: "Approved",
    Status.REJECTED: "Rejected",
    Status.SUSPENDED: "Suspended",
    Status.EXPIRED: "Expired",
}
_MOVED = {
    "verification.opened": Status.DRAFT,
    "verification.submitted": Status.PENDING,
    "verification.reopened": Status.PENDING,
    "verification.approved": Status.VERIFIED,
    "verification.rejected": Status.REJECTED,
    "verification.suspended": Status.SUSPENDED,
    "verification.expired": Status.EXPIRED,
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


def timeline(case: VerificationCase, *, with_details: bool = True) -> list[TimelineEntry]:
    """What happened to the doctor's cases and to the doctor's particulars, latest first.

    The audit log says what was done, the row histories what was given as reason or noted, and what has no event.
    Without details it tells nothing that colleagues noted: for whoever looks at their own.
    """
    entries = [*_case_entries(case.doctor), *_particulars_entries(case.doctor)]
    shown = entries if with_details else [replace(entry, detail="") for entry in entries]
    return sorted(shown, key=lambda entry: entry.at, reverse=True)


def _case_entries(doctor: Doctor) -> Iterable[TimelineEntry]:
    ids = [str(public_id) for public_id in doctor.verification_cases.values_list("public_id", flat=True)]
    about = Event.objects.filter(object_type=VerificationCase._meta.label_lower, object_id__in=ids)
    moves = _moves(doctor)
    recorded = set()
    for one in told(about.exclude(action="verification.viewed").order_by("pk")):
        move = (one.event.object_id, _MOVED.get(one.event.action))
        recorded.add(move)
        detail = _words(moves[move]) if move in moves else _item(one.event.data)
        yield TimelineEntry(at=one.event.occurred_at, what=one.what, who=one.who, detail=detail)
    for move, row in moves.items():
        if move not in recorded:
            what, who = _TOLD[Status(row.status)], _name(row.history_user)
            yield TimelineEntry(at=row.history_date, what=what, who=who, detail=_words(row))


def _name(user: User | None) -> str:
    return user.shown_name if user else "The system"


def _moves(doctor: Doctor) -> dict[tuple[str, Status | None], Any]:
    """The version of a case in which it first stood in a stage, by the case's public id and the stage."""
    moves: dict[tuple[str, Status | None], Any] = {}
    for row in VerificationCase.history.filter(doctor=doctor).select_related("history_user").order_by("history_id"):
        moves.setdefault((str(row.public_id), Status(row.status)), row)
    return moves


def _words(row: Any) -> str:
    reason = ": ".join(part for part in (row.get_reason_code_display(), row.reason) if part)
    return reason or row.note


def _item(data: dict[str, Any]) -> str:
    return ItemKind(data["item"]).label if data.get("item") in ItemKind else ""


def _particulars_entries(doctor: Doctor) -> Iterable[TimelineEntry]:
    rows = list(Doctor.history.filter(id=doctor.pk).select_related("history_user").order_by("history_date"))
    for before, after in pairwise(rows):
        changed = [label for name, label in _PARTICULARS.items() if getattr(before, name) != getattr(after, name)]
        if changed:
            yield TimelineEntry(
                at=after.history_date,
                what="Particulars changed",
                who=_name(after.history_user),
                detail=", ".join(changed),
            )


def about_case(case: VerificationCase) -> str:
    """What a message is `about` that belongs to this case's timeline."""
    return f"verification:{case.public_id}"
