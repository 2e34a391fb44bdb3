"""What a patient's or carer's home shows: what comes next, what to do about it, and what is new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from accounts.models import Carer, Patient, User
from accounts.selectors import caring_of, invitations_to, patient_of
from billing.selectors import due_online_among
from booking.models import Appointment
from booking.selectors import Seen, appointments_visible_to, doctors_seen, lies_ahead, shares_offered_to
from booking.states import Status
from doctors.states import Modality
from home.homes.guides import Guide, patient_guide
from records.selectors import News, news_of

AHEAD_SHOWN = 5
NEWS_SHOWN = 5
TEAM_SHOWN = 6


@dataclass(frozen=True, kw_only=True)
class ToPay:
    """An appointment of the person's own of which something is to be paid online now, in minor units.

    `is_kept`: its time is only kept until then.
    """

    appointment: Appointment
    due_minor: int

    @property
    def is_kept(self) -> bool:
        return self.appointment.status == Status.PENDING


@dataclass(frozen=True, kw_only=True)
class PatientHome:
    """`next_visit` and `later` are the person's own; `cared_for` are others' whom they help or who shared theirs, those
    of today apart in `cared_for_today`, for they cannot wait below what comes on other days.

    `asks_for_help` and `shares`: whether somebody waits for the person's answer, and in which of the two ways.
    `helped` are those whom they help, as the relations that say how.
    """

    patient: Patient | None
    next_visit: Appointment | None
    later: list[Appointment]
    cared_for_today: list[Appointment]
    cared_for: list[Appointment]
    to_pay: list[ToPay]
    asks_for_help: bool
    shares: bool
    news: list[News]
    team: list[Seen]
    helped: list[Carer]
    guide: Guide | None

    @property
    def has_tasks(self) -> bool:
        # The first steps say themselves that the profile is to be completed.
        is_unsaid = self.patient is None and (self.guide is None or self.guide.is_dismissed)
        return bool(self.to_pay or self.asks_for_help or self.shares or is_unsaid)

    @property
    def is_helping_first(self) -> bool:
        """Whether somebody whom they help has the first visit of all."""
        today = self.cared_for_today
        return bool(today) and (self.next_visit is None or today[0].start < self.next_visit.start)

    @property
    def is_in_person(self) -> bool:
        return self.next_visit is not None and self.next_visit.modality == Modality.IN_PERSON


def patient_home(user: User, *, now: datetime) -> PatientHome:
    """What lies ahead of a patient or carer, at most five of each kind, with what waits for them.

    A fixed number of statements however much there is (home/tests/homes/test_patient.py).
    """
    patient = patient_of(user)
    ahead = lies_ahead(now) & ~Q(doctor__user=user)
    own = list(appointments_visible_to(user, filters=ahead & Q(patient__user=user), limit=AHEAD_SHOWN, at_work=False))
    others = Q(patient__user__isnull=True) | ~Q(patient__user=user)
    cared_for = list(appointments_visible_to(user, filters=ahead & others, limit=AHEAD_SHOWN, at_work=False))
    today = [row for row in cared_for if _is_today(row, now)]
    return PatientHome(
        patient=patient,
        next_visit=own[0] if own else None,
        later=own[1:],
        cared_for_today=today,
        cared_for=[row for row in cared_for if row not in today],
        to_pay=_to_pay(own, now),
        asks_for_help=invitations_to(user).exists(),
        shares=shares_offered_to(user, now=now).exists(),
        news=news_of(user, limit=NEWS_SHOWN) if patient else [],
        team=doctors_seen(user, now=now, limit=TEAM_SHOWN) if patient else [],
        helped=list(caring_of(user)),
        guide=patient_guide(user, patient),
    )


def _is_today(appointment: Appointment, now: datetime) -> bool:
    """By the clock of the place."""
    zone = appointment.location.time_zone
    return appointment.start.astimezone(zone).date() <= now.astimezone(zone).date()


def _to_pay(own: Sequence[Appointment], now: datetime) -> list[ToPay]:
    due = due_online_among(own, now=now)
    return [ToPay(appointment=row, due_minor=due[row.pk]) for row in own if row.pk in due]
