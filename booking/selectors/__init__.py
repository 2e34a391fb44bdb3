from booking.selectors.affected import (
    DatedHours,
    affected_by,
    affected_by_closure,
    affected_in,
    rest_of_today,
    shut_at,
    shut_days_of,
    shut_on,
    told_if_late,
    with_affected,
)
from booking.selectors.ahead import appointments_ahead
from booking.selectors.appointments import (
    appointment_for,
    appointment_linked,
    appointments_visible_to,
    day_of_clinic,
    day_of_doctor,
    days_of_doctor,
    requests_of_doctor,
    shares_of,
    shares_offered_to,
    was_approved,
)
from booking.selectors.availability import (
    Availability,
    availability_of,
    leave_of,
    limits_seen,
    removed_rule,
    rule_of,
    version_of,
    week_version,
)
from booking.selectors.feeds import appointments_of_feed, feed_at, feeds_of
from booking.selectors.opening import OpenDay, open_days_of
from booking.selectors.outside import Hours, hours_of, left_outside, outside_hours
from booking.selectors.past import appointments_behind, appointments_with, days_behind, lies_ahead
from booking.selectors.register import register_after, register_before, register_estimate, register_found
from booking.selectors.report import Counted, report_counts, report_found
from booking.selectors.settings import booking_settings
from booking.selectors.shown import slots_shown
from booking.selectors.times import Moving, nearest_alternatives, next_slot_after, places_of, slot_offered, slots_for
from booking.selectors.told import appointment_facts, appointment_path
from booking.selectors.week import week_of_doctor

__all__ = [
    "Availability",
    "Counted",
    "DatedHours",
    "Hours",
    "Moving",
    "OpenDay",
    "affected_by",
    "affected_by_closure",
    "affected_in",
    "appointment_facts",
    "appointment_for",
    "appointment_linked",
    "appointment_path",
    "appointments_ahead",
    "appointments_behind",
    "appointments_of_feed",
    "appointments_visible_to",
    "appointments_with",
    "availability_of",
    "booking_settings",
    "day_of_clinic",
    "day_of_doctor",
    "days_behind",
    "days_of_doctor",
    "feed_at",
    "feeds_of",
    "hours_of",
    "leave_of",
    "left_outside",
    "lies_ahead",
    "limits_seen",
    "nearest_alternatives",
    "next_slot_after",
    "open_days_of",
    "outside_hours",
    "places_of",
    "register_after",
    "register_before",
    "register_estimate",
    "register_found",
    "removed_rule",
    "report_counts",
    "report_found",
    "requests_of_doctor",
    "rest_of_today",
    "rule_of",
    "shares_of",
    "shares_offered_to",
    "shut_at",
    "shut_days_of",
    "shut_on",
    "slot_offered",
    "slots_for",
    "slots_shown",
    "told_if_late",
    "version_of",
    "was_approved",
    "week_of_doctor",
    "week_version",
    "with_affected",
]
