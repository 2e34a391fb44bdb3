"""What the database refuses, in the domain's words. Each stands around `transaction.atomic`: it is undone first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError
from psycopg import errors

from booking.errors import SlotTaken
from booking.selectors.times import Moving, nearest_alternatives
from common.errors import Busy, Conflict, NotFound
from common.locks import busy_if_locked
from doctors.models import VisitType

_PATIENT_CONSTRAINT = "appointment_patient_no_overlap"


class RivalFound(Exception):
    """Somebody else has the time. It becomes `SlotTaken` when the locks are gone: to look for alternatives takes
    longer than to book, and the others who want the same time are waiting."""


@contextmanager
def taken_if_refused(
    visit_type_id: UUID, *, start: datetime, now: datetime, moving: Moving | None = None
) -> Iterator[None]:
    """A rival, an overlap or a deadlock is `SlotTaken` with alternatives, the patient's own overlap `patient_busy`."""
    try:
        with busy_if_locked():
            yield
    except RivalFound as error:
        raise slot_taken(visit_type_id, start=start, now=now, moving=moving) from error
    except IntegrityError as error:
        if not isinstance(error.__cause__, errors.ExclusionViolation):
            raise
        if error.__cause__.diag.constraint_name == _PATIENT_CONSTRAINT:
            raise patient_busy() from error
        raise slot_taken(visit_type_id, start=start, now=now, moving=moving) from error
    except Busy as error:
        if isinstance(error.__cause__ and error.__cause__.__cause__, errors.DeadlockDetected):
            raise slot_taken(visit_type_id, start=start, now=now, moving=moving) from error
        raise


def patient_busy() -> Conflict:
    return Conflict("patient_busy", "You already have an appointment at that time.")


def slot_taken(visit_type_id: UUID, *, start: datetime, now: datetime, moving: Moving | None = None) -> SlotTaken:
    """With the three nearest free times. Raises `NotFound` for a visit type that does not exist."""
    visit_type = VisitType.objects.select_related("doctor").filter(public_id=visit_type_id).first()
    if visit_type is None:
        raise NotFound
    doctor = visit_type.doctor
    return SlotTaken(nearest_alternatives(doctor=doctor, visit_type=visit_type, start=start, now=now, moving=moving))
