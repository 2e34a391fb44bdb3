from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from icalendar import Calendar

from notifications.kinds import TRAITS, Audience, Kind, Topic
from notifications.models import Message
from notifications.rendering import mail_of
from notifications.tests.factories import FACTS

BASE = settings.BASE_URL
APPOINTMENTS = [
    kind for kind, traits in TRAITS.items() if traits.topic == Topic.APPOINTMENTS and "reference" in traits.facts
]
TO_DOCTORS = [kind for kind in APPOINTMENTS if TRAITS[kind].audience is Audience.DOCTOR]


def _message(kind: str, **changes: Any) -> Message:
    return Message(kind=kind, email="maya@example.org", facts={**FACTS, **changes})


def test_the_table_says_of_every_kind_whom_it_tells_of_what_and_whether_they_may_not_want_it() -> None:
    assert set(TRAITS) == set(Kind)
    switched_off = {kind for kind, traits in TRAITS.items() if traits.optional}
    assert not any(
        TRAITS[kind].topic == Topic.SECURITY or TRAITS[kind].audience is Audience.ADDRESS for kind in switched_off
    )


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_is_a_whole_mail(kind: Kind) -> None:
    mail = mail_of(_message(kind))
    assert mail.subject
    assert "\n" not in mail.subject
    for part in (mail.subject, mail.text, mail.html):
        assert "{{" not in part
        assert "{%" not in part
        assert "!" not in part.replace("<!DOCTYPE", "")
    assert BASE in mail.text
    assert BASE in mail.html


@pytest.mark.parametrize("kind", APPOINTMENTS)
def test_a_mail_says_when_where_and_which_and_never_why(kind: Kind) -> None:
    mail = mail_of(_message(kind))
    for part in (mail.text, mail.html):
        assert "Tuesday 6 July 2027, 10:20am to 10:40am (BST)" in part
        assert "Marylebone Clinic, 12 Weymouth Street, London" in part
        assert "MC7Q2KD" in part
        assert part.count("BST") == 1
    attached = b"".join(attachment.content for attachment in mail.attachments).decode()
    assert "Sexual health" not in mail.subject + mail.text + mail.html + attached


@pytest.mark.parametrize("kind", TO_DOCTORS)
def test_a_doctors_mail_and_calendar_name_no_person(kind: Kind) -> None:
    mail = mail_of(_message(kind))
    assert "Osei" not in mail.subject + mail.text + mail.html
    assert b"SUMMARY:Appointment MC7Q2KD\r\n" in mail.attachments[0].content


def test_in_winter_it_is_gmt() -> None:
    mail = mail_of(
        _message(Kind.APPOINTMENT_BOOKED, start="2027-12-07T10:20:00+00:00", end="2027-12-07T10:40:00+00:00")
    )
    assert "Tuesday 7 December 2027, 10:20am to 10:40am (GMT)" in mail.text


def test_in_the_hour_that_comes_twice_each_time_says_which() -> None:
    mail = mail_of(
        _message(Kind.APPOINTMENT_BOOKED, start="2027-10-31T00:20:00+00:00", end="2027-10-31T01:05:00+00:00")
    )
    assert "1:20am BST to 1:05am GMT" in mail.text


def test_the_calendar_file_names_the_appointment_and_the_zone() -> None:
    mail = mail_of(_message(Kind.APPOINTMENT_BOOKED))
    [attachment] = mail.attachments
    assert (attachment.name, attachment.content_type) == ("MC7Q2KD.ics", "text/calendar; method=REQUEST")
    assert b"DTSTART;TZID=Europe/London:20270706T102000" in attachment.content
    [event] = Calendar.from_ical(attachment.content).walk("VEVENT")
    assert (event["UID"], event["SEQUENCE"]) == ("5f0c@clinic.example", 0)
    assert event["URL"] == f"{BASE}/appointments/5f0c/"
    assert event["ATTENDEE"] == "mailto:maya@example.org"
    assert event["ORGANIZER"] == "mailto:no-reply@demo.example"


