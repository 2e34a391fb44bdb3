from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.models import AbstractUser
from django.db import transaction

from audit.services import event_record
from common.errors import Invalid
from notifications.kinds import TRAITS, Kind
from notifications.models import Preference
from notifications.selectors import default_of, is_choice, preferences_of
from notifications.states import Channel

Wanted = Mapping[tuple[str, Channel], bool]


@transaction.atomic
def preferences_set(*, actor: AbstractUser, wanted: Wanted) -> int:
    """What the person wants of what they may choose; what may not be chosen is left as it is. Answers how much changed.

    It holds from the next message that is sent, of those that wait too. Raises `Invalid` (`kind_unknown`).
    """
    if unknown := sorted({kind for kind, _ in wanted} - set(Kind)):
        message = f"We tell nothing of this kind: {', '.join(unknown)}."
        raise Invalid("kind_unknown", message, fields={"choices": [message]})
    now_held = preferences_of(actor)
    chosen = {(Kind(kind), channel): is_on for (kind, channel), is_on in wanted.items()}
    changed = {key: is_on for key, is_on in chosen.items() if is_choice(*key) and now_held[key] != is_on}
    for (kind, channel), is_on in changed.items():
        _keep(actor, kind, channel, is_on=is_on)
    if changed:
        said = [
            f"{kind.value}:{channel.value}:{'on' if is_on else 'off'}" for (kind, channel), is_on in changed.items()
        ]
        event_record("notices.chosen", actor, actor=actor, changed=sorted(said))
    return len(changed)


@transaction.atomic
def kind_switch_off(*, user: AbstractUser, kind: Kind) -> None:
    """No more emails of this kind: by the link in one of them, without a sign-in. Nothing where it may not be off."""
    if TRAITS[kind].optional and preferences_of(user)[kind, Channel.EMAIL]:
        _keep(user, kind, Channel.EMAIL, is_on=False)
        event_record("notices.chosen", user, actor=None, changed=[f"{kind.value}:email:off"])


def _keep(user: AbstractUser, kind: Kind, channel: Channel, *, is_on: bool) -> None:
    """Only what differs from everybody's is a row."""
    if is_on == default_of(channel):
        Preference.objects.filter(user_id=user.pk, kind=kind, channel=channel).delete()
    else:
        Preference.objects.update_or_create(user_id=user.pk, kind=kind, channel=channel, defaults={"is_on": is_on})
