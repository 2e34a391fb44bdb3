"""What a profile page shows of its doctor beyond the rows themselves: the picture."""

from __future__ import annotations

from typing import Any

from doctors.models.people import Doctor
from doctors.portraits import portrait_addresses

PORTRAITS = {"480w": "fill-480x560|format-webp", "960w": "fill-960x1120|format-webp"}


def portrait_of(photo: Any, doctor: Doctor) -> dict[str, str]:
    """Addresses and text of the portrait; empty without a picture."""
    if photo is None:
        return {}
    found = portrait_addresses({photo.pk}, PORTRAITS.values())
    addresses = {width: found[photo.pk, spec] for width, spec in PORTRAITS.items()}
    return {
        "src": addresses["480w"],
        "srcset": ", ".join(f"{address} {width}" for width, address in addresses.items()),
        "alt": photo.description or f"Portrait of {doctor.name}",
    }
