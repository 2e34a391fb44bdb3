"""What doctor A proposes for their own page, which waits for a moderator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common import clock
from doctors.models import PageProposal
from doctors.services import proposal_send
from tests.permissions.matrix.people import Who

if TYPE_CHECKING:
    from tests.permissions.matrix.world import World


def proposal_in(world: World) -> PageProposal:
    return proposal_send(
        actor=world.people[Who.DOCTOR_A],
        doctor_id=world.doctor_a.public_id,
        content={"biography": "<p>Proposedwords of theirs.</p>"},
        seen=0,
        now=clock.now(),
    )
