"""What editors may say in messages, what is refused, and what stands in a mail whatever they say."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings

from integrations.mail import Mail
from notifications.kinds import TRAITS, Audience, Kind, Topic
from notifications.models import Message
from notifications.rendering import mail_of, own_words, sample_of
from notifications.samples import sample_facts
from notifications.tests.factories import CANARIES
from notifications.wording import LONGEST, PLACEHOLDERS, REWORDABLE, Part, Unsayable, checked, filled

MAY_BE_SAID = {"doctor", "start", "place", "reference", "minutes"}
OF_THE_PRODUCT = sorted(set(Kind) - REWORDABLE.keys())


def everything(kind: Kind) -> dict[Part, str]:
    """Every part that may be an editor's, with every placeholder that there is for it."""
    may = REWORDABLE[kind]
    return {part: f"Editor’s {part} " + " ".join(f"{{{name}}}" for name in may.placeholders) for part in may.parts}


def message(kind: Kind, **facts: Any) -> Message:
    return Message(kind=kind, email="maya@example.org", facts={**sample_facts(kind), **facts})


def files(mail: Mail) -> list[tuple[str, list[bytes]]]:
    """Without the instant at which each was made."""
    return [
        (file.name, [line for line in file.content.splitlines() if not line.startswith(b"DTSTAMP")])
        for file in mail.attachments
    ]


@pytest.mark.parametrize("kind", REWORDABLE)
def test_an_editors_words_say_no_more_than_they_may_and_take_nothing_away(kind: Kind) -> None:
    plain, worded = mail_of(message(kind, **CANARIES)), mail_of(message(kind, **CANARIES), everything(kind))
    for part in (worded.subject, worded.text, worded.html):
        assert not [canary for canary in CANARIES.values() if canary in part]
        assert "{" not in part.partition("</style>")[2]
    for part in REWORDABLE[kind].parts:
        where = (worded.subject,) if part == Part.SUBJECT else (worded.text, worded.html)
        assert all(f"Editor’s {part} {settings.WAGTAIL_SITE_NAME}" in one for one in where)
    replaced = [own_words(kind, part).replace("{doctor}", "Dr Amara Osei") for part in (Part.HEADING, Part.OPENING)]
    for line in plain.text.splitlines():
        assert line in worded.text or any(line in own for own in replaced) or "late." in line
    assert files(worded) == files(plain)
    assert worded.unsubscribe_url == plain.unsubscribe_url


@pytest.mark.parametrize(
    ("kind", "happened"),
    [
        (Kind.APPOINTMENT_BOOKED, "is booked"),
        (Kind.APPOINTMENT_CHANGED, "another kind of visit"),
        (Kind.DOCTOR_APPOINTMENT_BOOKED, "has booked with you"),
        (Kind.DOCTOR_APPOINTMENT_CHANGED, "another kind of visit"),
    ],
)
def test_what_happened_stands_there_whatever_subject_and_heading_say(kind: Kind, happened: str) -> None:
    said = mail_of(message(kind), dict.fromkeys((Part.SUBJECT, Part.HEADING, Part.OPENING), "Hello"))
    assert (said.subject, happened in said.text, happened in said.html) == ("Hello", True, True)


def test_a_placeholder_is_a_fact_that_every_message_of_its_kind_has() -> None:
    for kind, may in REWORDABLE.items():
        facts = {PLACEHOLDERS[name].fact for name in may.placeholders} - {""}
        assert facts <= TRAITS[kind].facts & MAY_BE_SAID, kind


def test_what_protects_people_and_what_goes_to_strangers_keeps_the_products_words() -> None:
    for kind in REWORDABLE:
        assert TRAITS[kind].topic != Topic.SECURITY
        assert TRAITS[kind].audience is not Audience.ADDRESS
        if TRAITS[kind].topic in (Topic.RECORDS, Topic.PAYMENTS):
            assert not REWORDABLE[kind].parts & {Part.SUBJECT, Part.HEADING}
        if TRAITS[kind].topic == Topic.RECORDS:
            assert REWORDABLE[kind].placeholders == ("clinic",)


@pytest.mark.parametrize("kind", OF_THE_PRODUCT)
def test_a_kind_that_is_not_in_the_table_takes_no_words(kind: Kind) -> None:
    for part in Part:
        with pytest.raises(Unsayable):
            checked(kind, {part: "Good morning"})


