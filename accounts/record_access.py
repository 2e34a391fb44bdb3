"""Who looked at my record: what the audit log holds about a patient, in the patient's own words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Patient, User
from accounts.policies import patient_required
from accounts.roles import Role
from accounts.selectors import patient_of
from audit import selectors as audit
from audit.models import Event

PAGE_LENGTH = 20
_LARGEST_KEY = 2**63 - 1
VIEWS = {
    "others": "What others did",
    "looks": "Only who looked",
    "all": "Everything, yours too",
}
# As the event says it was done; where it does not say, by the first of the roles that the person has today.
_CAPACITIES = {"doctor": "Doctor", "carer": "Carer", "staff": "Clinic staff", "patient": "Patient"}
_ROLES = {
    Role.DOCTOR: "Doctor",
    Role.CLINIC_STAFF: "Clinic staff",
    Role.ADMINISTRATOR: "Administrator",
    Role.BILLING_OFFICER: "Billing officer",
    Role.VERIFICATION_OFFICER: "Verification officer",
    Role.AUDITOR: "Auditor",
}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing that was done with the record; `role` may be empty."""

    told: audit.Told
    who: str
    role: str
    is_for_you: bool


@never_cache
@require_safe
@login_required
@patient_required
def record_access(request: HttpRequest) -> HttpResponse:
    """`show` is one of `VIEWS`; `before` is the id that the page begins below."""
    user, patient = request.user, patient_of(request.user)
    assert isinstance(user, User)
    assert patient is not None
    show = request.GET.get("show", "")
    show = show if show in VIEWS else "others"
    before = _key(request.GET.get("before", ""))
    found = audit.events_about_patient(
        patient.public_id,
        but_by=[] if show == "all" else [user.public_id],
        looks_only=show == "looks",
        before=before,
    )
    events = list(found[: PAGE_LENGTH + 1])
    context = {
        "entries": entries_of(patient, events[:PAGE_LENGTH]),
        "show": show,
        "views": VIEWS.items(),
        "older": events[PAGE_LENGTH - 1].pk if len(events) > PAGE_LENGTH else None,
        "is_first": before is None,
    }
    return render(request, "accounts/record_access.html", context)


def _key(text: str) -> int | None:
    return min(int(text), _LARGEST_KEY) if text.isdecimal() and text.isascii() else None


def entries_of(patient: Patient, events: Iterable[Event]) -> list[Entry]:
    """The events as the patient reads them: two statements, however many there are."""
    told = audit.told(events)
    own = patient.user.public_id if patient.user else None
    roles = _roles_of({one.event.actor_id for one in told if one.event.actor_id})
    return [
        Entry(
            told=one,
            who="You" if own and one.event.actor_id == own else one.who,
            role="" if one.event.actor_id == own else _role(one.event, roles),
            is_for_you=one.event.on_behalf_of_id == patient.public_id and one.event.actor_id != own,
        )
        for one in told
    ]


def _roles_of(ids: Iterable[UUID]) -> dict[UUID, str]:
    """The first of the roles that each account has, in the order of `_ROLES`; those without one are left out."""
    people = User.objects.filter(public_id__in=list(ids), groups__name__in=list(_ROLES))
    held: dict[UUID, set[str]] = {}
    for public_id, name in people.values_list("public_id", "groups__name"):
        held.setdefault(public_id, set()).add(name)
    return {one: next(word for role, word in _ROLES.items() if role.value in names) for one, names in held.items()}


def _role(event: Event, roles: dict[UUID, str]) -> str:
    if event.actor_id is None:
        return ""
    return _CAPACITIES.get(event.data.get("capacity", ""), "") or roles.get(event.actor_id, "")
