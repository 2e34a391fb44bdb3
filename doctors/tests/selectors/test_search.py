from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.storage import Storage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Gender
from common.errors import NotFound
from doctors.models import Doctor, Listing
from doctors.selectors import (
    DoctorFilters,
    SearchPage,
    doctor_listed,
    doctors_search,
    names,
    search,
    visit_types_of,
)
from doctors.selectors.cards import PORTRAIT
from doctors.selectors.cursor import Cursor
from doctors.services import listing_replace
from doctors.states import Modality, VerificationStatus
from doctors.tests.factories import (
    DoctorFactory,
    DoctorPageFactory,
    LocationFactory,
    SearchWordFactory,
    SpecialtyFactory,
    VisitTypeFactory,
    free_times,
    photo_shown_before,
)
from doctors.tests.selectors.listings import NOW, at, doctor_with_times

pytestmark = pytest.mark.django_db


def find(**filters: Any) -> list[Doctor]:
    return [card.doctor for card in doctors_search(DoctorFilters(**filters), now=NOW).cards]


class TestOrder:
    def test_whoever_is_free_soonest_comes_first_and_who_has_no_times_last(self) -> None:
        never, late, soon = doctor_with_times(), doctor_with_times(60), doctor_with_times(10)
        assert find() == [soon, late, never]

    def test_three_next_times_are_shown_and_none_that_has_passed(self) -> None:
        doctor_with_times(-10, 0, 10, 20, 30, 40)
        card = doctors_search(DoctorFilters(), now=NOW).cards[0]
        assert [time.start for time in card.times] == [at(10), at(20), at(30)]

    def test_a_time_within_its_visits_notice_is_not_shown(self) -> None:
        doctor = DoctorFactory(listed=True)
        first, second = free_times(doctor, [at(10), at(20)])
        listing_replace(doctor_id=doctor.pk, times={(None, ""): [first._replace(until=NOW), second]})
        assert [time.start for time in doctors_search(DoctorFilters(), now=NOW).cards[0].times] == [at(20)]

    def test_a_row_whose_first_time_has_passed_stands_by_its_next(self) -> None:
        stale, fresh = doctor_with_times(-10, 600), doctor_with_times(10)
        assert find() == [fresh, stale]


