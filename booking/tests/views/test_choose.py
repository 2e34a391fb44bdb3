from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from booking.grouping import by_day, zones_told
from booking.models import AvailabilityRule
from booking.slots import Slot
from booking.tests.factories import AppointmentFactory, RuleFactory, bookable_doctor, next_slot_start
from booking.tests.views.pages import HTMX, confirm_path, picker_path, text_of
from common import clock
from doctors.models import Doctor
from doctors.states import Modality, VerificationStatus
from doctors.tests.factories import DoctorPageFactory, LocationFactory, VisitTypeFactory, photo_shown_before

pytestmark = pytest.mark.django_db

LONDON = ZoneInfo("Europe/London")


def today() -> date:
    return clock.now().astimezone(clock.clinic_zone()).date()


def test_each_time_is_a_link_to_its_confirmation(client: Client, doctor: Doctor) -> None:
    body = client.get(picker_path(doctor)).content.decode()
    assert f'href="{confirm_path(doctor).replace("&", "&amp;")}"' in body


def test_days_say_how_many_times_they_have_and_the_first_is_open(client: Client, doctor: Doctor) -> None:
    tomorrow = today() + timedelta(days=1)
    body = client.get(picker_path(doctor, **{"from": tomorrow.isoformat()})).content.decode()
    days = re.findall(r'<details[^>]*id="day-([0-9-]+)"([^>]*)>', body)
    assert [day for day, _ in days] == [(tomorrow + timedelta(days=n)).isoformat() for n in range(14)]
    assert [is_open.strip() for _, is_open in days] == ["open", *[""] * 13]
    assert body.count("16 times") == 14


def test_times_stand_in_parts_of_the_day(client: Client) -> None:
    doctor = bookable_doctor(start=time(11), end=time(19), minutes=60)
    page = text_of(client.get(picker_path(doctor)))
    assert re.search(r"Morning .*11:00am .*Afternoon .*12:00pm .*4:00pm .*Evening .*5:00pm .*6:00pm", page)


def test_what_is_booked_is_not_offered(client: Client, doctor: Doctor) -> None:
    AppointmentFactory.create(visit_type=doctor.visit_types.get())
    assert confirm_path(doctor).replace("&", "&amp;") not in client.get(picker_path(doctor)).content.decode()


def test_htmx_gets_the_part_and_others_the_page(client: Client, doctor: Doctor) -> None:
    page, part = client.get(picker_path(doctor)), client.get(picker_path(doctor), headers=HTMX)
    assert b"<html" in page.content
    assert part.content.decode().strip().startswith('<div id="slots"')
    assert part.content.decode().strip() in page.content.decode().replace("\r", "")
    assert "HX-Request" in page["Vary"]
    assert "HX-Request" in part["Vary"]


def test_the_address_follows_on_the_times_own_page_and_not_on_a_profile(client: Client, doctor: Doctor) -> None:
    path = picker_path(doctor, visit_type=doctor.visit_types.get().public_id)
    own = client.get(path, headers={**HTMX, "HX-Current-URL": f"http://testserver{picker_path(doctor)}"})
    profile = client.get(path, headers={**HTMX, "HX-Current-URL": f"http://testserver{doctor.page_url}"})
    assert own["HX-Push-Url"] == path
    assert "HX-Push-Url" not in profile


def test_headings_nest_below_a_second_level_in_page_and_part(client: Client, doctor: Doctor) -> None:
    levels = [
        int(level)
        for level in re.findall(r"<h([1-6])", client.get(picker_path(doctor)).content.decode().split("<footer")[0])
    ]
    assert levels[:2] == [1, 2]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    part = re.findall(r"<h([1-6])", client.get(picker_path(doctor), headers=HTMX).content.decode())
    assert part[0] == "3"
    assert set(part) == {"3", "4"}


