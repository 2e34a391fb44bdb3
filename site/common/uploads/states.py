from __future__ import annotations

from django.db.models import TextChoices

from common.errors import Conflict


class UploadState(TextChoices):
    """Where an uploaded file stands, in the words that its uploader reads."""

    QUARANTINED = "quarantined", "Waiting for the virus check"
    CURRENT = "current", "Ready"
    INFECTED = "infected", "Refused: a virus was found"
    UNREADABLE = "unreadable", "Refused: the file could not be read"


CHECKED = frozenset({UploadState.CURRENT, UploadState.INFECTED, UploadState.UNREADABLE})

# The check's answer is final: whoever wants another uploads the file again.
TRANSITIONS: dict[UploadState, frozenset[UploadState]] = {
    UploadState.QUARANTINED: CHECKED,
    UploadState.CURRENT: frozenset(),
    UploadState.INFECTED: frozenset(),
    UploadState.UNREADABLE: frozenset(),
}


def assert_can_move(current: str, target: UploadState) -> None:
    """Raises `Conflict` (code `illegal_transition`, data `current`) where the machine has no such arrow."""
    state = UploadState(current)
    if target not in TRANSITIONS[state]:
        raise Conflict(
            "illegal_transition",
            f"This file has been checked already (“{state.label}”), so nothing was changed.",
            current=state.value,
        )
