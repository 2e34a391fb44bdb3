"""What UK law wants on a prescription besides the medicines (Human Medicines Regulations 2012, regulation 217)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from common import clock
from common.fields import opened
from doctors.models import Location
from records.digests import digest_of
from records.models import Prescription

# The age is wanted of those who are younger.
_AGE_TOLD_BELOW = 12
_KIND = "Doctor"


def practice_of(prescription: Prescription) -> Location | None:
    """Where its doctor works: the place of the visit, else the first of their places by name."""
    appointment = prescription.appointment
    return appointment.location if appointment else prescription.doctor.locations.order_by("name", "pk").first()


def missing_particulars(prescription: Prescription) -> list[str]:
    """What cannot be written on it yet: `patient_address`, `doctor_address`."""
    missing = [] if opened(prescription.patient, "address") else ["patient_address"]
    return missing if practice_of(prescription) else [*missing, "doctor_address"]


def particulars_of(prescription: Prescription, *, now: datetime) -> dict[str, Any]:
    """As they are on the day of signing, by names that last; what is missing is empty."""
    doctor, patient, day = prescription.doctor, prescription.patient, clock.clinic_day(now)
    place = practice_of(prescription)
    return {
        "date": day.isoformat(),
        "prescriber": {
            "name": doctor.name,
            "kind": _KIND,
            "gmc_number": doctor.gmc_number,
            "address": f"{place.name}, {place.address}" if place else "",
            "phone": place.phone if place else "",
        },
        "patient": {
            "name": patient.name,
            "address": opened(patient, "address") or "",
            "birth_date": patient.birth_date.isoformat(),
            "age": age_told(patient.birth_date, day),
        },
    }


def particulars_digest(particulars: Mapping[str, Any]) -> str:
    """Names just these particulars, whatever the day: whoever has read them signs with it."""
    return digest_of({name: facts for name, facts in particulars.items() if name != "date"})


def age_told(born: date, day: date) -> str:
    """The age in words of somebody under 12, in months below two years; empty for everybody else."""
    months = (day.year - born.year) * 12 + day.month - born.month - (day.day < born.day)
    if months >= _AGE_TOLD_BELOW * 12:
        return ""
    return f"{months // 12} years" if months >= 2 * 12 else f"{max(months, 0)} months"
