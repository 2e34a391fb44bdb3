from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AbstractUser

from common.errors import Forbidden
from notifications.kinds import TRAITS, Audience, Kind, Topic
from notifications.models import Message

VIEW_MESSAGES = "notifications.view_message"
REWORD = "notifications.change_messagewording"

Facts = dict[str, Any]
StillTold = Callable[..., Facts | None]

_answers: dict[str, StillTold] = {}


def assert_may_retry(actor: AbstractUser) -> None:
    """Whoever sees which messages went out may have one tried again, or laid aside. Raises `Forbidden`."""
    if not actor.has_perm(VIEW_MESSAGES):
        raise Forbidden("not_an_operator", "Administrators deal with messages that failed.")


def assert_may_reword(actor: AbstractUser) -> None:
    """Whoever may change what messages say may try it on themselves. Raises `Forbidden`."""
    if not actor.has_perm(REWORD):
        raise Forbidden("not_an_editor", "Content editors change what messages say.")


def answer_for(name: str, still_told: StillTold) -> None:
    """Have what is `about` objects of this name told to patients, and to who helps them, as its app answers by then.

    `still_told(message, user=…, is_money=…)` gives the facts that are the person's to know now; None where none are.
    """
    _answers[name] = still_told


def facts_to_tell(message: Message) -> Facts | None:
    """What of a message that waited may be told now: whoever helps somebody may have stopped since it was written."""
    still_told = _answers.get(message.about.partition(":")[0])
    traits = TRAITS[Kind(message.kind)]
    if still_told is None or message.user is None or traits.audience is not Audience.PATIENT:
        return message.facts
    return still_told(message, user=message.user, is_money=traits.topic == Topic.PAYMENTS)
