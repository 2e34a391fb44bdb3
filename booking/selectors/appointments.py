from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from accounts.models import Patient, User
from accounts.policies import has_role
from accounts.roles import Role
from accounts.selectors import addressed_to, carer_rule
from accounts.states import LIVE as LIVE_INVITATION
from accounts.states import Scope
from booking.models import Appointment, AppointmentShare, ended_by, standing_at
from booking.selectors.days import in_days
from booking.states import CANCELLABLE, SHARE_LASTS, PendingReason, Status
from common import clock
from common.errors import NotFound
from common.permissions import visible_rows
from doctors.models import Doctor, Location
from doctors.selectors import locations_of_staff

_SHOWN_WITH = ("doctor", "patient", "location", "visit_type")


def appointments_visible_to(
    user: User | AnonymousUser,
    *,
    filters: Q | None = None,
    order_by: Sequence[str] = ("start", "pk"),
    limit: int | None = None,
    at_work: bool = True,
    in_error: bool = False,
) -> QuerySet[Appointment]:
    """The appointments that a person may see: as the patient, as the treating doctor, as a carer, as staff of the
    place, or by a grant.

    `filters`, order and limit go into each of these arms, so give them here and not to the result. Without `at_work`
    what the person sees only as clinic staff is left out. What was entered in error is hidden unless
    `in_error` asks for it.
    """
    if not user.is_authenticated:
        return Appointment.objects.none()
    # A single key in place of a join, so that each arm walks an index in the order of its list and stops.
    owned = []
    if user.may_be_patient:
        owned.append(Q(patient=_the_one(Patient.objects.filter(user=user))))
    if user.may_be_carer:
        owned.append(carer_rule(user, Scope.SEE, "patient__") & Q(is_confidential=False))
    if has_role(user, Role.DOCTOR):
        owned.append(Q(doctor=_the_one(Doctor.objects.filter(user=user, is_barred=False))))
    if at_work and has_role(user, Role.CLINIC_STAFF):
        owned.extend(Q(location=place) for place in locations_of_staff(user).values_list("pk", flat=True))
    return visible_rows(
        Appointment.objects.select_related(*_SHOWN_WITH),
        user=user,
        permission="view_appointment",
        owned=owned,
        filters=(filters or Q()) & (Q() if in_error else ~Q(status=Status.ENTERED_IN_ERROR)),
        order_by=order_by,
        limit=limit,
    )


def _the_one(found: QuerySet[Any]) -> QuerySet[Any, Any]:
    """The key of the one row, for the database to look up once."""
    return found.order_by().values("pk")[:1]


def appointment_for(user: User | AnonymousUser, public_id: UUID, *, in_error: bool = False) -> Appointment:
    """One appointment that the person may see. Raises `NotFound`, the same for what exists and what does not."""
    found = appointments_visible_to(user, filters=Q(public_id=public_id), in_error=in_error).first()
    if found is None:
        raise NotFound("We cannot find that appointment.")
    return found


def was_approved(appointment: Appointment) -> bool:
    """Whether its doctor was asked first: what its kind of visit asks by now says nothing of then."""
    return appointment.history.filter(pending_reason=PendingReason.APPROVAL).exists()


def appointment_linked(public_id: UUID) -> Appointment | None:
    """The appointment that a link of a mail names, with its patient's account, whoever asks.

    It opens nothing: `policies.link_holds` or `policies.link_opens` is asked about what it answers.
    """
    rows = Appointment.objects.select_related(*_SHOWN_WITH, "patient__user").defer("reason", "access_needs")
    return rows.filter(public_id=public_id).exclude(status=Status.ENTERED_IN_ERROR).first()


def shares_of(appointment: Appointment) -> QuerySet[AppointmentShare]:
    """Those with whom the patient shares an appointment: asked, or having said yes; nobody once that is over."""
    if appointment.end + SHARE_LASTS <= clock.now():
        return AppointmentShare.objects.none()
    return appointment.shares.filter(state__in=sorted(LIVE_INVITATION)).order_by("invited_at")


def shares_offered_to(user: User, *, now: datetime) -> QuerySet[AppointmentShare]:
    """The appointments ahead that somebody asks the person to see and that wait for their answer."""
    ahead = AppointmentShare.objects.filter(appointment__end__gt=now, appointment__status__in=sorted(CANCELLABLE))
    shown_with = ahead.select_related("appointment__patient", "appointment__location")
    return addressed_to(user, shown_with).order_by("appointment__start")


def day_of_doctor(user: User, day: date) -> QuerySet[Appointment]:
    """The appointments of a doctor's day (as their places count days) that stand or were missed, requests included."""
    return days_of_doctor(user, day, days=1)


def next_to_see(appointments: Iterable[Appointment], *, now: datetime) -> Appointment | None:
    """Whom the doctor of a day sees next: who waits though their time is over comes before who is still to come."""
    return next((row for row in appointments if row.status == Status.ARRIVED or _is_to_come(row, now)), None)


def _is_to_come(appointment: Appointment, now: datetime) -> bool:
    return appointment.status == Status.BOOKED and appointment.end > now


def days_of_doctor(user: User, first_day: date, *, days: int) -> QuerySet[Appointment]:
    """`day_of_doctor` of several days from the first on."""
    of_the_days = Q(doctor__user=user) & in_days(first_day, first_day + timedelta(days=days))
    return appointments_visible_to(user, filters=of_the_days & (standing_at(clock.now()) | Q(status=Status.NOSHOW)))


def day_of_clinic(user: User, location: Location, day: date) -> QuerySet[Appointment]:
    """The appointments of a day at a place, by its own clock, for its staff: without what they are about."""
    zone = location.time_zone
    start = clock.moment(day, time(), zone)
    of_the_day = Q(location=location, start__gte=start, start__lt=clock.end_of_day(day, zone))
    stands = standing_at(clock.now()) | Q(status=Status.NOSHOW)
    return appointments_visible_to(user, filters=of_the_day & stands).defer("reason")


def requests_of_doctor(user: User, *, now: datetime, limit: int) -> QuerySet[Appointment]:
    """The requests that wait for a doctor's answer and have not lapsed, the most urgent first."""
    waiting = Q(status=Status.PENDING, pending_reason=PendingReason.APPROVAL) & ~ended_by(now)
    own = waiting & Q(doctor__user=user)
    return appointments_visible_to(user, filters=own, order_by=("expires_at", "pk"), limit=limit)
