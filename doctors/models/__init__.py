from doctors.models.pages import DoctorIndexPage, DoctorPage
from doctors.models.people import Doctor, Listing, Location, Specialty, VisitType

__all__ = ["Doctor", "DoctorIndexPage", "DoctorPage", "Listing", "Location", "Specialty", "VisitType"]
