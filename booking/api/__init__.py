"""The API's side of booking: the services and selectors that the pages call, as JSON."""

from booking.api.appointments import AppointmentDetail, AppointmentList, AppointmentMove, ConsentList
from booking.api.slots import SlotList
from booking.api.verbs import (
    AppointmentArrive,
    AppointmentCancel,
    AppointmentExtend,
    AppointmentFulfil,
    AppointmentMiss,
    AppointmentUnarrive,
)

__all__ = [
    "AppointmentArrive",
    "AppointmentCancel",
    "AppointmentDetail",
    "AppointmentExtend",
    "AppointmentFulfil",
    "AppointmentList",
    "AppointmentMiss",
    "AppointmentMove",
    "AppointmentUnarrive",
    "ConsentList",
    "SlotList",
]