def test_another_visit_type_by_its_address(client: Client, doctor: Doctor) -> None:
    short = VisitTypeFactory.create(doctor=doctor, name="Telephone advice", minutes=10, price_minor=3500, position=9)
    page = client.get(picker_path(doctor, visit_type=short.public_id)).content.decode()
    assert page.count('aria-current="true"') == 1
    assert "9:10am" in page
    assert "£35" in page


def test_a_visit_type_of_another_doctor_is_not_found(client: Client, doctor: Doctor) -> None:
    other = VisitTypeFactory.create()
    for wrong in (other.public_id, uuid4(), "x", "\x00"):
        assert client.get(picker_path(doctor, visit_type=wrong)).status_code == 404


@pytest.mark.parametrize("status", [s for s in VerificationStatus if s != VerificationStatus.VERIFIED])
def test_who_is_not_verified_has_no_times(client: Client, status: VerificationStatus) -> None:
    doctor = bookable_doctor()
    Doctor.objects.filter(pk=doctor.pk).update(verification_status=status)
    unlisted, nobody = client.get(picker_path(doctor)), client.get("/book/nobody/times/")
    assert unlisted.status_code == nobody.status_code == 404
    assert unlisted.content == nobody.content


@pytest.mark.parametrize("wanted", ["", "x", "9999-12-31", "0001-01-01", "2199-12-31", "1999-01-01", "\x00"])
def test_any_day_in_the_address_shows_a_page(client: Client, doctor: Doctor, wanted: str) -> None:
    assert client.get(picker_path(doctor, **{"from": wanted})).status_code == 200


def test_weeks_lead_back_to_today_and_on_to_the_horizon(client: Client, doctor: Doctor) -> None:
    doctor.visit_types.update(horizon_days=20)
    first = client.get(picker_path(doctor)).content.decode()
    assert "Earlier days" not in first
    later = (today() + timedelta(days=14)).isoformat()
    assert f"from={later}" in first
    second = client.get(picker_path(doctor, **{"from": later})).content.decode()
    assert f"from={today().isoformat()}" in second
    assert "Later days" not in second


def test_two_weeks_without_times_lead_to_the_next_time(client: Client, doctor: Doctor) -> None:
    opens = today() + timedelta(days=30)
    AvailabilityRule.objects.filter(doctor=doctor).update(valid_from=opens)
    page = client.get(picker_path(doctor)).content.decode()
    assert "No free times in these two weeks" in page
    assert f"from={opens.isoformat()}" in page


def test_no_time_at_all_leads_to_other_doctors(client: Client, doctor: Doctor) -> None:
    AvailabilityRule.objects.filter(doctor=doctor).delete()
    answer = client.get(picker_path(doctor))
    page = text_of(answer)
    assert "No free times at the moment" in page
    assert "Find another doctor" in page
    assert 'href="tel:01174960000"' in answer.content.decode()


def test_nothing_bookable_gives_the_clinics_number(client: Client, doctor: Doctor) -> None:
    doctor.visit_types.update(is_active=False)
    page = client.get(picker_path(doctor)).content.decode()
    assert "No visits can be booked online" in page
    assert 'href="tel:01174960000"' in page


def test_places_are_named_where_there_are_several(client: Client) -> None:
    doctor = bookable_doctor(end=time(12))
    assert doctor.locations.get().name not in text_of(client.get(picker_path(doctor), headers=HTMX))
    second = LocationFactory.create(name="Harbour clinic")
    doctor.locations.add(second)
    for weekday in range(7):
        RuleFactory.create(doctor=doctor, location=second, weekday=weekday, start_time=time(13), end_time=time(15))
    page = text_of(client.get(picker_path(doctor), headers=HTMX))
    assert "Afternoon, Harbour clinic" in page
    doctor.visit_types.update(modality=Modality.VIDEO)
    assert "Harbour clinic" not in text_of(client.get(picker_path(doctor), headers=HTMX))


