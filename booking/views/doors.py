"""The two doors to an appointment that is moved or cancelled: signed in, and by the link of a mail."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from accounts.models import User
from accounts.policies import SignedInRequest
from booking import selectors, services
from booking.links import Proof
from booking.models import Appointment
from booking.policies import link_opens
from common import clock
from common.errors import NotFound

_PROOFS = "booking.links"


class Door:
    """Somebody who is signed in. `viewer` is whom every rule is asked about; the paths are of this door's pages."""

    layout: ClassVar = "ui/layout_app.html"
    # Whether this door also leads to other appointments of the same patient.
    leads_on: ClassVar = True
    _routes: ClassVar = ("appointment_detail", "move", "move_confirm", "cancel")

    def __init__(self, viewer: User, appointment: Appointment) -> None:
        self.viewer, self.appointment = viewer, appointment
        self.detail, self.times, self.confirm, self.ending = (
            reverse(f"booking:{route}", args=[appointment.public_id]) for route in self._routes
        )

    def refresh(self) -> None:
        """The appointment as it is now."""
        self.appointment = selectors.appointment_for(self.viewer, self.appointment.public_id)

    def move(self, **asked: Any) -> Appointment:
        return services.appointment_move(actor=self.viewer, appointment_id=self.appointment.public_id, **asked)

    def cancel(self) -> Appointment:
        return services.appointment_cancel(actor=self.viewer, appointment_id=self.appointment.public_id)


class LinkDoor(Door):
    """Somebody who had the link of the patient's mail and knew the date of birth: the patient, for this one."""

    layout: ClassVar = "booking/layout_link.html"
    leads_on: ClassVar = False
    _routes: ClassVar = ("linked", "linked_move", "linked_move_confirm", "linked_cancel")

    def __init__(self, viewer: User, appointment: Appointment, proof: Proof | None) -> None:
        super().__init__(viewer, appointment)
        self.proof = proof

    def move(self, **asked: Any) -> Appointment:
        return services.link_move(proof=self.proof, appointment_id=self.appointment.public_id, **asked)

    def cancel(self) -> Appointment:
        return services.link_cancel(proof=self.proof, appointment_id=self.appointment.public_id)


def signed_in_door(request: SignedInRequest, appointment_id: UUID) -> Door:
    """Raises `NotFound` for an appointment that the person may not see."""
    return Door(request.user, selectors.appointment_for(request.user, appointment_id))


def link_door(request: HttpRequest, appointment_id: UUID) -> LinkDoor:
    """Raises `NotFound` where this browser has not proved, lately, that it may come to this appointment by a link."""
    proof = _proof_in(request.session, appointment_id)
    appointment = selectors.appointment_linked(appointment_id)
    if appointment is None or not link_opens(proof, appointment, now=clock.now()):
        raise NotFound
    owner = appointment.patient.user
    assert owner is not None
    return LinkDoor(owner, appointment, proof)


def keep_proof(request: HttpRequest, proof: Proof) -> None:
    """In the browser's session, under a new name of that: nobody who knew the old one comes along."""
    request.session.cycle_key()
    now = clock.now()
    held: dict[str, str] = request.session.get(_PROOFS, {})
    live = {one: until for one, until in held.items() if (parse_datetime(until) or now) > now}
    request.session[_PROOFS] = live | {str(proof.appointment_id): proof.until.isoformat()}


def _proof_in(session: SessionBase, appointment_id: UUID) -> Proof | None:
    until = parse_datetime(session.get(_PROOFS, {}).get(str(appointment_id), ""))
    return Proof(appointment_id=appointment_id, until=until) if until else None
