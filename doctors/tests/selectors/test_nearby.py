from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Gender
from doctors.models import Doctor
from doctors.places import TOWNS
from doctors.selectors import DoctorFilters, SearchPage, alternatives, doctors_search
from doctors.selectors.cursor import Cursor
from doctors.services import listing_replace
from doctors.tests.factories import DoctorFactory, LocationFactory, SearchWordFactory, SpecialtyFactory, free_times
from doctors.tests.selectors.listings import NOW, at, doctor_with_times

pytestmark = pytest.mark.django_db


class TestNearby:
    @pytest.fixture
    def doctors(self) -> list[Doctor]:
        """In Bristol late, in Bath (11 miles) soon, in London at once, and one of all three places."""
        bristol = LocationFactory(slug="bristol", latitude="51.45000", longitude="-2.59000")
        bath = LocationFactory(slug="bath", latitude="51.38000", longitude="-2.36000")
        london = LocationFactory(slug="london", latitude="51.51000", longitude="-0.13000")
        LocationFactory(slug="nowhere")
        plans = [[(bristol, 60)], [(bath, 30)], [(london, 10)], [(london, 5), (bath, 20), (bristol, 90)]]
        made = []
        for plan in plans:
            doctor = DoctorFactory(listed=True, locations=[place for place, _ in plan])
            rows = {(place.pk, ""): free_times(doctor, [at(minutes)], location=place) for place, minutes in plan}
            listing_replace(doctor_id=doctor.pk, times={(None, ""): min(rows.values()), **rows})
            made.append(doctor)
        return made

    def near(self, **filters: Any) -> SearchPage:
        return doctors_search(DoctorFilters(near=TOWNS["BRISTOL"], **filters), now=NOW)

    def test_only_places_so_near_count_and_each_doctor_stands_once(self, doctors: list[Doctor]) -> None:
        bristol, bath, _, everywhere = doctors
        page = self.near()
        assert [card.doctor for card in page.cards] == [bath, bristol, everywhere]
        assert page.count == 3
        assert [card.doctor for card in self.near(miles=5).cards] == [bristol, everywhere]
        assert [card.doctor for card in self.near(location="bath").cards] == [everywhere, bath]

    def test_the_nearest_place_first_with_its_distance_and_its_times(self, doctors: list[Doctor]) -> None:
        bristol, bath, _, everywhere = doctors
        cards = self.near(is_nearest_first=True).cards
        assert [card.doctor for card in cards] == [bristol, everywhere, bath]
        assert [round(card.miles or 0) for card in cards] == [0, 0, 11]
        assert [card.times[0].start for card in cards] == [at(60), at(90), at(30)]
        assert [card.locations[0].slug for card in cards] == ["bristol", "bristol", "bath"]

    @pytest.mark.parametrize("is_nearest_first", [True, False])
    def test_pages_follow_one_another_in_both_directions(self, doctors: list[Doctor], is_nearest_first: bool) -> None:  # noqa: FBT001
        filters = DoctorFilters(near=TOWNS["BRISTOL"], miles=200, is_nearest_first=is_nearest_first)
        whole = [card.doctor for card in doctors_search(filters, now=NOW).cards]
        assert len(whole) == 4
        page = doctors_search(filters, now=NOW, size=1)
        seen = [page]
        while page.after:
            page = doctors_search(filters, now=NOW, size=1, cursor=Cursor.read(after=page.after))
            seen.append(page)
        assert [card.doctor for page in seen for card in page.cards] == whole
        while page.before:
            page = doctors_search(filters, now=NOW, size=1, cursor=Cursor.read(before=page.before))
            seen.append(page)
        assert [card.doctor for page in seen[4:] for card in page.cards] == whole[-2::-1]

    def test_nobody_so_near_leads_to_the_search_without_the_place(self, doctors: list[Doctor]) -> None:
        page = doctors_search(DoctorFilters(near=TOWNS["LERWICK"], language="en"), now=NOW)
        assert [(one.without, one.count) for one in page.alternatives] == [("near", 4)]

    def test_it_takes_no_statement_more(self, doctors: list[Doctor]) -> None:
        with CaptureQueriesContext(connection) as captured:
            self.near(q="amara", is_nearest_first=True)
        assert len(captured) <= 5


class TestAlternatives:
    def test_each_filter_that_would_help_when_left_out_with_whom_it_finds(self) -> None:
        skin, hearts = SpecialtyFactory(slug="skin"), SpecialtyFactory(slug="hearts")
        doctor_with_times(10, specialties=[skin], languages=["en", "pl"])
        doctor_with_times(20, specialties=[skin], languages=["en", "pl"])
        doctor_with_times(specialties=[hearts], languages=["en"], gender=Gender.MALE)
        page = doctors_search(DoctorFilters(specialty="hearts", language="pl"), now=NOW)
        told = [(one.without, one.count, one.is_more, one.soonest) for one in page.alternatives]
        assert told == [("language", 1, False, None), ("specialty", 2, False, at(10))]
        assert doctors_search(DoctorFilters(specialty="hearts"), now=NOW).alternatives == []

    def test_at_most_three_and_what_is_given_up_most_lightly_first(self) -> None:
        doctor_with_times(10, languages=["pl"], gender=Gender.MALE)
        asked = DoctorFilters(q="amara", language="cy", gender="female")
        doctor_with_times(20, given_name="Tom", languages=["cy"], gender=Gender.FEMALE)
        doctor_with_times(30, languages=["cy"], gender=Gender.MALE)
        doctor_with_times(40, languages=["pl"], gender=Gender.FEMALE)
        page = doctors_search(asked, now=NOW)
        assert [one.without for one in page.alternatives] == ["gender", "language", "q"]

    def test_where_no_single_filter_helps_the_weightiest_stays_alone(self) -> None:
        skin = SpecialtyFactory(slug="skin")
        doctor_with_times(10, specialties=[skin])
        page = doctors_search(DoctorFilters(specialty="skin", gender="male", language="cy"), now=NOW)
        assert [(one.without, one.only, one.count) for one in page.alternatives] == [("", "specialty", 1)]

    def test_the_count_stops(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(alternatives, "COUNTED", 1)
        for _ in range(3):
            doctor_with_times(10)
        [one] = doctors_search(DoctorFilters(gender="male", language="en"), now=NOW).alternatives
        assert (one.without, one.count, one.is_more) == ("gender", 1, True)

    def test_words_that_are_far_from_any_are_asked_about(self) -> None:
        SearchWordFactory(word="palpitations")
        doctor_with_times(10)
        page = doctors_search(DoctorFilters(q="palplt"), now=NOW)
        assert (page.cards, [one.words for one in page.alternatives]) == ([], ["palpitations"])
        assert doctors_search(DoctorFilters(q="zzzz"), now=NOW).alternatives == []

    def test_the_words_that_are_known_are_asked_about_without_the_others(self) -> None:
        SearchWordFactory(word="ear").specialties.add(SpecialtyFactory(name="Ear, nose and throat"))
        page = doctors_search(DoctorFilters(q="ear infection"), now=NOW)
        assert (page.cards, [one.words for one in page.alternatives]) == ([], ["ear"])

    def test_they_take_the_place_of_the_pictures_statement(self) -> None:
        doctor_with_times(10)
        asked = DoctorFilters(q="amara", language="cy", gender="male", price=1, modality="video", day=NOW.date())
        with CaptureQueriesContext(connection) as captured:
            doctors_search(asked, now=NOW)
        assert len(captured) == 5
