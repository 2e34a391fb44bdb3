"""What the site's search shows above everything else for some words, as editors set it under "Promoted results"."""

from __future__ import annotations

from typing import NamedTuple


class PutFirst(NamedTuple):
    """For each of `words` alone, as somebody would type them, the page at `target` with a sentence of ours."""

    target: str
    sentence: str
    words: tuple[str, ...]


PUT_FIRST = (
    PutFirst(
        "/emergency/",
        "If this is happening now, call 999. Do not wait for a visit.",
        (
            "chest pain",
            "heart attack",
            "stroke",
            "cant breathe",
            "can't breathe",
            "can’t breathe",
            "cannot breathe",
            "trouble breathing",
            "shortness of breath",
            "choking",
            "anaphylaxis",
            "allergic reaction",
            "overdose",
            "poisoning",
            "fit",
            "seizure",
            "unconscious",
            "collapse",
            "bleeding",
            "meningitis",
            "sepsis",
            "999",
            "111",
            "ambulance",
            "emergency",
            "urgent",
        ),
    ),
    PutFirst(
        "/emergency/",
        "You can talk to somebody now: 111, or Samaritans on 116 123. If anybody is in danger, call 999.",
        ("suicide", "suicidal", "kill myself", "want to die", "self harm", "self-harm", "samaritans", "crisis"),
    ),
    PutFirst(
        "/prices/",
        "Every kind of visit and what it costs, by specialty.",
        ("price", "prices", "pricing", "cost", "costs", "how much", "fee", "fees", "charges"),
    ),
    PutFirst(
        "/change-or-cancel/",
        "How to do it yourself, and until when it is free.",
        (
            "cancel",
            "cancellation",
            "cancel appointment",
            "change appointment",
            "move appointment",
            "reschedule",
            "refund",
        ),
    ),
    PutFirst(
        "/locations/",
        "When each clinic is open, where it is, how to get there and how to get in.",
        (
            "opening times",
            "opening hours",
            "hours",
            "when are you open",
            "parking",
            "directions",
            "address",
            "wheelchair",
        ),
    ),
)
