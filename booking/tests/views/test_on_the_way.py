"""The way to a booking through signing in or up: it is never lost, and says what waits at its end."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from accounts.tests.factories import UserFactory
from booking.tests.factories import bookable_doctor, next_slot_start
from booking.tests.views.pages import confirm_path, text_of
from common.templatetags.when import date_time
from doctors.models import Doctor
from doctors.tests.factories import DoctorPageFactory

pytestmark = pytest.mark.django_db

PROFILE = {
    "given_name": "Ada",
    "family_name": "Byron",
    "birth_date_day": "10",
    "birth_date_month": "12",
    "birth_date_year": "1985",
    "phone": "020 7946 0123",
    "gender": "female",
}
ENTRANCES = ["account_login", "account_signup"]


def entrance(name: str, target: str) -> str:
    return f"{reverse(name)}?{urlencode({'next': target})}"


@pytest.mark.parametrize("name", ENTRANCES)
def test_the_page_says_what_is_booked(client: Client, doctor: Doctor, name: str) -> None:
    text = text_of(client.get(entrance(name, confirm_path(doctor))))
    for words in (doctor.name, "Consultation, 30 minutes", date_time(next_slot_start(), "Europe/London")):
        assert words in text


@pytest.mark.parametrize("name", ENTRANCES)
def test_the_page_says_what_it_costs(client: Client, name: str) -> None:
    doctor = bookable_doctor(price_minor=4500)
    assert "£45" in text_of(client.get(entrance(name, confirm_path(doctor))))


def test_who_is_new_is_asked_first_on_the_way_to_a_booking_and_staff_are_not_spoken_to(
    client: Client, doctor: Doctor
) -> None:
    booking, office = (text_of(client.get(entrance("account_login", at))) for at in (confirm_path(doctor), "/admin/"))
    assert booking.index("I am new here") < booking.index("I have an account")
    assert "second step" not in booking
    assert "I am new here" not in office


@pytest.mark.parametrize("known", ["", "known@example.org"])
def test_the_page_of_the_code_says_it_too_whether_the_address_is_known_or_not(
    client: Client, doctor: Doctor, known: str
) -> None:
    email = UserFactory.create(email=known).email if known else "new@example.org"
    form = {"email": email, "password1": "nine grey herons wade", "next": confirm_path(doctor), **PROFILE}
    answer = client.post(reverse("account_signup"), form)
    assert answer.status_code == 302, text_of(answer)

    code = client.get(answer["Location"])
    assert doctor.name in text_of(code)
    assert "Consultation, 30 minutes" in text_of(code)
    assert f'href="{reverse("development_mails")}"' in code.content.decode()


@pytest.mark.parametrize("name", ENTRANCES)
def test_a_form_that_was_refused_says_it_still(client: Client, doctor: Doctor, name: str) -> None:
    answer = client.post(reverse(name), {"next": confirm_path(doctor), "email": "nobody", "login": "nobody"})
    assert doctor.name in text_of(answer)


@pytest.mark.parametrize("name", ENTRANCES)
def test_the_ways_in_of_the_header_lead_on_to_the_same_page(client: Client, doctor: Doctor, name: str) -> None:
    target = confirm_path(doctor)
    page = unescape(client.get(entrance(name, target)).content.decode())
    header = page[page.index("<header") : page.index("</header>")]
    for way in ENTRANCES:
        # On a desk, and in the menu of a phone.
        assert header.count(f'href="{reverse(way)}?{urlencode({"next": target}, safe="/")}"') == 2
        assert f'href="{reverse(way)}"' not in header


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_nobody_is_led_to_another_site(client: Client, target: str) -> None:
    links = re.findall(r'(?:href|action)="([^"]*)"', client.get(entrance("account_login", target)).content.decode())
    assert links
    assert not [link for link in links if "elsewhere" in link or "alert" in link]


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/nowhere/",
        "/book/nobody/confirm/?start=x",
        "/book/nobody/confirm/",
        "/appointments/",
        "/book/%00/confirm/?visit_type=%00",
    ],
)
def test_an_address_that_books_nothing_says_nothing(client: Client, target: str) -> None:
    assert "What you are booking" not in client.get(entrance("account_login", target)).content.decode()


def test_a_doctor_who_is_no_longer_listed_takes_no_bookings_and_why_is_not_said(client: Client, doctor: Doctor) -> None:
    DoctorPageFactory.create(doctor=doctor, first_published_at=doctor.verified_at)
    picker, path = reverse("booking:slot_picker", args=[doctor.slug]), confirm_path(doctor)
    answers = []
    for change in ({"verification_status": "suspended"}, {"verification_status": "expired"}):
        Doctor.objects.filter(pk=doctor.pk).update(**change)
        answers += [text_of(client.get(picker)), text_of(client.get(entrance("account_login", path)))]
    assert f"{doctor.name} is not taking bookings at the moment" in answers[0]
    assert "Find a doctor" in answers[0]
    assert (answers[0], answers[1]) == (answers[2], answers[3])
    assert client.get(picker).status_code == 404
    assert doctor.name not in answers[1]


def test_a_doctor_who_was_never_public_is_not_known(client: Client, doctor: Doctor) -> None:
    Doctor.objects.filter(pk=doctor.pk).update(verification_status="pending")
    answer = client.get(reverse("booking:slot_picker", args=[doctor.slug]))
    assert answer.status_code == 404
    assert doctor.name not in text_of(answer)
