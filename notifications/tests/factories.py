from __future__ import annotations

from typing import Any

import factory
from django.conf import settings

from common import clock
from notifications.kinds import Kind
from notifications.models import Message

FACTS: dict[str, Any] = {
    "reference": "MC7Q2KD",
    "doctor": "Dr Amara Osei",
    "visit_type": "Sexual health check",
    "start": "2027-07-06T09:20:00+00:00",
    "end": "2027-07-06T09:40:00+00:00",
    "zone": "Europe/London",
    "place": "Marylebone Clinic",
    "address": "12 Weymouth Street, London",
    "modality": "in_person",
    "path": "/appointments/5f0c/",
    "event": "accepted",
    "policy": "Free until Monday 5 July, 10:20am; later the full price is due.",
    "calendar": {"uid": "5f0c@clinic.example", "sequence": 0, "method": "REQUEST"},
}


class PersonFactory(factory.django.DjangoModelFactory):
    """Somebody to tell; this room knows no more of accounts."""

    class Meta:
        model = settings.AUTH_USER_MODEL

    email = factory.Sequence(lambda number: f"told{number}@example.org")


class MessageFactory(factory.django.DjangoModelFactory[Message]):
    """A booking's confirmation that is due now."""

    class Meta:
        model = Message

    kind = Kind.APPOINTMENT_BOOKED
    user = factory.SubFactory(PersonFactory)
    email = factory.SelfAttribute("user.email")
    facts = factory.LazyFunction(lambda: dict(FACTS))
    dedupe_key = factory.Sequence(lambda number: f"booked:{number}")
    due_at = factory.LazyFunction(clock.now)
    created_at = factory.LazyFunction(clock.now)
