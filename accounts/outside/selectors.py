from __future__ import annotations

from typing import NamedTuple

from accounts.models import OutsideIdentity, User
from accounts.outside.ways import WAYS, Way
from accounts.policies import has_office
from accounts.selectors import outside_identities_of


class Door(NamedTuple):
    """A provider that may open the account too, and as whom it does; None where it is not connected."""

    way: Way
    identity: OutsideIdentity | None


def doors_of(user: User) -> list[Door]:
    """The providers that are offered to this person."""
    held = {identity.provider: identity for identity in outside_identities_of(user)}
    ways = [way for way in WAYS if way.is_offered() and (way.makes_accounts or has_office(user))]
    return [Door(way, held.get(way.provider)) for way in ways]