class TestFilters:
    def test_specialty(self) -> None:
        hearts, skin = SpecialtyFactory(slug="cardiology"), SpecialtyFactory(slug="dermatology")
        doctor_with_times(10, specialties=[skin])
        both = doctor_with_times(20, specialties=[hearts, skin])
        assert find(specialty="cardiology") == [both]

    def test_location_reads_the_times_of_that_place(self) -> None:
        here, there = LocationFactory(slug="here"), LocationFactory(slug="there")
        elsewhere = doctor_with_times(10, locations=[there])
        doctor = DoctorFactory(listed=True, locations=[here, there])
        soon, late = free_times(doctor, [at(5)], location=there), free_times(doctor, [at(90)], location=here)
        listing_replace(doctor_id=doctor.pk, times={(None, ""): soon, (here.pk, ""): late, (there.pk, ""): soon})
        assert find(location="there") == [doctor, elsewhere]
        shown = doctors_search(DoctorFilters(location="here"), now=NOW).cards[0].times
        assert [(time.start, time.location) for time in shown] == [(at(90), here)]

    def test_modality(self) -> None:
        doctor_with_times(10, modalities=("", Modality.IN_PERSON))
        by_video = doctor_with_times(20)
        assert find(modality="video") == [by_video]

    def test_language(self) -> None:
        doctor_with_times(10, languages=["en"])
        welsh = doctor_with_times(20, languages=["en", "cy"])
        assert find(language="cy") == [welsh]

    def test_gender(self) -> None:
        doctor_with_times(10)
        man = doctor_with_times(20, gender=Gender.MALE)
        assert find(gender="male") == [man]

    def test_price_is_that_of_the_cheapest_visit_of_that_kind(self) -> None:
        for price in (4500, 6000):
            doctor = DoctorFactory(listed=True)
            VisitTypeFactory(doctor=doctor, price_minor=price)
            VisitTypeFactory(doctor=doctor, price_minor=9000, modality=Modality.VIDEO)
            listing_replace(doctor_id=doctor.pk, times={(None, ""): [], (None, "video"): []})
        doctor_with_times(5)
        assert [card.price_from for card in doctors_search(DoctorFilters(price=6000), now=NOW).cards] == [4500, 6000]
        assert len(find(price=4500)) == 1
        assert find(price=4499) == []
        assert find(price=8999, modality="video") == []

    def test_a_day_leaves_out_who_is_known_to_have_no_time_then(self) -> None:
        day = (NOW + timedelta(days=2)).date()
        doctor_with_times(10)
        later = doctor_with_times(20, 2 * 24 * 60)
        perhaps = doctor_with_times(*range(30, 90, 10))
        page = doctors_search(DoctorFilters(day=day), now=NOW)
        assert [card.doctor for card in page.cards] == [later, perhaps]
        assert [[time.start for time in card.times] for card in page.cards] == [[at(2 * 24 * 60)], []]
        assert [card.later_times is not None for card in page.cards] == [False, True]

    def test_a_day_begins_by_the_clocks_of_the_united_kingdom(self) -> None:
        summer = date(2027, 7, 1)
        first = datetime(2027, 6, 30, 23, tzinfo=UTC)
        minutes = int((first - NOW).total_seconds()) // 60
        doctor = doctor_with_times(minutes)
        doctor_with_times(minutes - 1)
        assert find(day=summer) == [doctor]

    def test_all_at_once(self) -> None:
        place, field = LocationFactory(slug="here"), SpecialtyFactory(slug="skin")
        facts: dict[str, Any] = {
            "locations": [place],
            "specialties": [field],
            "languages": ["pl"],
            "gender": Gender.MALE,
        }
        wanted = doctor_with_times(10, family_name="Nowak", **facts)
        others: list[dict[str, Any]] = [{"languages": ["en"]}, {"gender": Gender.FEMALE}, {"family_name": "Brown"}]
        for other in others:
            doctor_with_times(5, **{"family_name": "Nowak", **facts, **other})
        asked = {"q": "nowak", "specialty": "skin", "location": "here", "language": "pl", "gender": "male"}
        assert find(**asked, modality="in_person") == [wanted]

    @pytest.mark.parametrize("filters", [{"specialty": "alchemy"}, {"location": "atlantis"}])
    def test_what_does_not_exist_finds_nobody(self, filters: dict[str, str]) -> None:
        doctor_with_times(10)
        assert find(**filters) == []


