from __future__ import annotations

from collections.abc import Iterable

from doctors.models.people import Doctor
from doctors.portraits import portrait_addresses
from doctors.selectors.cards import PORTRAIT


def portraits_of(doctor_ids: Iterable[int]) -> dict[int, str]:
    """The address of each doctor's small portrait, by the doctor's key; none for who has no picture. Two statements."""
    doctors = Doctor.objects.filter(pk__in=set(doctor_ids), page__photo__isnull=False)
    photos = dict(doctors.order_by().values_list("pk", "page__photo"))
    addresses = portrait_addresses(set(photos.values()), [PORTRAIT])
    return {doctor_id: addresses[photo_id, PORTRAIT] for doctor_id, photo_id in photos.items()}
