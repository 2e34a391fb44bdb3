from __future__ import annotations

from records.models import Document, Prescription, VisitNote


def about_thing(thing: VisitNote | Prescription | Document) -> str:
    """What a message is `about` that belongs to this thing's timeline."""
    return f"{thing._meta.model_name}:{thing.public_id}"
