from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from integrations.calendars import CalendarEvent, feed_ics, to_ics

LONDON = ZoneInfo("Europe/London")
EVENT = CalendarEvent(
    uid="5f0c@clinic.example",
    sequence=0,
    start=datetime(2027, 3, 3, 10, 20, tzinfo=UTC),
    end=datetime(2027, 3, 3, 10, 40, tzinfo=UTC),
    zone=LONDON,
    summary="Appointment with Dr Amara Osei",
    location="Marylebone Clinic, 12 Weymouth Street, London",
    description="Reference MC7Q2K",
    url="https://clinic.example/appointments/5f0c/",
    organiser="no-reply@clinic.example",
    attendee="maya@example.org",
)


def _read(content: bytes, name: str = "VEVENT") -> Any:
    [component] = Calendar.from_ical(content).walk(name)
    return component


@pytest.mark.parametrize(
    ("utc", "wall_clock", "offset"),
    [
        (datetime(2027, 3, 3, 10, 20, tzinfo=UTC), "20270303T102000", 0),
        (datetime(2027, 7, 6, 9, 0, tzinfo=UTC), "20270706T100000", 1),
        (datetime(2027, 3, 28, 0, 59, tzinfo=UTC), "20270328T005900", 0),
        (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "20270328T020000", 1),
    ],
)
def test_times_are_wall_clock_with_the_zones_name_on_both_sides_of_the_clock_change(
    utc: datetime, wall_clock: str, offset: int
) -> None:
    content = to_ics(replace(EVENT, start=utc, end=utc + timedelta(minutes=20)), "REQUEST")
    assert f"DTSTART;TZID=Europe/London:{wall_clock}\r\n".encode() in content
    event = _read(content)
    assert event["DTSTART"].dt == utc
    assert event["DTEND"].dt == utc + timedelta(minutes=20)
    assert event["DTSTART"].dt.utcoffset() == timedelta(hours=offset)


def test_the_zones_own_rules_say_when_the_clock_changes() -> None:
    zone = _read(to_ics(EVENT, "REQUEST"), "VTIMEZONE")
    changes = {
        str(part["DTSTART"].to_ical(), "ascii"): (
            part.name,
            part["TZNAME"],
            part["TZOFFSETFROM"].td,
            part["TZOFFSETTO"].td,
        )
        for part in zone.subcomponents
    }
    none, hour = timedelta(), timedelta(hours=1)
    assert zone["TZID"] == "Europe/London"
    # Told by the clock before the change: 1am GMT becomes 2am BST, 2am BST becomes 1am GMT.
    assert changes["20270328T010000"] == ("DAYLIGHT", "BST", none, hour)
    assert changes["20271031T020000"] == ("STANDARD", "GMT", hour, none)


@pytest.mark.parametrize("name", ["Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia", "America/New_York"])
def test_a_calendar_that_knows_only_the_file_reads_the_right_instants(name: str) -> None:
    zone = ZoneInfo(name)
    for day in range(0, 366, 5):
        start = datetime(2027, 1, 1, 1, 30, tzinfo=UTC) + timedelta(days=day)
        content = to_ics(replace(EVENT, start=start, end=start + timedelta(minutes=20), zone=zone), "REQUEST")
        timezone = _read(content, "VTIMEZONE")
        local = datetime.fromisoformat(_value(content, "DTSTART;TZID"))
        assert local - _offset_by_file(timezone, local) == start.replace(tzinfo=None)


def _value(content: bytes, name: str) -> str:
    [line] = [line for line in content.decode().splitlines() if line.startswith(name)]
    return line.partition(":")[2]


def _offset_by_file(timezone: Any, local: datetime) -> timedelta:
    """RFC 5545, 3.6.5: the offset of the observance with the latest onset before the time."""
    onsets = sorted((part["DTSTART"].dt, part["TZOFFSETTO"].td) for part in timezone.subcomponents)
    return [offset for onset, offset in onsets if onset <= local][-1]


