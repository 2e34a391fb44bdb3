from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import Patient, User
from common import clock
from common.fields import opened
from common.templatetags.when import long_date
from records.models import Allergy
from records.selectors.access import is_open_to

UNREADABLE_REACTION = "what it does cannot be read any more"


def allergies_visible_to(user: User, patient: Patient) -> QuerySet[Allergy]:
    """What a patient does not bear: for themselves, and for doctors to whom their record is open; for others nothing.

    The oldest first, without those that were taken back.
    """
    rows = Allergy.objects.filter(patient=patient, ended_at=None).select_related("recorded_by")
    if patient.user_id == user.pk:
        return rows
    return rows if is_open_to(user, patient, now=clock.now()) else rows.none()


def substance_of(allergy: Allergy) -> str | None:
    """What the patient does not bear, or None where nobody can read that any more. It is never empty: an allergy that
    cannot be read is one all the same, and whoever shows or weighs it says so."""
    return opened(allergy, "substance") or None


def allergy_told(allergy: Allergy) -> str:
    """One allergy in a line, with its reaction."""
    substance, reaction = substance_of(allergy), opened(allergy, "reaction")
    if substance is None:
        return f"An allergy, recorded on {long_date(allergy.recorded_at)}, which cannot be read any more"
    return f"{substance} ({UNREADABLE_REACTION if reaction is None else reaction})" if reaction != "" else substance
