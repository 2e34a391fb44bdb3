from doctors.models.pages import HOME_CRUMB, DoctorIndexPage, DoctorPage
from doctors.models.people import (
    DOCTORS_PATH,
    KEPT_TIMES,
    NO_TIME,
    CalendarStamp,
    Doctor,
    FacetCount,
    FreeTime,
    Limits,
    Listing,
    Location,
    Specialty,
    VisitType,
)
from doctors.models.proposals import PageProposal
from doctors.models.searches import EmptySearch
from doctors.models.staff import LocationMembership
from doctors.models.words import SearchWord

__all__ = [
    "DOCTORS_PATH",
    "HOME_CRUMB",
    "KEPT_TIMES",
    "NO_TIME",
    "CalendarStamp",
    "Doctor",
    "DoctorIndexPage",
    "DoctorPage",
    "EmptySearch",
    "FacetCount",
    "FreeTime",
    "Limits",
    "Listing",
    "Location",
    "LocationMembership",
    "PageProposal",
    "SearchWord",
    "Specialty",
    "VisitType",
]
