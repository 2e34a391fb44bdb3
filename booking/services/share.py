from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from accounts.policies import is_invited
from accounts.services import invitation_accept, invitation_end
from accounts.states import LIVE, EndReason, InvitationState, assert_can_move
from audit.services import event_record
from booking.locks import lock_appointment
from booking.models import Appointment, AppointmentShare, AppointmentUserGrant
from booking.policies import can_share
from booking.selectors.appointments import appointment_for
from booking.selectors.told import about_appointment
from booking.states import CANCELLABLE, SHARE_LASTS
from common import clock
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.history import sign
from common.locks import busy_if_locked
from common.permissions import grant, revoke
from notifications.services import Outgoing, messages_queue

SHARED_MAY = ("view_appointment", "cancel_appointment")
MOST_SHARES = 10


def appointment_share(
    *, actor: User, appointment_id: UUID, email: str, now: datetime | None = None
) -> AppointmentShare:
    """The patient asks whoever has that address to see and cancel this one appointment, if they say yes.

    The same happens whether or not anybody has an account with it; asking again changes nothing. Raises `NotFound`,
    `Forbidden`, `Invalid` (`own_address`, field `email`), `Conflict` (`illegal_transition`, `too_many_shares`), `Busy`.
    """
    now = now or clock.now()
    with busy_if_locked(), transaction.atomic():
        appointment = _locked_for_sharing(actor, appointment_id)
        _assert_open(appointment)
        address = email.strip().lower()
        if address == actor.email:
            message = "This is your own address. Enter the address of the person who helps you."
            raise Invalid("own_address", message, fields={"email": [message]})
        same = appointment.shares.filter(email=address, state__in=sorted(LIVE)).first()
        if same is not None:
            return same
        if appointment.shares.count() >= MOST_SHARES:
            raise Conflict("too_many_shares", "This appointment has been shared with many people already.")
        share = AppointmentShare(appointment=appointment, email=address, invited_at=now)
        sign(share, actor)
        share.save(force_insert=True)
        event_record("appointment.shared", appointment, actor=actor, share=str(share.public_id))
        messages_queue(messages=[_to_invited(share)], now=now)
        return share


def share_accept(*, actor: User, share_id: UUID, now: datetime | None = None) -> Appointment:
    """Yes, by whoever has proved to have the address: the appointment is open to them until `SHARE_LASTS` after it.

    Saying it twice changes nothing. Raises `NotFound`, `Conflict` (`illegal_transition`) and `Busy`.
    """
    now = now or clock.now()
    with busy_if_locked(), transaction.atomic():
        share = _share_locked(share_id)
        appointment = share.appointment
        if not is_invited(actor, share) or appointment.patient.user_id == actor.pk:
            raise NotFound
        if share.state == InvitationState.ACCEPTED and share.user_id == actor.pk:
            return appointment
        assert_can_move(share.state, InvitationState.ACCEPTED)
        _assert_open(appointment)
        invitation_accept(invitation=share, actor=actor, now=now)
        for codename in SHARED_MAY:
            grant(actor, codename, appointment, expires_at=appointment.end + SHARE_LASTS)
        event_record("appointment.share_accepted", appointment, actor=actor, share=str(share.public_id))
        return appointment


def share_decline(*, actor: User, share_id: UUID, now: datetime | None = None) -> None:
    """No, by whoever has proved to have the address. Raises `NotFound`, `Conflict` (`illegal_transition`), `Busy`."""
    now = now or clock.now()
    with busy_if_locked(), transaction.atomic():
        share = _share_locked(share_id)
        if not is_invited(actor, share):
            raise NotFound
        if share.end_reason == EndReason.DECLINED:
            return
        if share.state == InvitationState.ACCEPTED:
            raise Conflict("illegal_transition", "You have accepted already.", current=share.state)
        invitation_end(invitation=share, reason=EndReason.DECLINED, actor=actor, now=now)
        event_record("appointment.share_declined", share.appointment, actor=actor, share=str(share.public_id))


def appointment_unshare(
    *, actor: User, appointment_id: UUID, share_id: UUID, now: datetime | None = None
) -> Appointment:
    """The patient takes it back, answered or not; what has ended before is no error.

    Raises `NotFound`, `Forbidden` and `Busy`.
    """
    now = now or clock.now()
    with busy_if_locked(), transaction.atomic():
        appointment = _locked_for_sharing(actor, appointment_id)
        share = appointment.shares.filter(public_id=share_id).first()
        if share is None:
            raise NotFound
        if share.state == InvitationState.ENDED:
            return appointment
        invitation_end(invitation=share, reason=EndReason.REVOKED, actor=actor, now=now)
        for codename in SHARED_MAY:
            if share.user is not None:
                revoke(share.user, codename, appointment)
        event_record("appointment.unshared", appointment, actor=actor, share=str(share.public_id))
        return appointment


def shares_follow(appointment: Appointment) -> None:
    """A (locked) appointment has another time: whoever sees it by a share keeps that until `SHARE_LASTS` after it."""
    helpers = appointment.shares.filter(state=InvitationState.ACCEPTED).values("user")
    theirs = AppointmentUserGrant.objects.filter(content_object=appointment, user__in=helpers)
    theirs.filter(permission__codename__in=SHARED_MAY).update(expires_at=appointment.end + SHARE_LASTS)


def _locked_for_sharing(actor: User, appointment_id: UUID) -> Appointment:
    appointment = lock_appointment(appointment_for(actor, appointment_id))
    if not can_share(actor, appointment):
        raise Forbidden("patients_only", "Only the patient can share this appointment.")
    return appointment


def _share_locked(share_id: UUID) -> AppointmentShare:
    """The share as it is now; the appointment's lock, which every writer of it takes, is its lock too."""
    appointment = Appointment.objects.filter(shares__public_id=share_id).first()
    if appointment is None:
        raise NotFound
    locked = lock_appointment(appointment)
    share = locked.shares.get(public_id=share_id)
    share.appointment = locked
    return share


def _assert_open(appointment: Appointment) -> None:
    if appointment.status not in CANCELLABLE:
        raise Conflict("illegal_transition", "This appointment cannot be shared any more.", current=appointment.status)


def _to_invited(share: AppointmentShare) -> Outgoing:
    """Nothing of the appointment goes to an address that nobody has proved."""
    facts = {"path": reverse("booking:appointment_list")}
    key, about = f"share_invited:{share.public_id}", about_appointment(share.appointment)
    return Outgoing(kind="share_invited", email=share.email, facts=facts, dedupe_key=key, about=about)
