from doctors.selectors.addresses import instant, path_of_choice
from doctors.selectors.called import doctor_chosen, doctors_called
from doctors.selectors.cards import next_choices
from doctors.selectors.doctor import (
    doctor_if_any,
    doctor_listed,
    doctor_of,
    doctor_to_book,
    has_times,
    location_called,
    location_to_book,
    visit_type_ids_of,
    visit_types_of,
)
from doctors.selectors.facets import FACETS, Facets, doctor_count
from doctors.selectors.filters import Choices, DoctorFilters, search_choices
from doctors.selectors.freshness import listing_behind_since
from doctors.selectors.portraits import portraits_of
from doctors.selectors.register import VisitSearch, narrowed
from doctors.selectors.search import SearchPage, doctors_search
from doctors.selectors.searches import EmptySearches, empty_searches
from doctors.selectors.shown import PriceRow, doctor_cards, prices_of
from doctors.selectors.staff import location_of_staff, locations_of_staff, staff_of, staff_rule

__all__ = [
    "FACETS",
    "Choices",
    "DoctorFilters",
    "EmptySearches",
    "Facets",
    "PriceRow",
    "SearchPage",
    "VisitSearch",
    "doctor_cards",
    "doctor_chosen",
    "doctor_count",
    "doctor_if_any",
    "doctor_listed",
    "doctor_of",
    "doctor_to_book",
    "doctors_called",
    "doctors_search",
    "empty_searches",
    "has_times",
    "instant",
    "listing_behind_since",
    "location_called",
    "location_of_staff",
    "location_to_book",
    "locations_of_staff",
    "narrowed",
    "next_choices",
    "path_of_choice",
    "portraits_of",
    "prices_of",
    "search_choices",
    "staff_of",
    "staff_rule",
    "visit_type_ids_of",
    "visit_types_of",
]