class TestNames:
    @pytest.mark.parametrize(
        "q", ["okafor", "OKAF", "Okafr", "okafour", "amara", "amara okafor", "okafor amara", "  okafor  ", "Amarra"]
    )
    def test_parts_capitals_order_and_slips_find_the_name(self, q: str) -> None:
        doctor = doctor_with_times(10, given_name="Amara", family_name="Okafor")
        doctor_with_times(5, given_name="Tom", family_name="Wright")
        assert find(q=q) == [doctor]

    @pytest.mark.parametrize("q", ["zzzz", "amara wright", "%", "_____", "'", "\\"])
    def test_other_names_find_nobody(self, q: str) -> None:
        doctor_with_times(10, given_name="Amara", family_name="Okafor")
        assert find(q=q) == []

    def test_a_part_behind_a_hyphen_is_found_by_its_beginning(self) -> None:
        doctor = doctor_with_times(10, given_name="Mary-Ann", family_name="Okafor-Wright")
        assert find(q="wrig") == find(q="ann") == [doctor]
        assert find(q="righ ary") == []

    def test_a_name_so_spelt_comes_alone_and_not_with_those_that_are_spelt_alike(self) -> None:
        doctor = doctor_with_times(10, family_name="Okafor")
        other = doctor_with_times(5, family_name="Okafur")
        assert find(q="okafor") == [doctor]
        assert find(q="okafir") == [other, doctor]

    def test_of_a_name_that_very_many_bear_the_count_respects_the_other_filters(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(names, "CANDIDATES", 1)
        doctor_with_times(20), doctor_with_times(10, gender=Gender.MALE)
        assert doctors_search(DoctorFilters(q="amara"), now=NOW).is_more
        page = doctors_search(DoctorFilters(q="amara", gender="male"), now=NOW)
        assert (page.count, page.is_more) == (1, False)

    def test_a_name_that_very_many_bear_is_found_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(names, "CANDIDATES", 1)
        later, sooner = doctor_with_times(20), doctor_with_times(10)
        assert find(q="amara okafor") == [sooner, later]

    def test_a_specialty_by_its_first_letters(self) -> None:
        doctor = doctor_with_times(10, specialties=[SpecialtyFactory(name="Women's health", slug="women")])
        doctor_with_times(5)
        assert find(q="health") == [doctor]
        assert find(q="amara health") == [doctor]


class TestConditions:
    @pytest.fixture
    def heart_doctor(self) -> Doctor:
        hearts = SpecialtyFactory(name="Cardiology", slug="cardiology")
        SearchWordFactory(word="Palpitations", specialties=[hearts])
        SearchWordFactory(word="chest pain", specialties=[hearts])
        doctor_with_times(5, given_name="Tom", family_name="Wright")
        return doctor_with_times(10, given_name="Nia", family_name="Rees", specialties=[hearts])

    @pytest.mark.parametrize("q", ["palpitations", "PALPIT", "chest pain", "palpitations rees", "Dr Rees chest pain"])
    def test_words_of_the_editors_find_the_specialtys_doctors(self, heart_doctor: Doctor, q: str) -> None:
        page = doctors_search(DoctorFilters(q=q), now=NOW)
        assert [card.doctor for card in page.cards] == [heart_doctor]
        assert {reading.is_guess for reading in page.readings} == {False}

    @pytest.mark.parametrize("q", ["palpatations", "chest pane", "palpatations rees", "palpatations reez"])
    def test_a_slip_in_them_is_found_and_said(self, heart_doctor: Doctor, q: str) -> None:
        page = doctors_search(DoctorFilters(q=q), now=NOW)
        assert [card.doctor for card in page.cards] == [heart_doctor]
        assert [reading.is_guess for reading in page.readings] == [True]

    def test_somebody_who_bears_the_name_goes_before_a_guess(self, heart_doctor: Doctor) -> None:
        named = doctor_with_times(20, family_name="Palpitatio")
        page = doctors_search(DoctorFilters(q="palpitatio"), now=NOW)
        assert [card.doctor for card in page.cards] == [heart_doctor, named]
        assert doctors_search(DoctorFilters(q="palpitatioo"), now=NOW).readings[0].is_guess
        named.family_name = "Palpitatioo"
        named.save()
        page = doctors_search(DoctorFilters(q="palpitatioo"), now=NOW)
        assert [card.doctor for card in page.cards] == [named]
        assert page.readings == []

    @pytest.mark.parametrize("q", ["chest wright", "palpatations wright"])
    def test_a_name_of_another_specialty_finds_nobody(self, heart_doctor: Doctor, q: str) -> None:
        assert find(q=q) == []

    def test_names_that_are_only_spelt_alike_are_said_to_be(self, heart_doctor: Doctor) -> None:
        assert doctors_search(DoctorFilters(q="reez"), now=NOW).is_spelt_alike
        assert not doctors_search(DoctorFilters(q="rees"), now=NOW).is_spelt_alike


@pytest.mark.parametrize(
    "change",
    [
        {"is_active": False},
        *({"verification_status": status} for status in VerificationStatus if status != "verified"),
    ],
)
class TestWhoIsNotListed:
    def test_is_not_found_even_with_rows_left_over(self, change: dict[str, Any]) -> None:
        doctor = doctor_with_times(10, family_name="Hidden")
        Doctor.objects.filter(pk=doctor.pk).update(**change)
        assert Listing.objects.filter(doctor=doctor).exists()
        slug = doctor.specialties.get().slug
        for filters in (DoctorFilters(), DoctorFilters(q="hidden"), DoctorFilters(specialty=slug)):
            page = doctors_search(filters, now=NOW)
            assert (page.cards, page.count) == ([], 0)

    def test_has_no_door_by_slug(self, change: dict[str, Any]) -> None:
        doctor = DoctorFactory(listed=True)
        assert doctor_listed(doctor.slug) == doctor
        Doctor.objects.filter(pk=doctor.pk).update(**change)
        with pytest.raises(NotFound):
            doctor_listed(doctor.slug)


class TestPaging:
    @pytest.fixture
    def in_order(self) -> list[Doctor]:
        """Seven doctors, the middle ones free at the same moment, the last without times."""
        return [doctor_with_times(*minutes) for minutes in ([10], [20], [30], [30], [30], [40], [])]

    def walk(self, page: SearchPage, turn: Callable[[SearchPage], Cursor | None]) -> list[list[Doctor]]:
        seen = [[card.doctor for card in page.cards]]
        while cursor := turn(page):
            page = doctors_search(DoctorFilters(), now=NOW, cursor=cursor, size=2)
            seen.append([card.doctor for card in page.cards])
        return seen

    def test_forwards_and_back_show_everybody_once(self, in_order: list[Doctor]) -> None:
        first = doctors_search(DoctorFilters(), now=NOW, size=2)
        assert (first.before, first.count) == ("", 7)
        pages = self.walk(first, lambda page: Cursor.read(after=page.after))
        assert [doctor for page in pages for doctor in page] == in_order
        assert [len(page) for page in pages] == [2, 2, 2, 1]
        last_edge = Cursor(at=at(10**6), doctor_id=in_order[-1].public_id, is_backwards=True)
        last = doctors_search(DoctorFilters(), now=NOW, cursor=last_edge, size=2)
        back = self.walk(last, lambda page: Cursor.read(before=page.before))
        assert [doctor for page in reversed(back) for doctor in page] == in_order[:-1]

    def test_the_count_is_of_all_pages_and_stops(self, in_order: list[Doctor], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(search, "COUNTED", 3)
        page = doctors_search(DoctorFilters(), now=NOW, size=2)
        assert (page.count, page.is_more) == (3, True)
        assert len(in_order) > page.count

    @pytest.mark.parametrize("time", ["2001-03-03T10:00:00+23:59", "2001-03-03T10:00:00+00:00:30.5"])
    def test_an_edge_in_an_offset_that_the_database_refuses_is_a_place_like_any(self, time: str) -> None:
        doctor = doctor_with_times(10)
        cursor = Cursor.read(before=f"{time}_{doctor.public_id}")
        assert cursor is not None
        assert doctors_search(DoctorFilters(), now=NOW, cursor=cursor).cards == []

    @pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "infinity", "\x00"])
    def test_an_edge_outside_the_calendar_is_the_first_page(self, time: str) -> None:
        assert Cursor.read(after=f"{time}_{doctor_with_times(10).public_id}") is None