def test_hours_at_a_place_that_was_left_are_shown(client: Client, doctor: Doctor) -> None:
    left = doctor.locations.get()
    doctor.locations.set([LocationFactory.create()])
    assert f"location={left.slug}" in client.get(picker_path(doctor)).content.decode()


def test_the_terms_of_cancelling_stand_below_the_times(client: Client) -> None:
    page = text_of(client.get(picker_path(bookable_doctor(price_minor=4500))))
    assert "You can cancel free of charge until 24 hours before. After that the clinic may charge you." in page


def slot_at(*when: int, fold: int = 0) -> Slot:
    start = datetime(*when, tzinfo=LONDON, fold=fold)  # type: ignore[arg-type, misc]
    start = start.astimezone(ZoneInfo("UTC"))
    return Slot(start, start + timedelta(minutes=30), 1, LONDON)


def test_the_zone_is_said_once_and_its_change_with_its_day() -> None:
    same = zones_told([slot_at(2027, 3, 26, 9), slot_at(2027, 3, 27, 9)])
    assert [(zone.name, zone.day) for zone in same] == [("GMT", None)]
    change = zones_told([slot_at(2027, 3, 26, 9), slot_at(2027, 3, 29, 9), slot_at(2027, 3, 30, 9)])
    assert [(zone.name, zone.day) for zone in change] == [("GMT", None), ("BST", date(2027, 3, 29))]


def test_a_time_that_the_clock_shows_twice_says_which(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the night of 31 October 2027 a clinic that is open from 1:00 to 2:00 has 1:30am twice."""
    now = datetime(2027, 10, 30, 12, tzinfo=LONDON).astimezone(ZoneInfo("UTC"))
    monkeypatch.setattr(clock, "now", lambda: now)
    doctor = bookable_doctor(start=time(1), end=time(2))
    page = text_of(client.get(picker_path(doctor)))
    assert "1:30am BST" in page
    assert "1:30am GMT" in page
    assert "Times are BST, and GMT from Sunday 31 October 2027." in page


def test_slots_of_two_places_share_one_day() -> None:
    place, other = LocationFactory.create(), LocationFactory.create()
    slots = [slot_at(2027, 3, 3, hour)._replace(location_id=key) for hour, key in ((9, 1), (10, 2), (10, 1), (13, 2))]
    days = by_day(slots, {1: place, 2: other})
    assert [day.day for day in days] == [date(2027, 3, 3)]
    assert days[0].count == 4
    assert {part.location for part in days[0].parts} == {place, other}


def test_the_page_takes_few_statements_however_many_times(
    client: Client, doctor: Doctor, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    DoctorPageFactory.create(doctor=doctor, photo=photo_shown_before("fill-240x280|format-webp"))
    for extra in range(4):
        VisitTypeFactory.create(doctor=doctor, position=extra)
        AppointmentFactory.create(visit_type=doctor.visit_types.first(), start=next_slot_start(days_ahead=2 + extra))
    client.get(picker_path(doctor))
    with django_assert_max_num_queries(12):
        assert client.get(picker_path(doctor)).status_code == 200
    with django_assert_max_num_queries(7):
        assert client.get(picker_path(doctor), headers=HTMX).status_code == 200


def test_far_ahead_there_is_a_way_back_to_the_free_times(client: Client, doctor: Doctor) -> None:
    AvailabilityRule.objects.filter(doctor=doctor).update(valid_until=today() + timedelta(days=7))
    page = text_of(client.get(picker_path(doctor, **{"from": "2099-01-01"})))
    assert "No free times so far ahead" in page
    assert "Go back to the next free times" in page


def test_a_single_day_is_no_stretch_of_days(client: Client, doctor: Doctor) -> None:
    told = re.compile(r"data-focus-after-swap>([^<]*)</p>")
    assert " to " in told.findall(client.get(picker_path(doctor)).content.decode())[0]
    (last,) = told.findall(client.get(picker_path(doctor, **{"from": "2099-01-01"})).content.decode())
    assert " to " not in last
