"""What the tests of moving an appointment have in common."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import UserFactory
from audit.models import Event
from booking.models import Appointment
from booking.services import appointment_move
from booking.tests.steps import user_of
from common.errors import DomainError
from doctors.models import Doctor
from doctors.services import staff_join
from notifications.models import Message

HALF = timedelta(minutes=30)


def move(appointment: Appointment, actor: User, start: datetime, **more: Any) -> Appointment:
    return appointment_move(actor=actor, appointment_id=appointment.public_id, start=start, **more)


def refused(appointment: Appointment, actor: User, start: datetime, **more: Any) -> str:
    """The code of the refusal, after which nothing has changed and nobody was told."""
    before = everything_about(appointment)
    with pytest.raises(DomainError) as error:
        move(appointment, actor, start, **more)
    assert everything_about(appointment) == before
    return error.value.code


def everything_about(appointment: Appointment) -> tuple[object, ...]:
    row = Appointment.objects.filter(pk=appointment.pk).values().get()
    return row, Message.objects.count(), Event.objects.count(), appointment.history.count()


def own(appointment: Appointment) -> User:
    return user_of(appointment.patient)


def at_the_desk_of(doctor: Doctor) -> User:
    user = UserFactory.create(roles=[Role.CLINIC_STAFF])
    staff_join(actor=None, location_id=doctor.locations.get().pk, user_id=user.public_id)
    return user