def test_a_cancellation_takes_the_same_event_out() -> None:
    cancel = {"uid": "5f0c@clinic.example", "sequence": 1, "method": "CANCEL"}
    [attachment] = mail_of(_message(Kind.APPOINTMENT_CANCELLED, calendar=cancel)).attachments
    calendar = Calendar.from_ical(attachment.content)
    [event] = calendar.walk("VEVENT")
    assert (calendar["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 1)


@pytest.mark.parametrize(("modality", "where"), [("video", "By video"), ("phone", "By phone")])
def test_a_visit_away_from_the_clinic_names_no_place_to_go_to(modality: str, where: str) -> None:
    mail = mail_of(_message(Kind.APPOINTMENT_BOOKED, modality=modality))
    assert where in mail.text
    assert "Marylebone" not in mail.text + mail.html
    assert f"LOCATION:{where}\r\n".encode() in mail.attachments[0].content


def test_without_a_calendar_nothing_is_attached() -> None:
    message = _message(Kind.APPOINTMENT_REQUESTED)
    del message.facts["calendar"]
    assert not mail_of(message).attachments


def test_what_was_only_held_promises_no_file_and_the_practice_says_that_it_was_theirs() -> None:
    held = _message(Kind.APPOINTMENT_CANCELLED, by_practice=True)
    del held.facts["calendar"]
    mail = mail_of(held)
    for part in (mail.text, mail.html):
        assert "attached" not in part
        assert "The practice has had to cancel" in part
    own = mail_of(_message(Kind.APPOINTMENT_CANCELLED))
    for part in (own.text, own.html):
        assert "The attached file" in part
        assert "practice" not in part


def test_a_doctor_reads_that_a_time_which_they_approved_was_not_paid_for() -> None:
    message = _message(Kind.DOCTOR_APPOINTMENT_CANCELLED, ended="not-paid")
    del message.facts["calendar"]
    mail = mail_of(message)
    assert mail.subject.startswith("Time not paid for: ")
    for part in (mail.text, mail.html):
        assert "A time that you had approved was not paid for" in part
        assert "cancelled" not in part
        # Somebody else may have it by now.
        assert "free again" not in part


@pytest.mark.parametrize(
    ("ended", "subject", "words"),
    [
        ("given-up", "Time given up: ", {"This time was given up", "A time that you had approved was given up"}),
        ("withdrawn", "Request withdrawn: ", {"This request was withdrawn", "A request was withdrawn"}),
    ],
)
def test_what_was_never_booked_is_not_said_to_be_cancelled(ended: str, subject: str, words: set[str]) -> None:
    for kind in (Kind.APPOINTMENT_CANCELLED, Kind.DOCTOR_APPOINTMENT_CANCELLED):
        message = _message(kind, ended=ended)
        del message.facts["calendar"]
        mail = mail_of(message)
        assert mail.subject.startswith(subject)
        for part in (mail.text, mail.html):
            assert any(one in part for one in words)
            assert "cancelled" not in part
            assert "attached" not in part


def test_the_link_and_the_policy_are_in_both_parts() -> None:
    mail = mail_of(_message(Kind.APPOINTMENT_BOOKED))
    for part in (mail.text, mail.html):
        assert f"{BASE}/appointments/5f0c/" in part
        assert "Free until Monday 5 July" in part


def test_text_is_not_escaped_and_html_is() -> None:
    mail = mail_of(_message(Kind.APPOINTMENT_BOOKED, doctor="Dr O'Neill <script>"))
    assert "Dr O'Neill <script>" in mail.text
    assert "<script>" not in mail.html


def test_a_name_with_a_line_break_makes_no_header() -> None:
    assert "\n" not in mail_of(_message(Kind.APPOINTMENT_DECLINED, doctor="Dr O\nBcc: x@y.z")).subject


def test_the_reason_of_a_verification_is_said_where_there_is_one() -> None:
    facts = {"doctor": "Dr Amara Osei", "reason": "The indemnity has run out"}
    said = mail_of(Message(kind=Kind.VERIFICATION_REJECTED, email="a@b.org", facts=facts)).text
    silent = mail_of(Message(kind=Kind.VERIFICATION_REJECTED, email="a@b.org", facts={**facts, "reason": ""})).text
    assert "The reason: The indemnity has run out." in said
    assert not re.search("reason", silent)


def test_a_letter_to_a_former_carer_names_nobody_and_says_nothing_of_a_visit() -> None:
    mail = mail_of(_message("carer_ended", patient="Maya O’Neil"))
    assert mail.subject == "Whom you help with appointments has changed"
    for part in (mail.subject, mail.text, mail.html):
        assert "O’Neil" not in part
    for part in (mail.text, mail.html):
        assert "/appointments/5f0c/" in part
        for fact in ("reference", "doctor", "place", "address"):
            assert FACTS[fact] not in part


OLD = {"old_start": "2027-07-05T08:00:00+00:00", "old_end": "2027-07-05T08:20:00+00:00", "old_zone": "Europe/London"}


@pytest.mark.parametrize("kind", [Kind.APPOINTMENT_MOVED, Kind.DOCTOR_APPOINTMENT_MOVED])
def test_what_has_moved_says_the_old_time_and_the_new_one(kind: Kind) -> None:
    mail = mail_of(_message(kind, **OLD))
    for part in (mail.text, mail.html):
        assert "Tuesday 6 July 2027, 10:20am to 10:40am (BST)" in part
        assert "Monday 5 July 2027, 9:00am to 9:20am (BST)" in part
    assert "6 July" in mail.subject
    assert "5 July" not in mail.subject


def test_another_place_is_said_where_one_goes_there() -> None:
    moved = {**OLD, "old_place": "Harbour Clinic"}
    assert "(BST), Harbour Clinic" in mail_of(_message(Kind.APPOINTMENT_MOVED, **moved)).text
    assert "Harbour" not in mail_of(_message(Kind.APPOINTMENT_MOVED, modality="video", **moved)).text
    same = {**OLD, "old_place": "Marylebone Clinic"}
    assert "(BST), Marylebone" not in mail_of(_message(Kind.APPOINTMENT_MOVED, **same)).text


def test_a_patient_reads_that_the_clinic_moved_it() -> None:
    said = "The clinic has changed the time"
    assert said in mail_of(_message(Kind.APPOINTMENT_MOVED, by_practice=True, **OLD)).text
    assert said not in mail_of(_message(Kind.APPOINTMENT_MOVED, by_practice=False, **OLD)).text


def test_the_hour_that_comes_twice_is_told_apart_before_and_after() -> None:
    first = {"old_start": "2027-10-31T00:30:00+00:00", "old_end": "2027-10-31T01:00:00+00:00"}
    second = {"start": "2027-10-31T01:30:00+00:00", "end": "2027-10-31T02:00:00+00:00"}
    text = mail_of(_message(Kind.APPOINTMENT_MOVED, old_zone="Europe/London", **first, **second)).text
    assert "When: Sunday 31 October 2027, 1:30am GMT to 2:00am" in text
    assert "Before: Sunday 31 October 2027, 1:30am BST to 1:00am GMT" in text


def test_what_is_asked_of_a_renewal_takes_no_booking_away() -> None:
    mail = mail_of(_message(Kind.VERIFICATION_ITEM_ASKED, item="Indemnity certificate", is_renewal=True))
    assert "Patients can book you meanwhile." in mail.text
    assert "time to a decision" not in mail.text


@pytest.mark.parametrize(
    ("kind", "facts", "told"),
    [
        (Kind.REFUND_PROMISED, {"by_hand": True}, "by bank transfer, and asks you where to"),
        (Kind.REFUND_MADE, {"by_hand": True}, "by bank transfer"),
        (Kind.REFUND_DROPPED, {"why": "bank"}, "do not send it a second time"),
        (Kind.REFUND_DROPPED, {"why": "bank", "rest": 3000, "by_hand": True}, "£30 is left .* by bank transfer"),
        (Kind.REFUND_DROPPED, {"why": "elsewhere", "rest": 3000}, "£30 is left .* the way that you paid"),
        (Kind.REFUND_DROPPED, {"why": "not-owed"}, "now costs all that is left of what you paid"),
        (Kind.REFUND_DROPPED, {"why": "not-owed", "rest": 3000}, "no more than £30 of what you paid is left"),
        (Kind.REFUND_DROPPED, {"why": "bank", "rest": 3000, "waits": True}, "£30 is left .* waits until your bank"),
    ],
)
def test_a_refund_that_became_less_says_how_much_goes_and_how(kind: Kind, facts: dict[str, Any], told: str) -> None:
    mail = mail_of(_message(kind, amount=4500, currency="gbp", **facts))
    for part in (mail.text, mail.html):
        assert re.search(told, part)
    assert ("£30 of your refund of" in mail.subject) == ("rest" in facts)
