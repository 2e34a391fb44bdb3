"""Believable, invented content for a demonstration: clinics, doctors, pages and patients, with drawings of our own.

Nobody and no clinic here exists. GMC numbers begin with 99, telephone numbers come from Ofcom's ranges for drama,
addresses are made up. `manage.py seed_demo` puts it into the database; nothing here imports Django.
"""

from __future__ import annotations

from medconsult.demo.content import doctors_body, doctors_general, doctors_mind, doctors_movement
from medconsult.demo.content.navigation import FOOTER, NAVIGATION, UTILITY
from medconsult.demo.content.pages import CLINIC, HOME, SECTIONS
from medconsult.demo.content.patients import PATIENTS
from medconsult.demo.content.pictures import ARTICLE_PICTURES, PICTURES
from medconsult.demo.content.places import CONSENTS, LOCATIONS, SEARCH_WORDS, SPECIALTIES
from medconsult.demo.content.put_first import PUT_FIRST
from medconsult.demo.content.shapes import Doctor
from medconsult.demo.content.standard_pages import STANDARD_PAGES
from medconsult.demo.content.welsh import WELSH_HOME, WELSH_PAGES

DOCTORS: tuple[Doctor, ...] = tuple(
    sorted(
        (*doctors_general.DOCTORS, *doctors_body.DOCTORS, *doctors_mind.DOCTORS, *doctors_movement.DOCTORS),
        key=lambda doctor: doctor.gmc_number,
    )
)

__all__ = [
    "ARTICLE_PICTURES", "CLINIC", "CONSENTS", "DOCTORS", "FOOTER", "HOME", "LOCATIONS", "NAVIGATION", "PATIENTS",
    "PICTURES", "PUT_FIRST", "SEARCH_WORDS", "SECTIONS", "SPECIALTIES", "STANDARD_PAGES",
    "UTILITY", "WELSH_HOME", "WELSH_PAGES",
]  # fmt: skip
