"""The link in a patient's own mail: with the date of birth it opens the one appointment that the mail is about.

It is signed and no row of ours: it names the appointment, how often that has changed (`calendar_sequence`) and the
mailbox that it went to. So it ends when the appointment moves or is cancelled, and with the account's address.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.crypto import salted_hmac

from accounts.models import User
from booking.models import Appointment

# How long the appointment stays open in the browser in which the date of birth was right.
OPEN_FOR = timedelta(minutes=20)

_SALT = "booking.appointment-link"


class Link(NamedTuple):
    """What a link that we have signed names. Whether it still opens anything is the policy's to say."""

    appointment_id: UUID
    sequence: int
    mailbox: str


@dataclass(frozen=True, kw_only=True)
class Proof:
    """That somebody had a link and knew the date of birth: good for this one appointment, until then. No sign-in."""

    appointment_id: UUID
    until: datetime


def link_path(appointment: Appointment, owner: User) -> str:
    """The address for the mail to the patient, whose account is `owner`."""
    named = f"{appointment.public_id.hex}.{appointment.calendar_sequence}.{mailbox_of(owner)}"
    return reverse("booking:link", args=[_signer().sign(named)])


def link_named(token: str) -> Link | None:
    """What the secret part of an address names; None for what we have not signed."""
    try:
        appointment_id, sequence, mailbox = _signer().unsign(token).split(".")
    except (BadSignature, ValueError):
        return None
    return Link(UUID(appointment_id), int(sequence), mailbox)


def mailbox_of(owner: User) -> str:
    """An account's address, told without telling it."""
    return salted_hmac(f"{_SALT}.mailbox", owner.email, algorithm="sha256").hexdigest()[:16]


def _signer() -> Signer:
    return Signer(salt=_SALT, sep="~")
