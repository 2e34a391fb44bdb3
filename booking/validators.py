"""Rules about the shape of what people enter, each an `Invalid` with its message beside the field."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from booking.models import AvailabilityRule, LocationClosure
from common import clock
from common.errors import Invalid

NOTE_LENGTH = 120
NOTE_TOO_LONG = f"Use at most {NOTE_LENGTH} characters for the note."
REASON_LENGTH = 1000
MINUTES_LATE = (10, 15, 20, 30, 45, 60, 90, 120)
REASON_TOO_LONG = f"Use at most {REASON_LENGTH} characters to say what you would like to talk about."


def assert_rule(rule: AvailabilityRule) -> None:
    """A window that makes sense and overlaps no other of the doctor's."""
    if rule.weekday not in AvailabilityRule.Weekday.values:
        raise _invalid("weekday", "Choose a day of the week.")
    if rule.end_time <= rule.start_time:
        raise _invalid("end_time", "The end has to be later than the start.")
    if rule.valid_until is not None and rule.valid_until < rule.valid_from:
        raise _invalid("valid_until", "The last day cannot be before the first day.")
    if other := overlapping(rule):
        raise overlap_refused(other)


def assert_leave(*, start: datetime, end: datetime, note: str, now: datetime) -> None:
    if end <= start:
        raise _invalid("end", "The end has to be later than the start.")
    if end <= now:
        raise _invalid("end", "This time has passed already.")
    if len(note) > NOTE_LENGTH:
        raise _invalid("note", NOTE_TOO_LONG)


def assert_extra(*, start: datetime, end: datetime, note: str, now: datetime) -> None:
    assert_leave(start=start, end=end, note=note, now=now)
    if end - start > timedelta(days=1):
        raise _invalid("end", "Extra hours are at most a day long.")


def extra_refused(why: str) -> Invalid:
    return _invalid("start", why, code="extra_overlaps")


def assert_minutes_late(minutes: int) -> None:
    if minutes not in MINUTES_LATE:
        raise _invalid("minutes", "Choose how late you are.")


def assert_closure(closure: LocationClosure, *, now: datetime) -> None:
    """Days near enough to count with (`common.clock`) are the form's matter."""
    if not closure.label.strip():
        raise _invalid("label", "Say why the place is closed, in a word or two.", code="closure_invalid")
    last_field = "last_day" if closure.until_time is None else "until_time"
    zone = closure.location.time_zone
    start, end = clock.stretch(closure.first_day, closure.from_time, closure.last_day, closure.until_time, zone)
    if end <= start or closure.last_day < closure.first_day:
        raise _invalid(last_field, "The end has to be later than the start.", code="closure_invalid")
    if end <= now:
        raise _invalid(last_field, "This time has passed already.", code="closure_invalid")


def assert_reason(reason: str) -> None:
    if len(reason) > REASON_LENGTH:
        raise _invalid("reason", REASON_TOO_LONG, code="reason_too_long")


def overlapping(rule: AvailabilityRule) -> AvailabilityRule | None:
    """Another window of the doctor, at whatever place, that shares time with this one; touching is not sharing."""
    same_time = Q(weekday=rule.weekday, start_time__lt=rule.end_time, end_time__gt=rule.start_time)
    in_force = Q(valid_until=None) | Q(valid_until__gte=rule.valid_from)
    begun = Q() if rule.valid_until is None else Q(valid_from__lte=rule.valid_until)
    others = AvailabilityRule.objects.select_related("location").filter(doctor=rule.doctor_id)
    return others.filter(same_time, in_force, begun).exclude(pk=rule.pk).first()


def overlap_refused(other: AvailabilityRule) -> Invalid:
    return _invalid(
        "start_time",
        f"This overlaps your window on {other.get_weekday_display()} from {other.start_time:%H:%M}"
        f" to {other.end_time:%H:%M} at {other.location}.",
        code="rule_overlaps",
    )


def copied(rule: AvailabilityRule, weekday: int) -> AvailabilityRule:
    """The same window on another day, not saved."""
    same = ("doctor", "location", "start_time", "end_time", "valid_from", "valid_until")
    return AvailabilityRule(weekday=weekday, **{name: getattr(rule, name) for name in same})


def is_alike(one: AvailabilityRule, other: AvailabilityRule) -> bool:
    """Whether two windows of a doctor are the same but for since when they hold."""
    same = ("location_id", "weekday", "start_time", "end_time", "valid_until")
    return all(getattr(one, name) == getattr(other, name) for name in same)


def nothing_to_copy(*, has_hours: bool) -> Invalid:
    if has_hours:
        return _invalid("to", "Choose at least one other day.")
    return _invalid("weekday", "You have no hours on this day to copy.")


def copy_refused(other: AvailabilityRule) -> Invalid:
    (message,) = overlap_refused(other).fields["start_time"]
    return _invalid("to", f"Nothing is copied. {message}", code="rule_overlaps")


def _invalid(field: str, message: str, *, code: str = "availability_invalid") -> Invalid:
    return Invalid(code, message, fields={field: [message]})
