"""What opens the patients' accounts beside the browser that asks: another session of each, and an API token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.models import AccountSession, ApiToken
from common import clock
from tests.permissions.matrix.people import Who
from tests.permissions.matrix.things import Things, ids_of, owned

if TYPE_CHECKING:
    from tests.permissions.matrix.world import World


def accesses_in(world: World) -> dict[str, Things]:
    people = {name: world.people[who] for name, who in (("a", Who.PATIENT_A), ("b", Who.PATIENT_B))}
    sessions = {
        name: AccountSession.objects.create(
            user=user, started_at=clock.now(), last_used_at=clock.now(), device="Firefox on Linux"
        )
        for name, user in people.items()
    }
    tokens = {name: ApiToken.objects.issue(user)[0] for name, user in people.items()}
    by_patients = owned(Who.PATIENT_A, Who.PATIENT_B)
    return {
        "session": Things(ids_of(**sessions), by_patients),
        "api_token": Things(ids_of(**tokens), by_patients),
    }
