"""Letting somebody help a patient: who invites, who answers, what may change, and how it ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from accounts.locks import lock_carer, lock_patient
from accounts.models import Carer, Patient, User
from accounts.policies import is_invited
from accounts.selectors import patient_of
from accounts.services.invitations import invitation_accept, invitation_end
from accounts.states import LIVE, READING, EndReason, InvitationState, Scope, assert_can_move
from audit.services import event_record
from common import clock
from common.errors import Conflict, Invalid, NotFound
from common.history import sign
from notifications.services import Outgoing, messages_queue

MOST_CARERS = 10
INVITATIONS_A_DAY = 10
# To its last day's end, whichever the hour it is given at.
READS_AT_MOST = timedelta(days=367)


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a carer may do, and until when (an instant; None: until it is taken back). Who books also sees."""

    scopes: frozenset[Scope]
    expires_at: datetime | None = None

    @property
    def fields(self) -> dict[str, bool | datetime | None]:
        given = self.scopes | {Scope.SEE} if Scope.BOOK in self.scopes else self.scopes
        return {scope.value: scope in given for scope in Scope} | {"expires_at": self.expires_at}


@transaction.atomic
def carer_invite(*, actor: User, email: str, relation: str, terms: Terms, now: datetime | None = None) -> Carer:
    """Ask whoever has that address to help the actor as a patient. The same happens whether or not anybody has.

    Asking again while it stands changes nothing and sends nothing. Raises `NotFound` for somebody without a profile,
    `Invalid` (`own_address`, field `email`; `nothing_allowed`; `already_over` and `reading_ends`, field `until`) and
    `Conflict` (`too_many_carers`, `too_many_invitations`).
    """
    now = now or clock.now()
    patient = _own_patient_locked(actor)
    address = email.strip().lower()
    if address == actor.email:
        message = "This is your own address. Enter the address of the person who helps you."
        raise Invalid("own_address", message, fields={"email": [message]})
    _assert_sensible(terms, now)
    standing = {carer.email: carer for carer in patient.carers.filter(state__in=sorted(LIVE))}
    same = standing.pop(address, None)
    if same is not None and not same.has_expired(now):
        return same
    if same is not None:
        invitation_end(invitation=same, reason=EndReason.EXPIRED, actor=None, now=now)
        event_record("carer.expired", same, actor=None)
    _assert_not_too_many(patient, len(standing), now)
    carer = Carer(patient=patient, email=address, relation=relation, invited_at=now, **terms.fields)
    sign(carer, actor)
    carer.save(force_insert=True)
    event_record("carer.invited", carer, actor=actor, relation=relation, **_as_words(carer))
    messages_queue(messages=[_to_invited(carer), *_to_patient(carer, "invited", now)], now=now)
    return carer


@transaction.atomic
def carer_accept(*, actor: User, carer_id: UUID, now: datetime | None = None) -> Carer:
    """Yes, by whoever has proved to have the invited address. Saying it twice changes nothing.

    Raises `NotFound`, and `Conflict` (`illegal_transition`, `current`; `own_invitation`; `already_carer`).
    """
    now = now or clock.now()
    carer = _invitation_locked(actor, carer_id)
    if carer.state == InvitationState.ACCEPTED and carer.user_id == actor.pk:
        return carer
    assert_can_move(carer.state, InvitationState.ACCEPTED)
    if carer.has_expired(now):
        raise Conflict("illegal_transition", "This invitation is over.", current=InvitationState.ENDED)
    if carer.patient.user_id == actor.pk:
        raise Conflict("own_invitation", "You cannot be your own carer.")
    if carer.patient.carers.filter(user=actor, state=InvitationState.ACCEPTED).exists():
        raise Conflict("already_carer", "You help this person already.")
    invitation_accept(invitation=carer, actor=actor, now=now)
    actor.may_be_carer = True
    event_record("carer.accepted", carer, actor=actor, **_as_words(carer))
    messages_queue(messages=_to_patient(carer, "accepted", now), now=now)
    return carer


@transaction.atomic
def carer_decline(*, actor: User, carer_id: UUID, now: datetime | None = None) -> Carer:
    """No, by whoever has proved to have the invited address. Raises `NotFound`, `Conflict` (`illegal_transition`)."""
    now = now or clock.now()
    carer = _invitation_locked(actor, carer_id)
    if carer.end_reason == EndReason.DECLINED:
        return carer
    if carer.state == InvitationState.ACCEPTED:
        message = "You have accepted already. You can stop helping at any time."
        raise Conflict("illegal_transition", message, current=carer.state)
    invitation_end(invitation=carer, reason=EndReason.DECLINED, actor=actor, now=now)
    event_record("carer.declined", carer, actor=actor)
    messages_queue(messages=_to_patient(carer, "declined", now), now=now)
    return carer


