"""Who looked at my record: what the audit log holds about a patient, in the patient's own words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
_UNNAMED = {
    "Doctor": "A doctor",
    "Carer": "A carer",
    "Patient": "Another patient",
    "Administrator": "An administrator",
    "Billing officer": "A billing officer",
    "Verification officer": "A verification officer",
    "Auditor": "An auditor",
}
SOMEBODY = "Somebody with an account"


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
    events = events_shown(user, patient, show=show, before=before)
    context = {
        "entries": entries_of(patient, events[:PAGE_LENGTH]),
        "show": show,
        "views": VIEWS.items(),
        "older": events[PAGE_LENGTH - 1].pk if len(events) > PAGE_LENGTH else None,
        "is_first": before is None,
    }
    return render(request, "accounts/record_access.html", context)


def events_shown(user: User, patient: Patient, *, show: str, before: int | None) -> list[Event]:
    """What was done with a patient's record by one of `VIEWS`, from below `before`: a page and one more."""
    found = audit.events_about_patient(
        patient.public_id,
        but_by=[] if show == "all" else [user.public_id],
        looks_only=show == "looks",
        before=before,
    )
    return list(found[: PAGE_LENGTH + 1])


def _key(text: str) -> int | None:
    return min(int(text), _LARGEST_KEY) if text.isdecimal() and text.isascii() else None


def entries_of(patient: Patient, events: Iterable[Event]) -> list[Entry]:
    """The events as the patient reads them: two statements, however many there are."""
    told = audit.told(events)
    own = patient.user.public_id if patient.user else None
    people = _people_of({one.event.actor_id for one in told if one.event.actor_id})
    entries = []
    for one in told:
        is_own = own is not None and one.event.actor_id == own
        who, role = ("You", "") if is_own else _who(one, people)
        is_for_you = one.event.on_behalf_of_id == patient.public_id and not is_own
        entries.append(Entry(told=one, who=who, role=role, is_for_you=is_for_you))
    return entries


def _people_of(ids: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
    """The name of each account (empty where it has none), and the first of its roles in the order of `_ROLES`."""
    rows = User.objects.filter(public_id__in=list(ids)).values_list(
        "public_id", "first_name", "last_name", "groups__name"
    )
    names: dict[UUID, str] = {}
    held: dict[UUID, set[str]] = {}
    for public_id, first, last, group in rows:
        names[public_id] = f"{first} {last}".strip()
        held.setdefault(public_id, set()).add(group)
    return {
        one: (name, next((word for role, word in _ROLES.items() if role.value in held[one]), ""))
        for one, name in names.items()
    }


def _who(told: audit.Told, people: Mapping[UUID, tuple[str, str]]) -> tuple[str, str]:
    """Who did it, and as what. An account without a name is called by what it is: its address is nobody else's."""
    event = told.event
    if event.actor_id is None:
        return told.who, ""
    name, role = people.get(event.actor_id, (told.who, ""))
    role = _CAPACITIES.get(event.data.get("capacity", ""), "") or role
    return (name, role) if name else (_UNNAMED.get(role, role) or SOMEBODY, "")