@pytest.mark.parametrize("q", ["amara", "amara ailment", "ailmant"])
def test_four_statements_whatever_the_number_of_cards_and_no_picture_is_opened(
    q: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = []
    opened: list[str] = []
    SearchWordFactory(word="ailment", specialties=[SpecialtyFactory(slug="one")])
    for doctors in (1, 6):
        for _ in range(doctors):
            doctor = doctor_with_times(
                10, locations=[LocationFactory(), LocationFactory()], specialties=[SpecialtyFactory(slug="one")]
            )
            DoctorPageFactory(doctor=doctor, photo=photo_shown_before(PORTRAIT))
        with CaptureQueriesContext(connection) as captured, monkeypatch.context() as patch:
            # In a bucket each would be a request more.
            patch.setattr(Storage, "open", lambda *call: opened.append(call[1]))
            page = doctors_search(DoctorFilters(q=q), now=NOW)
        assert len(page.cards) == Doctor.objects.count()
        assert all(card.portrait for card in page.cards)
        counts.append(len(captured))
    assert counts == [4, 4]
    assert not opened


def test_what_can_be_booked_comes_in_the_doctors_order() -> None:
    doctor = DoctorFactory(listed=True)
    second = VisitTypeFactory(doctor=doctor, position=2)
    first = VisitTypeFactory(doctor=doctor, position=1)
    VisitTypeFactory(doctor=doctor, is_active=False)
    assert list(visit_types_of(doctor)) == [first, second]