@transaction.atomic
def carer_change(*, actor: User, carer_id: UUID, terms: Terms, now: datetime | None = None) -> Carer:
    """Other rights or another end, by the patient. The same again changes nothing.

    Raises `NotFound`, `Invalid` (as `carer_invite`) and `Conflict` (`illegal_transition`).
    """
    now = now or clock.now()
    carer = _own_carer_locked(actor, carer_id)
    if carer.state == InvitationState.ENDED:
        raise Conflict("illegal_transition", "This person does not help you any more.", current=carer.state)
    _assert_sensible(terms, now)
    before = _as_words(carer)
    for name, value in terms.fields.items():
        setattr(carer, name, value)
    if _as_words(carer) == before:
        return carer
    sign(carer, actor)
    carer.save(update_fields=list(terms.fields))
    event_record("carer.changed", carer, actor=actor, before=before, after=_as_words(carer))
    messages_queue(messages=_to_patient(carer, "changed", now), now=now)
    return carer


@transaction.atomic
def carer_revoke(*, actor: User, carer_id: UUID, now: datetime | None = None) -> Carer:
    """The patient takes an invitation or a carer's rights back; they are gone with the commit. Twice is no error.

    Raises `NotFound`, and `Conflict` (`illegal_transition`) where it had ended otherwise.
    """
    now = now or clock.now()
    carer = _own_carer_locked(actor, carer_id)
    if carer.end_reason == EndReason.REVOKED:
        return carer
    told = [*_to_patient(carer, "revoked", now), *_to_helper(carer)]
    invitation_end(invitation=carer, reason=EndReason.REVOKED, actor=actor, now=now)
    event_record("carer.revoked", carer, actor=actor)
    messages_queue(messages=told, now=now)
    return carer


@transaction.atomic
def carer_leave(*, actor: User, carer_id: UUID, now: datetime | None = None) -> Carer:
    """The carer gives it up. Twice is no error. Raises `NotFound`, `Conflict` (`illegal_transition`)."""
    now = now or clock.now()
    carer = lock_carer(carer_id)
    if carer.user_id != actor.pk:
        raise NotFound
    if carer.end_reason == EndReason.LEFT:
        return carer
    invitation_end(invitation=carer, reason=EndReason.LEFT, actor=actor, now=now)
    event_record("carer.left", carer, actor=actor)
    messages_queue(messages=_to_patient(carer, "left", now), now=now)
    return carer


def _own_patient_locked(actor: User) -> Patient:
    patient = patient_of(actor)
    if patient is None:
        raise NotFound
    return lock_patient(patient.public_id)


def _own_carer_locked(actor: User, carer_id: UUID) -> Carer:
    carer = lock_carer(carer_id)
    if carer.patient.user_id != actor.pk:
        raise NotFound
    return carer


def _invitation_locked(actor: User, carer_id: UUID) -> Carer:
    carer = lock_carer(carer_id)
    if not is_invited(actor, carer):
        raise NotFound
    return carer


def _assert_sensible(terms: Terms, now: datetime) -> None:
    if not terms.scopes:
        message = "Choose what this person may do for you."
        raise Invalid("nothing_allowed", message, fields={"scopes": [message]})
    if terms.expires_at is not None and terms.expires_at <= now:
        message = "Choose a day that is still to come, or leave it empty."
        raise Invalid("already_over", message, fields={"until": [message]})
    if READING & terms.scopes and (terms.expires_at is None or terms.expires_at > now + READS_AT_MOST):
        message = "Choose a last day, at most a year from now, for somebody who reads your health record."
        raise Invalid("reading_ends", message, fields={"until": [message]})


def _assert_not_too_many(patient: Patient, standing: int, now: datetime) -> None:
    """Each invitation sends an email to an address that nobody has proved."""
    if standing >= MOST_CARERS:
        raise Conflict("too_many_carers", f"You can have {MOST_CARERS} people who help you. Take one back first.")
    if patient.carers.filter(invited_at__gt=now - timedelta(days=1)).count() >= INVITATIONS_A_DAY:
        raise Conflict("too_many_invitations", "You have invited many people today. Please try again tomorrow.")


def _as_words(carer: Carer) -> dict[str, Any]:
    until = carer.expires_at.isoformat() if carer.expires_at else None
    return {"scopes": [scope.name.lower() for scope in Scope if getattr(carer, scope.value)], "until": until}


def _to_invited(carer: Carer) -> Outgoing:
    facts = {"path": reverse("accounts:caring")}
    return Outgoing(kind="carer_invited", email=carer.email, facts=facts, dedupe_key=f"carer_invited:{carer.public_id}")


def _to_helper(carer: Carer) -> list[Outgoing]:
    """Whoever helped learns that it is over; an address that was only asked has proved nothing.

    Not for whom: who is a patient here is told behind the sign-in, where whom they still help is listed.
    """
    if carer.state != InvitationState.ACCEPTED or carer.user is None:
        return []
    facts = {"path": reverse("accounts:caring")}
    return [Outgoing(kind="carer_ended", user=carer.user, facts=facts, dedupe_key=f"carer_ended:{carer.public_id}")]


def _to_patient(carer: Carer, event: str, now: datetime) -> list[Outgoing]:
    """A change of who may act for somebody is told to them, also one that they have made: it may not have been them."""
    if carer.patient.user is None:
        return []
    facts = {"event": event, "path": reverse("accounts:carers")}
    key = f"carers_changed:{carer.public_id}:{event}:{now.timestamp()}"
    return [Outgoing(kind="carers_changed", user=carer.patient.user, facts=facts, dedupe_key=key)]
