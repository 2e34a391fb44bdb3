from __future__ import annotations

from datetime import datetime

from doctors.models.people import Listing, Location


def listing_behind_since(now: datetime) -> datetime | None:
    """Since when search shows what is not so any more: a next free time that has passed, or a place's hours of before.

    None where all is fresh. A minute or two are nothing: a worker writes it anew.
    """
    first = Listing.objects.filter(location=None, modality="").order_by("next_available_at")
    places = Location.objects.exclude(listings_stale_since=None).order_by("listings_stale_since")
    found = [
        *first.filter(next_available_at__lte=now).values_list("next_available_at", flat=True)[:1],
        *places.values_list("listings_stale_since", flat=True)[:1],
    ]
    return min((instant for instant in found if instant is not None), default=None)
