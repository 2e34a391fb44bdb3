from doctors.selectors.doctor import doctor_listed, doctor_of, visit_types_of
from doctors.selectors.portraits import portraits_of
from doctors.selectors.search import Choices, DoctorFilters, SearchPage, doctors_search, search_choices

__all__ = [
    "Choices",
    "DoctorFilters",
    "SearchPage",
    "doctor_listed",
    "doctor_of",
    "doctors_search",
    "portraits_of",
    "search_choices",
    "visit_types_of",
]
