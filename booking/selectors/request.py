"""What booking a time has to know besides the doctor's calendar, in two statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from accounts.models import Patient
from booking import locks
from booking.models import Appointment, BookingSettings, standing_at
from booking.rows import Reader, columns, fetch
from booking.slots import Span
from booking.states import LIVE, Status
from common import clock
from doctors.models import Doctor, Location, VisitType


@dataclass(frozen=True)
class Offer:
    """An active visit type of a doctor, where it is asked for, and what the installation has decided.

    `listed` are the times that search shows of the doctor; `widest` is the most minutes that any of the doctor's
    visits takes, buffers included; `visits_ahead` how many of the patient's stand ahead, by the database's clock;
    `consents_open` the keys of what the clinic asks and the patient has not agreed to.
    """

    visit_type: VisitType
    location: Location | None
    settings: BookingSettings
    listed: Sequence[datetime]
    widest: int
    visits_ahead: int
    consents_open: Sequence[int]


class Rival(NamedTuple):
    """A live appointment that may stand in the way; `is_over` by the database's clock, for a wait that has ended."""

    pk: int
    is_own: bool
    is_pending: bool
    is_over: bool
    takes_patient: bool
    takes_doctor: bool


def offer_of(doctor: Doctor, *, patient: Patient, visit_type_id: UUID, location_id: int) -> Offer | None:
    """None where the doctor offers no such visit type now; `location` is None where there is no such place.

    Doctor and patient are locked. The place is held, shared, so that it is not shut between this look at its days and
    the commit.
    """
    sql = f"""
        WITH location AS MATERIALIZED (SELECT * FROM doctors_location WHERE id = %s {locks.FOR_SHARE})
        SELECT {columns(VisitType, "visit")}, {columns(Location, "location")}, {columns(BookingSettings, "settings")},
            ARRAY(SELECT unnest(next_times) FROM doctors_listing WHERE doctor_id = visit.doctor_id),
            (SELECT max(minutes + greatest(buffer_before, %s) + greatest(buffer_after, %s))
             FROM doctors_visittype other WHERE other.doctor_id = visit.doctor_id AND other.is_active),
            (SELECT count(*) FROM booking_appointment ahead WHERE ahead.patient_id = %s
             AND ahead.start > statement_timestamp() AND ahead.status = ANY(%s)
             AND (ahead.status <> %s OR ahead.expires_at > statement_timestamp())),
            ARRAY(SELECT question.id FROM accounts_consentquestion question WHERE question.is_active AND NOT EXISTS (
                SELECT FROM accounts_consentrecord given WHERE given.patient_id = %s
                AND given.question_id = question.id AND given.version = question.version AND given.status = 'active'))
        FROM doctors_visittype visit
        LEFT JOIN location ON true
        LEFT JOIN (booking_bookingsettings settings
            JOIN wagtailcore_site site ON site.id = settings.site_id AND site.is_default_site) ON true
        WHERE visit.public_id = %s AND visit.doctor_id = %s AND visit.is_active
    """  # noqa: S608 — names of ours, the values are parameters
    buffers = [doctor.buffer_before, doctor.buffer_after]
    patients = [patient.pk, sorted(LIVE), Status.PENDING.value, patient.pk]
    rows = fetch(sql, [location_id, *buffers, *patients, visit_type_id, doctor.pk])
    if not rows:
        return None
    reader = Reader(rows[0])
    visit_type, location = reader.instance(VisitType), reader.instance(Location)
    settings = reader.instance(BookingSettings) or BookingSettings()
    assert visit_type is not None
    visit_type.doctor = doctor
    return Offer(visit_type, location, settings, *(reader.value() for _ in range(4)))


def rivals_of(*, doctor_id: int, patient_id: int, visit: Span, blocked: Span) -> list[Rival]:
    """What takes the doctor's time `blocked` or the patient's time `visit`, and all that the patient waits for."""
    rows = fetch(
        _RIVALS,
        {
            "doctor": doctor_id,
            "patient": patient_id,
            "start": visit.start,
            "end": visit.end,
            "blocked_start": blocked.start,
            "blocked_end": blocked.end,
            "live": sorted(LIVE),
            "pending": Status.PENDING.value,
        },
    )
    return [Rival(*row) for row in rows]


def visits_on_day_of(doctor: Doctor, start: datetime, location: Location) -> QuerySet[Appointment]:
    """A doctor's visits that stand, by the database's clock, on the day of an instant, as a place counts days."""
    zone = location.time_zone
    day = start.astimezone(zone).date()
    that_day = Q(start__gte=clock.start_of_day(day, zone), start__lt=clock.end_of_day(day, zone))
    return Appointment.objects.filter(standing_at(Now()), that_day, doctor=doctor)


_RIVALS = """
    SELECT id, is_own, is_pending, is_pending AND expires_at <= statement_timestamp(), takes_patient, takes_doctor
    FROM (
        SELECT id, expires_at, status = %(pending)s AS is_pending, patient_id = %(patient)s AS is_own,
            patient_id = %(patient)s AND start < %(end)s AND "end" > %(start)s AS takes_patient,
            doctor_id = %(doctor)s AND blocked && tstzrange(%(blocked_start)s, %(blocked_end)s) AS takes_doctor
        FROM booking_appointment
        WHERE status = ANY(%(live)s) AND (
            patient_id = %(patient)s AND (status = %(pending)s OR start < %(end)s AND "end" > %(start)s)
            OR doctor_id = %(doctor)s AND blocked && tstzrange(%(blocked_start)s, %(blocked_end)s))
    ) near
"""
