from doctors.models.pages import DoctorIndexPage, DoctorPage
from doctors.models.people import (
    NO_TIME,
    Doctor,
    Listing,
    Location,
    Specialty,
    VisitType,
)

__all__ = [
    "NO_TIME",
    "Doctor",
    "DoctorIndexPage",
    "DoctorPage",
    "Listing",
    "Location",
    "Specialty",
    "VisitType",
]
