"""What people were told, the address that ends emails of one kind, and what they asked to have cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from booking.models import Cancelling
from booking.states import CancelReason
from common import clock
from notifications.kinds import Kind
from notifications.stopping import make_stop_token
from notifications.tests.factories import MessageFactory
from tests.permissions.matrix.people import Who
from tests.permissions.matrix.things import Things, ids_of, owned

if TYPE_CHECKING:
    from tests.permissions.matrix.world import World


def notices_in(world: World) -> dict[str, Things]:
    """A notice of each patient's, and the address that ends the emails of one kind to A."""
    people = world.people
    notices = {
        name: MessageFactory(user=people[who], kind="record_new", facts={"path": "/health-record/"})
        for name, who in (("a", Who.PATIENT_A), ("b", Who.PATIENT_B))
    }
    token = make_stop_token(people[Who.PATIENT_A], Kind.RECORD_NEW)
    stop = Things({"a": token}, {"a": dict.fromkeys(Who, "holder")})
    cancellings = {
        name: Cancelling.objects.create(asked_by=people[who], asked_at=clock.now(), why=CancelReason.DOCTOR)
        for name, who in (("a", Who.DOCTOR_A), ("b", Who.DOCTOR_B))
    }
    return {
        "cancelling": Things(ids_of(**cancellings), owned(Who.DOCTOR_A, Who.DOCTOR_B)),
        "notice": Things(ids_of(**notices), owned(Who.PATIENT_A, Who.PATIENT_B)),
        "stop": stop,
    }
