"""What a profile page says about its doctor beyond the rows themselves: the picture, and facts for search engines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings

from doctors.models.people import Doctor, Location, Specialty
from doctors.portraits import portrait_addresses

PORTRAITS = {"480w": "fill-480x560", "960w": "fill-960x1120"}


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


def physician(
    doctor: Doctor, *, specialties: Iterable[Specialty], locations: Iterable[Location], description: str, image: str
) -> dict[str, Any]:
    """The doctor as schema.org's Physician; nothing that the page itself does not show."""
    facts = {
        "@type": "Physician",
        "name": doctor.name,
        "url": f"{settings.BASE_URL}{doctor.page_url}",
        "description": description,
        "image": f"{settings.BASE_URL}{image}" if image else "",
        "medicalSpecialty": [specialty.name for specialty in specialties],
        "knowsLanguage": doctor.languages,
        "identifier": {"@type": "PropertyValue", "propertyID": "GMC", "value": doctor.gmc_number},
        "address": [_address(location) for location in locations],
        "telephone": next((location.phone for location in locations), ""),
    }
    return {name: value for name, value in facts.items() if value}


def _address(location: Location) -> dict[str, str]:
    return {
        "@type": "PostalAddress",
        "name": location.name,
        "streetAddress": location.street,
        "addressLocality": location.town,
        "postalCode": location.postcode,
        "addressCountry": "GB",
    }