LEAKS = [
    "{reason}",
    "{visit_type}",
    "{patient}",
    "{patient.nhs_number}",
    "{{ doctor }}",
    "{% load static %}",
    "{doctor.__class__}",
    "{doctor.__init__.__globals__}",
    "{0}",
    "{}",
    "{doctor!r:>99999}",
    "{doctor:>99999}",
    "{ doctor }",
    "{DOCTOR}",
    "{doctor",
    "doctor}",
    "{{doctor}}",
    "{minutes}",
    "<b>Hello</b>",
    "<script>alert(1)</script>",
    "a < b",
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "data:text/html;base64,AAAA",
    "https://evil.example/",
    "http://evil.example",
    "HTTPS://EVIL.EXAMPLE",
    "//evil.example/path",
    "www.evil.example",
    "evil.co.uk/sign-in",
    "пример.рф",
    f"{settings.BASE_URL}.evil.example/",
    f"{settings.BASE_URL}@evil.example/",
    f"{settings.BASE_URL}\\@evil.example/",
    "desk@clinic.example",
    "mailto:desk@clinic.example",
    "Hello\nBcc: x@y.z",
    "Hello\r\nBcc: all",
    "Hello\x0bthere",
    "Hello\x00there",
    "Hello\u202ethere",
    "Hello\u200bthere",
    "About 943 476 5919",
    "About 9434765919",
    "About 943.476.5919",
    "About 943  476  5919",
    "About 943 - 476 - 5919",
    "About 94 34 76 59 19",
    "About 943\u00a0476\u00a05919",
    "About \uff19\uff14\uff13\uff14\uff17\uff16\uff15\uff19\uff11\uff19",
    "evil\u3002com",
    "evil\uff0ecom",
    "evil\uff61com",
    "evil\u2024com",
    "\uff45\uff56\uff49\uff4c\uff0e\uff43\uff4f\uff4d",
    "desk\uff20evil",
    "1.2.3.4/login",
    "{clinic}.com",
    "Go to {clinic}.com/pay",
    "www.{clinic}",
    "{doctor}.health",
    f"{settings.BASE_URL}{{clinic}}/",
    "Hello\u2028there",
    "Hello\u2029there",
    "Hello\u3164there",
    "Hello\u2800there",
    "x" * (LONGEST[Part.SUBJECT] + 1),
]


@pytest.mark.parametrize("text", LEAKS)
def test_what_would_leak_or_lead_away_is_refused(text: str) -> None:
    with pytest.raises(Unsayable) as refused:
        checked(Kind.APPOINTMENT_BOOKED, {Part.SUBJECT: text, Part.CLOSING: "Goodbye"})
    assert list(refused.value.faults) == [Part.SUBJECT]
    assert all(told.endswith(".") for told in refused.value.faults[Part.SUBJECT])
    # Nor is it sent where it has come into the database by another way.
    with pytest.raises(Unsayable):
        filled(Kind.APPOINTMENT_BOOKED, {Part.SUBJECT: text}, {"doctor": "Dr Osei"})


@pytest.mark.parametrize(
    "text",
    [
        "See you on {day} at {time}, {place}. Your reference is {reference}.",
        "Note: please bring your glasses (e.g. for reading) & your list of medicines. It begins at 10.20am, or 10:20!",
        f"How to find us: {settings.BASE_URL}/contact/. Or call 020 7946 0000, from abroad +44 20 7946 0000.",
        "First line.\r\n\r\nSecond line: {clinic} - {doctor}",
        "Gewünscht von Zoë; “quoted”, 50 % & more… or not.",
        "Ask for {doctor}. Or come to {place}, on {day}. Version 1.2.3 of our form; {reference}.",
        f"How to pay: {settings.BASE_URL}/appointments/?of={{reference}}.",
    ],
)
def test_plain_words_are_not_refused(text: str) -> None:
    assert checked(Kind.APPOINTMENT_BOOKED, {Part.CLOSING: text}) == {Part.CLOSING: text.replace("\r\n", "\n")}


def test_what_is_filled_in_makes_no_address_with_the_words_around_it_and_may_be_one_itself() -> None:
    said = {"site_name": "Clinic.London", "doctor": "Dr Osei Jr."}
    say = lambda words: filled(Kind.VERIFICATION_APPROVED, {Part.CLOSING: words}, said)[Part.CLOSING]  # noqa: E731
    assert say("Welcome to {clinic}/{doctor}") == "Welcome to Clinic.London/Dr Osei Jr."
    with pytest.raises(Unsayable):
        say("Welcome {doctor}com")


def test_what_is_filled_in_is_text_and_makes_no_header_no_tag_and_no_placeholder() -> None:
    typed = {Part.SUBJECT: "With {doctor}", Part.OPENING: "With {doctor}"}
    mail = mail_of(message(Kind.APPOINTMENT_BOOKED, doctor="Dr O\nBcc: x <script> {reference}"), typed)
    assert mail.subject == "With Dr O Bcc: x <script> {reference}"
    assert "<script>" not in mail.html


def test_words_that_cannot_be_said_cost_no_message(caplog: pytest.LogCaptureFixture) -> None:
    told = message(Kind.APPOINTMENT_BOOKED)
    assert mail_of(told, {Part.SUBJECT: "{reason}", Part.CLOSING: "Goodbye"}).text == mail_of(told).text
    assert "The words for appointment_booked could not be used (Unsayable)" in caplog.text
    gap = message(Kind.APPOINTMENT_BOOKED, doctor="")
    assert mail_of(gap, {Part.CLOSING: "With {doctor}"}).text == mail_of(gap).text


def test_a_person_away_from_the_clinic_is_told_so() -> None:
    mail = mail_of(message(Kind.APPOINTMENT_BOOKED, modality="video"), {Part.OPENING: "You meet {doctor} {place}."})
    assert "You meet Dr Amara Osei by video." in mail.text


@pytest.mark.parametrize("kind", REWORDABLE)
def test_a_sample_says_that_it_is_one_and_the_products_words_are_shown_with_placeholders(kind: Kind) -> None:
    sample = sample_of(kind, {}, path="/admin/")
    for part in (sample.text, sample.html):
        assert "everything in it is made up" in part
    assert f"{settings.BASE_URL}/admin/" in sample.text or settings.BASE_URL in sample.text
    for part in Part:
        own = own_words(kind, part)
        assert "{{" not in own
        assert "Amara" not in own
        assert own or part in (Part.OPENING, Part.CLOSING)
    if Part.SUBJECT in REWORDABLE[kind].parts:
        assert checked(kind, {Part.SUBJECT: own_words(kind, Part.SUBJECT)})
