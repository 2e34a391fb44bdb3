from __future__ import annotations

from typing import Any

import factory
from django.conf import settings

from common import clock
from notifications.kinds import Kind
from notifications.models import Message
from notifications.samples import sample_facts

FACTS: dict[str, Any] = {
    **sample_facts(Kind.APPOINTMENT_BOOKED),
    # Why somebody comes: no message may say it.
    "visit_type": "Sexual health check",
    "event": "accepted",
    "of": Kind.APPOINTMENT_BOOKED.value,
    "words": {},
}

# Facts that no message is given, and that none may say if it were; a verification's reason is said to its doctor.
CANARIES = {
    name: f"canary{name.replace('_', '')}"
    for name in (
        "reason",
        "visit_type",
        "patient",
        "nhs_number",
        "date_of_birth",
        "diagnosis",
        "email",
        "note",
        "words",
        "typed",
    )
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
