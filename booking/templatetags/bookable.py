from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.contrib.auth.models import AnonymousUser
from django.db.models import prefetch_related_objects
from django.utils.text import get_text_list

from accounts.models import User
from booking import paths
from booking.grouping import Part
from booking.models import Appointment, AvailabilityException, AvailabilityRule
from booking.states import CancelReason, Status
from common import clock
from common.templatetags.when import clock_time, date_time, local_time, long_date, wall_clock, zone_of
from doctors.models import Doctor, Location, VisitType
from doctors.selectors import instant, path_of_choice, portraits_of

register = template.Library()

# What the patient reads of their own doing; everybody else reads the label.
_OWN_DOING = {CancelReason.PATIENT: "Cancelled by you", CancelReason.WITHDRAWN: "Withdrawn by you"}


@register.simple_tag
def slot_path(doctor: Doctor, visit_type: VisitType, location: Location, start: datetime) -> str:
    """Where a time is checked and booked."""
    return f"{_path_of_place(doctor, visit_type, location)}{instant(start)}"


@register.simple_tag
def time_links(doctor: Doctor, visit_type: VisitType, part: Part) -> list[dict[str, str]]:
    """The slots of a part of a day as links, each told by its time."""
    path = _path_of_place(doctor, visit_type, part.location)
    return [{"href": f"{path}{instant(slot.start)}", "label": clock_time(slot.start, slot.zone)} for slot in part.slots]


def _path_of_place(doctor: Doctor, visit_type: VisitType, location: Location) -> str:
    return path_of_choice(doctor=doctor.slug, visit_type=visit_type.public_id, location=location.slug)


@register.simple_tag
def times_path(doctor: Doctor, visit_type: VisitType, start: datetime, zone: str) -> str:
    """The free times around a time that was chosen, for choosing another."""
    return paths.times_path(doctor, visit_type, local_time(start, zone).date())


def rule_words(rule: AvailabilityRule) -> str:
    """A weekly window in a line, as a choice among others."""
    since = f", from {long_date(rule.valid_from)}" if rule.valid_from > clock.clinic_day(clock.now()) else ""
    until = f", until {long_date(rule.valid_until)}" if rule.valid_until else ""
    hours = f"{wall_clock(rule.start_time)} to {wall_clock(rule.end_time)}"
    return f"{rule.get_weekday_display()}, {hours}, {rule.location.name}{since}{until}"


@register.simple_tag
def only_for(rule: AvailabilityRule, kinds: Mapping[int, str]) -> str:
    """Which visits a window is for, by their names; empty where it is for all."""
    if not rule.visit_type_ids:
        return ""
    names = [kinds[key] for key in rule.visit_type_ids if key in kinds]
    return get_text_list(names, "and") or "visits that are no longer offered"


@register.filter
def leave_span(leave: AvailabilityException) -> str:
    """Time off as the clinic's clock shows it."""
    return span_words(leave.start, leave.end, clock.clinic_zone())


@register.simple_tag
def span_in(span: Any, zone: str | ZoneInfo | None = None) -> str:
    """Anything with a start and an end, by the clock of a zone (the clinic's without)."""
    return span_words(span.start, span.end, zone_of(zone))


def span_words(begins: datetime, ends: datetime, zone: ZoneInfo) -> str:
    """Whole days by their dates, hours by their times."""
    start, end = begins.astimezone(zone), ends.astimezone(zone)
    if start.time() == end.time() == time.min:
        last = end.date() - timedelta(days=1)
        first = long_date(start.date())
        return first if last == start.date() else f"{first} to {long_date(last)}"
    if start.date() == end.date():
        return f"{long_date(start)}, {clock_time(begins, zone)} to {clock_time(ends, zone)}"
    return f"{long_date(start)}, {clock_time(begins, zone)} to {long_date(end)}, {clock_time(ends, zone)}"


@register.filter
def at(mapping: Any, key: Any) -> Any:
    """What a mapping holds at a key that only the template knows."""
    return mapping.get(key)


@dataclass(frozen=True, kw_only=True)
class Card:
    """An appointment in a list. `status` is what its badge says: its own, or that it is over or has lapsed."""

    appointment: Appointment
    portrait: str
    specialties: str
    status: str
    note: str


@register.simple_tag(takes_context=True)
def cards_of(context: template.Context, appointments: Iterable[Appointment] | Appointment | None) -> list[Card]:
    """What a list shows of appointments to the person who looks, in three statements however many they are."""
    rows = [appointments] if isinstance(appointments, Appointment) else list(appointments or [])
    if not rows:
        return []
    prefetch_related_objects(rows, "doctor__specialties")
    portraits = portraits_of(row.doctor_id for row in rows)
    now = clock.now()
    return [_card(row, portraits.get(row.doctor_id, ""), context["user"], now) for row in rows]


def _card(appointment: Appointment, portrait: str, viewer: User | AnonymousUser, now: datetime) -> Card:
    has_ended = appointment.has_ended(now)
    return Card(
        appointment=appointment,
        portrait=portrait,
        specialties=", ".join(specialty.name for specialty in appointment.doctor.specialties.all()),
        status=badge_status(appointment, now),
        note=_note(appointment, viewer, has_ended=has_ended),
    )


@register.filter
def badge_status(appointment: Appointment, now: datetime) -> str:
    """What the badge of an appointment says of it: its status, or that it has lapsed, was given up or is over."""
    if appointment.has_ended(now):
        return "lapsed"
    if appointment.is_given_up:
        return "given-up"
    is_over = appointment.status == Status.BOOKED and appointment.end <= now
    return "over" if is_over else appointment.status


def _note(appointment: Appointment, viewer: User | AnonymousUser, *, has_ended: bool) -> str:
    if appointment.status == Status.CANCELLED:
        label = appointment.get_cancel_reason_display()
        is_own = viewer.pk is not None and appointment.patient.user_id == viewer.pk
        if appointment.is_given_up:
            return f"Given up by {'you' if is_own else 'the patient'}"
        return _OWN_DOING.get(CancelReason(appointment.cancel_reason), label) if is_own else label
    if appointment.status == Status.PENDING:
        return "No longer kept" if has_ended else f"{appointment.get_pending_reason_display()} {_until(appointment)}"
    return ""


def _until(appointment: Appointment) -> str:
    ends, zone = appointment.expires_at, appointment.location.zone
    is_today = ends is not None and local_time(ends, zone).date() == local_time(clock.now(), zone).date()
    return f"until {clock_time(ends, zone) if is_today else date_time(ends, zone)}"
