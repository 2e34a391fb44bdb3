from booking.models.cancelling import Cancelling, CancellingVisit
from booking.models.diary import (
    Appointment,
    AppointmentGroupGrant,
    AppointmentShare,
    AppointmentUserGrant,
    AvailabilityException,
    AvailabilityRule,
    CalendarFeed,
    LocationClosure,
    ended_by,
    standing_at,
)
from booking.models.reminders import ReminderRound
from booking.models.settings import BookingSettings

__all__ = [
    "Appointment",
    "AppointmentGroupGrant",
    "AppointmentShare",
    "AppointmentUserGrant",
    "AvailabilityException",
    "AvailabilityRule",
    "BookingSettings",
    "CalendarFeed",
    "Cancelling",
    "CancellingVisit",
    "LocationClosure",
    "ReminderRound",
    "ended_by",
    "standing_at",
]
