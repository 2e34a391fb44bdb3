"""Whatever the search offers as a free time can be booked by following it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time
from html import unescape

import pytest
from django.test import Client

from accounts.models import Patient
from booking.services import listing_refresh
from booking.templatetags.bookable import slot_path
from booking.tests.factories import RuleFactory, bookable_doctor
from booking.tests.views.pages import text_of
from common import clock
from common.templatetags.when import date_time
from doctors.models import Doctor, Location, VisitType
from doctors.states import Modality
from doctors.tests.factories import LocationFactory, VisitTypeFactory, doctor_index_page

pytestmark = pytest.mark.django_db

FILTERS: list[dict[str, str]] = [
    {},
    *({"modality": modality.value} for modality in Modality),
    *({"location": slug} for slug in ("clifton", "harbourside")),
    {"modality": "in_person", "location": "harbourside"},
    {"modality": "video", "location": "clifton"},
]


def clinic() -> None:
    """Three doctors with visits of every kind, whose notice and whose places differ."""
    doctor_index_page()
    clifton = LocationFactory.create(name="Clifton", slug="clifton")
    harbourside = LocationFactory.create(name="Harbourside", slug="harbourside")
    for minutes in (20, 30, 45):
        doctor = bookable_doctor(minutes=minutes, minimum_notice=60 * 30, end=time(10), position=1)
        own = doctor.locations.get()
        doctor.locations.set([own, clifton, harbourside])
        VisitTypeFactory.create(doctor=doctor, minutes=15, modality=Modality.VIDEO, position=2)
        VisitTypeFactory.create(doctor=doctor, minutes=60, modality=Modality.PHONE, minimum_notice=60 * 72, position=0)
        for weekday in range(7):
            RuleFactory.create(
                doctor=doctor, location=clifton, weekday=weekday, start_time=time(13), end_time=time(14, 30)
            )
            RuleFactory.create(
                doctor=doctor, location=harbourside, weekday=weekday, start_time=time(16), end_time=time(17)
            )
        listing_refresh(doctor_id=doctor.pk, now=clock.now())


def times_on(page: str) -> list[str]:
    return re.findall(r'href="(/book/[\w-]+/confirm/\?[^"]+)"', unescape(page))


def start_in(path: str) -> datetime:
    return datetime.fromisoformat(path.rpartition("=")[2])


def test_every_time_of_every_card_leads_to_that_very_time(
    patient: Patient, as_user: Callable[[Patient], Client]
) -> None:
    clinic()
    client = as_user(patient)
    for filters in FILTERS:
        chips = times_on(client.get("/doctors/", filters).content.decode())
        assert len(chips) == 9, filters
        for path in chips:
            answer = client.get(path)
            assert answer.status_code == 200, (filters, path)
            assert date_time(start_in(path), "Europe/London") in text_of(answer)
            assert "Confirm booking" in text_of(answer)
            if modality := filters.get("modality"):
                assert answer.context["choice"].visit_type.modality == modality
            if place := filters.get("location"):
                assert answer.context["choice"].location.slug == place


def test_a_time_is_of_the_visit_whose_name_length_and_price_stand_on_its_card(
    patient: Patient, as_user: Callable[[Patient], Client]
) -> None:
    """A cheap phone call and a follow-up, both free sooner, are not what the card of a first visit offers."""
    doctor_index_page()
    doctor = bookable_doctor(name="First consultation", minutes=45, price_minor=9500, minimum_notice=60 * 30)
    for name, minutes, price, modality in (
        ("Follow-up", 15, 5500, Modality.IN_PERSON),
        ("Call", 10, 3500, Modality.PHONE),
    ):
        VisitTypeFactory.create(
            doctor=doctor,
            name=name,
            minutes=minutes,
            price_minor=price,
            modality=modality,
            minimum_notice=0,
            position=1,
        )
    listing_refresh(doctor_id=doctor.pk, now=clock.now())
    client = as_user(patient)

    for filters, told, cost in (
        (dict[str, str](), "Next times for First consultation, 45 minutes, in person", "£95"),
        ({"modality": "phone"}, "Next times for Call, 10 minutes, phone", "£35"),
    ):
        answer = client.get("/doctors/", filters)
        assert told in text_of(answer)
        assert f"from {cost}" not in text_of(answer)
        chips = times_on(answer.content.decode())
        assert len(chips) == 3
        for path in chips:
            choice = client.get(path).context["choice"]
            assert told.startswith(f"Next times for {choice.visit_type.name}, {choice.visit_type.minutes} minutes")
            assert choice.visit_type.price_minor == int(cost[1:]) * 100
        assert cost in text_of(answer)

    # Dear for whom asks for what costs little: the card would not keep what the filter promises.
    assert times_on(client.get("/doctors/", {"price": "50"}).content.decode()) == []


def test_the_api_names_what_a_booking_asks_for(client: Client, patient: Patient) -> None:
    clinic()
    for filters in FILTERS:
        cards = client.get("/api/v1/doctors/", filters).json()["results"]
        paths = [
            slot_path(
                Doctor.objects.get(slug=card["doctor"]["slug"]),
                VisitType.objects.get(public_id=time["visit_type"]),
                Location.objects.get(slug=time["location"]),
                datetime.fromisoformat(time["start"]),
            )
            for card in cards
            for time in card["next_times"]
        ]
        assert sorted(paths) == sorted(times_on(client.get("/doctors/", filters).content.decode()))


def test_a_card_of_a_doctor_of_two_places_says_at_which_the_times_are(
    patient: Patient, as_user: Callable[[Patient], Client]
) -> None:
    doctor_index_page()
    doctor = bookable_doctor(name="First consultation", minutes=45)
    here, there = doctor.locations.get(), LocationFactory.create(name="Harbour Clinic")
    said = "Next times for First consultation, 45 minutes, in person"
    listing_refresh(doctor_id=doctor.pk, now=clock.now())
    assert f"{said}, at" not in text_of(as_user(patient).get("/doctors/"))
    doctor.locations.add(there)
    listing_refresh(doctor_id=doctor.pk, now=clock.now())
    assert f"{said}, at {here.name}" in text_of(as_user(patient).get("/doctors/"))
