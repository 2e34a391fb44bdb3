"""Facts that are made up, as a message of each kind would hold them: for previews, test mails and the tests."""

from __future__ import annotations

from typing import Any

from notifications.kinds import TRAITS, Kind

_VISIT: dict[str, Any] = {
    "reference": "MC7Q2KD",
    "doctor": "Dr Amara Osei",
    "start": "2027-07-06T09:20:00+00:00",
    "end": "2027-07-06T09:40:00+00:00",
    "zone": "Europe/London",
    "place": "Marylebone Clinic",
    "address": "12 Weymouth Street, London",
    "modality": "in_person",
    "path": "/appointments/5f0c/",
}
# What a visit's messages say besides, where there is something to say.
_BESIDES: dict[str, Any] = {
    "policy": "Free until Monday 5 July, 10:20am; later the full price is due.",
    "calendar": {"uid": "5f0c@clinic.example", "sequence": 0, "method": "REQUEST"},
}
_OTHERS: dict[str, Any] = {
    "old_start": "2027-07-05T08:00:00+00:00",
    "old_end": "2027-07-05T08:20:00+00:00",
    "old_zone": "Europe/London",
    "price": "£45",
    "amount": 4500,
    "currency": "gbp",
    "left": 0,
    "minutes": 15,
    "days": 5,
    "total": 30,
    "cancelled": 28,
}


def sample_facts(kind: Kind) -> dict[str, Any]:
    """All that the words of this kind need, and of a visit what they may say besides. Nothing of it is anybody's."""
    needed = TRAITS[kind].facts
    facts = {name: value for name, value in (_VISIT | _OTHERS).items() if name in needed}
    return facts | (_BESIDES if "start" in needed else {})
