"""What each person's front door shows, composed from the rooms below."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from wagtail.models import Page

from accounts.models import Patient, User
from accounts.selectors import invitations_to, patient_of
from booking.models import Appointment, standing_at
from booking.selectors import appointments_visible_to, shares_offered_to

AHEAD_SHOWN = 5


def page_path(page: Page) -> str:
    """A page's path on the site, read from its row: Wagtail's own way asks the cache and the table of sites first.

    Holds while an installation has one site, whose root is "/"."""
    return path_of(page.url_path)


def path_of(url_path: str) -> str:
    """As `page_path`, of what a page's row says."""
    return f"/{url_path.split('/', 2)[2]}"


@dataclass(frozen=True, kw_only=True)
class PatientHome:
    """`next_visit` and `later` are the person's own; `cared_for` are others' whom they help or who shared theirs.

    `is_asked`: somebody waits for the person's answer whether they help.
    """

    patient: Patient | None
    next_visit: Appointment | None
    later: list[Appointment]
    cared_for: list[Appointment]
    is_asked: bool


def patient_home(user: User, *, now: datetime) -> PatientHome:
    """What lies ahead of a patient or carer; at most five of each kind."""
    ahead = Q(end__gt=now) & standing_at(now) & ~Q(doctor__user=user)
    own = list(appointments_visible_to(user, filters=ahead & Q(patient__user=user), limit=AHEAD_SHOWN, at_work=False))
    others = Q(patient__user__isnull=True) | ~Q(patient__user=user)
    return PatientHome(
        patient=patient_of(user),
        next_visit=own[0] if own else None,
        later=own[1:],
        cared_for=list(appointments_visible_to(user, filters=ahead & others, limit=AHEAD_SHOWN, at_work=False)),
        is_asked=invitations_to(user).exists() or shares_offered_to(user, now=now).exists(),
    )
