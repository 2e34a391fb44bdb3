from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import Patient, User
from common import clock
from records.models import Allergy
from records.selectors.access import is_open_to


def allergies_visible_to(user: User, patient: Patient) -> QuerySet[Allergy]:
    """What a patient does not bear: for themselves, and for doctors to whom their record is open; for others nothing.

    The oldest first, without those that were taken back.
    """
    rows = Allergy.objects.filter(patient=patient, ended_at=None).select_related("recorded_by")
    if patient.user_id == user.pk:
        return rows
    return rows if is_open_to(user, patient, now=clock.now()) else rows.none()