def test_the_hour_that_comes_twice_is_two_instants_in_the_file_too() -> None:
    summer, winter = datetime(2027, 10, 31, 0, 30, tzinfo=UTC), datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
    first, second = (
        to_ics(replace(EVENT, start=start, end=start + timedelta(minutes=20)), "REQUEST") for start in (summer, winter)
    )
    # RFC 5545, 3.3.5: by the clock half past one is the first of the two.
    assert b"DTSTART;TZID=Europe/London:20271031T013000\r\n" in first
    assert b"DTSTART:20271031T013000Z\r\nDTEND:20271031T015000Z\r\n" in second


FEED: dict[str, Any] = {"name": "My appointments", "again_in": timedelta(hours=1)}


def test_a_feed_holds_every_event_with_the_rules_of_every_zone() -> None:
    elsewhere = replace(EVENT, uid="lhi@clinic.example", zone=ZoneInfo("Australia/Lord_Howe"))
    in_two_years = replace(EVENT, uid="later@clinic.example", start=EVENT.start + timedelta(days=730))
    gone = replace(EVENT, uid="gone@clinic.example", sequence=2, is_cancelled=True)
    content = feed_ics([EVENT, elsewhere, in_two_years, gone], **FEED)
    calendar: Any = Calendar.from_ical(content)
    zones = {str(zone["TZID"]): zone for zone in calendar.walk("VTIMEZONE")}
    assert set(zones) == {"Europe/London", "Australia/Lord_Howe"}
    onsets = {part["DTSTART"].dt.year for part in zones["Europe/London"].subcomponents}
    assert {2026, 2027, 2028, 2029, 2030} <= onsets
    statuses = {str(event["UID"]): (str(event["STATUS"]), event["SEQUENCE"]) for event in calendar.walk("VEVENT")}
    assert len(statuses) == 4
    assert statuses["gone@clinic.example"] == ("CANCELLED", 2)
    assert statuses[EVENT.uid] == ("CONFIRMED", 0)


def test_a_feed_says_what_it_is_called_and_when_to_come_again() -> None:
    calendar = Calendar.from_ical(feed_ics([], **FEED))
    assert (calendar["METHOD"], calendar["NAME"]) == ("PUBLISH", "My appointments")
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\nX-PUBLISHED-TTL:PT1H\r\n" in feed_ics([], **FEED)


def test_cancel_names_the_same_event_with_a_higher_sequence() -> None:
    content = to_ics(replace(EVENT, sequence=3), "CANCEL")
    calendar, event = _read(content, "VCALENDAR"), _read(content)
    assert calendar["METHOD"] == "CANCEL"
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (EVENT.uid, 3, "CANCELLED")
    assert event["ORGANIZER"] == "mailto:no-reply@clinic.example"


def test_request_carries_what_a_calendar_demands_and_asks_for_no_answer() -> None:
    content = to_ics(EVENT, "REQUEST")
    calendar, event = _read(content, "VCALENDAR"), _read(content)
    assert (calendar["VERSION"], calendar["METHOD"], event["STATUS"]) == ("2.0", "REQUEST", "CONFIRMED")
    assert event["DTSTAMP"].dt.tzinfo is not None
    assert event["ATTENDEE"] == "mailto:maya@example.org"
    assert event["ATTENDEE"].params["RSVP"] == "FALSE"


def test_a_published_file_has_no_attendee() -> None:
    assert "ATTENDEE" not in _read(to_ics(EVENT, "PUBLISH"))


def test_commas_semicolons_lines_and_letters_come_back_as_they_were() -> None:
    awkward = replace(EVENT, location="Flat 2; 3, Old Street\nLondon \\ N1", summary="Appointment with Dr Żaneta Ó Sé")
    content = to_ics(awkward, "REQUEST")
    assert _read(content)["LOCATION"] == awkward.location
    assert _read(content)["SUMMARY"] == awkward.summary


def test_nothing_in_a_value_becomes_a_line_of_its_own() -> None:
    event = _read(to_ics(replace(EVENT, location="x\r\nATTENDEE:mailto:evil@example.org", attendee=""), "REQUEST"))
    assert "ATTENDEE" not in event


def test_long_lines_are_folded_at_75_bytes() -> None:
    content = to_ics(replace(EVENT, description="Ärztlich " * 60), "REQUEST")
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert _read(content)["DESCRIPTION"] == "Ärztlich " * 60
