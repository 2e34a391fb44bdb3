"""Rules about the shape of what people enter, each an `Invalid` with its message beside the field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta

from django.utils.text import get_text_list

from booking.models import AvailabilityRule, LocationClosure
from common import clock
from common.errors import Invalid
from common.templatetags.when import wall_clock
from doctors.models import VisitType

NOTE_LENGTH = 120
NOTE_TOO_LONG = f"Use at most {NOTE_LENGTH} characters for the note."
REASON_LENGTH = 1000
# The least and the most of a doctor's own limits: visits, days, and minutes.
LIMITS = {
    "daily_cap": (1, 200),
    "horizon_days": (1, 365),
    "minimum_notice": (0, 28 * 24 * 60),
    "buffer_before": (0, 120),
    "buffer_after": (0, 120),
}
MIDNIGHT = time(0)
MINUTES_LATE = (10, 15, 20, 30, 45, 60, 90, 120)
REASON_TOO_LONG = f"Use at most {REASON_LENGTH} characters to say what you would like to talk about."


def assert_rule(rule: AvailabilityRule, others: Iterable[AvailabilityRule]) -> None:
    """A window that makes sense and overlaps none of the doctor's others."""
    if rule.weekday not in AvailabilityRule.Weekday.values:
        raise _invalid("weekday", "Choose a day of the week.")
    if rule.end_time == MIDNIGHT:
        raise _invalid("end_time", "A window ends on the day on which it begins: by 11:59pm at the latest.")
    if rule.end_time <= rule.start_time:
        raise _invalid("end_time", "The end has to be later than the start.")
    if rule.valid_until is not None and rule.valid_until < rule.valid_from:
        raise _invalid("valid_until", "The last day cannot be before the first day.")
    if other := overlapping(rule, others):
        raise overlap_refused(rule, other)


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


def assert_limits(limits: Mapping[str, int | None]) -> None:
    """Each limit of a doctor's is empty, or within what makes sense."""
    wrong = {
        name: [limit_refused(name)]
        for name, (least, most) in LIMITS.items()
        if (value := limits[name]) is not None and not least <= value <= most
    }
    if wrong:
        raise Invalid("availability_invalid", "Some of these limits cannot be right.", fields=wrong)


def limit_refused(name: str) -> str:
    least, most = LIMITS[name]
    return f"Enter a number from {least} to {most}, or leave it empty."


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


def overlapping(rule: AvailabilityRule, others: Iterable[AvailabilityRule]) -> AvailabilityRule | None:
    """The first of the doctor's other windows, at whatever place, that shares time and a visit type with this one.

    Touching is not sharing.
    """
    return next((other for other in others if other.public_id != rule.public_id and _overlap(rule, other)), None)


def _overlap(one: AvailabilityRule, other: AvailabilityRule) -> bool:
    if one.weekday != other.weekday or one.start_time >= other.end_time or other.start_time >= one.end_time:
        return False
    if _has_ended(one, other.valid_from) or _has_ended(other, one.valid_from):
        return False
    mine, theirs = set(one.visit_type_ids), set(other.visit_type_ids)
    return not mine or not theirs or bool(mine & theirs)


def _has_ended(rule: AvailabilityRule, day: date) -> bool:
    return rule.valid_until is not None and rule.valid_until < day


def overlap_refused(rule: AvailabilityRule, other: AvailabilityRule) -> Invalid:
    """Names the other window, and the visits that both are for where they are not for all."""
    both = set(rule.visit_type_ids) & set(other.visit_type_ids) or {*rule.visit_type_ids, *other.visit_type_ids}
    names = list(VisitType.objects.filter(pk__in=both).values_list("name", flat=True))
    both_for = f" Both are for {get_text_list(names, 'and')}." if names else ""
    return _invalid(
        "start_time",
        f"This overlaps your window on {other.get_weekday_display()} from {wall_clock(other.start_time)}"
        f" to {wall_clock(other.end_time)} at {other.location}.{both_for}",
        code="rule_overlaps",
    )


def copied(rule: AvailabilityRule, weekday: int) -> AvailabilityRule:
    """The same window on another day, not saved."""
    same = ("doctor", "location", "start_time", "end_time", "valid_from", "valid_until", "visit_type_ids")
    return AvailabilityRule(weekday=weekday, **{name: getattr(rule, name) for name in same})


def is_alike(one: AvailabilityRule, other: AvailabilityRule) -> bool:
    """Whether two windows of a doctor are the same but for since when they hold."""
    same = ("location_id", "weekday", "start_time", "end_time", "valid_until", "visit_type_ids")
    return all(getattr(one, name) == getattr(other, name) for name in same)


def nothing_to_copy(*, has_hours: bool) -> Invalid:
    if has_hours:
        return _invalid("to", "Choose at least one other day.")
    return _invalid("weekday", "You have no hours on this day to copy.")


def copy_refused(rule: AvailabilityRule, other: AvailabilityRule) -> Invalid:
    (message,) = overlap_refused(rule, other).fields["start_time"]
    return _invalid("to", f"Nothing is copied. {message}", code="rule_overlaps")


def _invalid(field: str, message: str, *, code: str = "availability_invalid") -> Invalid:
    return Invalid(code, message, fields={field: [message]})
