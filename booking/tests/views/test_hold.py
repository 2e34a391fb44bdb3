"""The page of a time that is kept until it is paid for: until when, the warning, more time, and the way to pay."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Patient
from booking import paths
from booking.models import Appointment
from booking.services import appointment_approve, appointment_cancel
from booking.tests.factories import bookable_doctor
from booking.tests.steps import book, decide, user_of
from booking.tests.views.pages import confirm_path, key_on, text_of
from common import clock
from common.templatetags.when import clock_time, date_time
from doctors.models import Doctor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def paid_online(settings: Any) -> None:
    settings.PAYMENT_PROVIDER = "stripe"
    decide(pay_at_clinic=False)


@pytest.fixture
def doctor() -> Doctor:
    return bookable_doctor(price_minor=6000, deposit_minor=2000)


@pytest.fixture
def client(client: Client, patient: Patient) -> Client:
    client.force_login(user_of(patient))
    return client


@pytest.fixture
def hold(doctor: Doctor, patient: Patient) -> Appointment:
    return book(doctor, patient=patient)


def page_of(appointment: Appointment) -> str:
    return f"/appointments/{appointment.public_id}/"


def ends_in(appointment: Appointment, **ahead: float) -> None:
    Appointment.objects.filter(pk=appointment.pk).update(expires_at=clock.now() + timedelta(**ahead))


def test_the_flow_says_what_is_paid_when_and_lands_on_the_hold(client: Client, doctor: Doctor) -> None:
    page = client.get(confirm_path(doctor))
    assert "£60: £20 now, £40 at the clinic" in text_of(page)
    assert "Continue to payment" in text_of(page)
    answer = client.post(confirm_path(doctor), {"idempotency_key": key_on(page), "reason": ""}, follow=True)
    made = Appointment.objects.get()
    assert answer.redirect_chain == [(page_of(made), 302)]
    until = clock_time(made.expires_at, "Europe/London")
    assert f"We are keeping {date_time(made.start, 'Europe/London')} for you until {until}" in text_of(answer)
    assert "Pay £20" in text_of(answer)


def test_the_way_to_pay_is_a_link_which_htmx_fills(client: Client, hold: Appointment) -> None:
    body = client.get(page_of(hold)).content.decode()
    assert f'href="{page_of(hold)}pay/"' in body
    assert "<noscript>" not in body[body.index('id="payment"') :]
    assert f'hx-get="{page_of(hold)}pay/"' in body
    assert paths.payment_path(hold) == f"{page_of(hold)}pay/"


def test_a_time_that_is_given_up_was_no_request(client: Client, hold: Appointment) -> None:
    client.post(f"{page_of(hold)}cancel/")
    page, rows = text_of(client.get(page_of(hold))), text_of(client.get("/appointments/"))
    assert "This time was given up" in page
    assert "Given up by you" in rows
    # One word for one thing: its badge does not say that something was cancelled.
    assert "Cancelled" not in rows
    assert "ithdrawn" not in page + rows


def test_without_a_provider_nobody_is_led_to_pay(client: Client, hold: Appointment, settings: Any) -> None:
    settings.PAYMENT_PROVIDER = None
    page = client.get(page_of(hold))
    assert "pay/" not in page.content.decode()
    assert "To pay, call 0117 496 0000" in text_of(page)


def test_it_looks_again_at_the_warning_and_at_the_end(client: Client, hold: Appointment) -> None:
    def looks(**ahead: float) -> int:
        ends_in(hold, **ahead)
        found = re.search(
            r"load delay:(\d+)s", client.get(f"{page_of(hold)}hold/", headers={"HX-Request": "true"}).content.decode()
        )
        assert found
        return int(found[1])

    assert 13 * 60 - 2 <= looks(minutes=15) <= 13 * 60 + 2
    assert 88 <= looks(seconds=90) <= 92


def test_two_minutes_before_the_end_it_warns_and_at_the_end_it_says_so(client: Client, hold: Appointment) -> None:
    ends_in(hold, seconds=100)
    warned = client.get(f"{page_of(hold)}hold/", headers={"HX-Request": "true"})
    assert "for you only until" in text_of(warned)
    assert "I need more time" in text_of(warned)
    ends_in(hold, seconds=-1)
    over = client.get(f"{page_of(hold)}hold/", headers={"HX-Request": "true"})
    assert (over.status_code, over["HX-Refresh"]) == (200, "true")
    page = client.get(page_of(hold))
    assert "This time is no longer kept" in text_of(page)
    assert "hx-trigger" not in page.content.decode()
    assert "Give up this time" not in text_of(page)
    assert f"Book with {hold.doctor.name} again" in text_of(page)
    assert client.get(f"{page_of(hold)}hold/")["Location"] == page_of(hold)


def test_more_time_is_a_form_that_can_be_pressed_twice(client: Client, hold: Appointment) -> None:
    assert "I need more time" in text_of(client.get(page_of(hold)))
    assert hold.expires_at
    for _ in range(2):
        answer = client.post(f"{page_of(hold)}hold/", follow=True)
        assert answer.redirect_chain == [(page_of(hold), 302)]
    assert clock_time(hold.expires_at + timedelta(minutes=15), "Europe/London") in text_of(answer)
    assert "I need more time" not in text_of(answer)


def test_more_time_that_comes_too_late_is_refused_on_the_same_page(client: Client, hold: Appointment) -> None:
    ends_in(hold, seconds=-1)
    answer = client.post(f"{page_of(hold)}hold/")
    assert answer.status_code == 409
    assert "This time is no longer kept" in text_of(answer)
    assert client.post(f"/api/v1{page_of(hold)}extend/").json()["code"] == "hold_over"


def test_the_api_keeps_it_for_longer(client: Client, hold: Appointment) -> None:
    answer = client.post(f"/api/v1{page_of(hold)}extend/")
    assert answer.status_code == 200
    assert (answer.json()["amount_due_minor"], answer.json()["price_minor"]) == (2000, 6000)
    hold.refresh_from_db()
    assert hold.hold_extended_at is not None


def test_the_doctor_sees_that_it_is_kept_and_no_way_to_pay(hold: Appointment) -> None:
    browser = Client()
    browser.force_login(user_of(hold.doctor))
    page = browser.get(page_of(hold))
    assert "This time is kept until the visit is paid for" in text_of(page)
    assert "I need more time" not in text_of(page)
    assert "pay/" not in page.content.decode()


def steps_on(page: str) -> tuple[list[str], str]:
    """The steps that a page shows, and which of them it is at."""
    steps = re.search(r'aria-label="Progress".*?</nav>', page, re.DOTALL)
    assert steps, "the page shows no steps"
    shown = re.findall(r"<li ([^>]*)>([^<]*)", steps[0])
    return [word for _, word in shown], next(word for attributes, word in shown if "aria-current" in attributes)


def test_a_request_goes_the_same_way_from_its_first_page_to_its_payment(
    client: Client, doctor: Doctor, patient: Patient
) -> None:
    doctor.visit_types.update(needs_approval=True)
    way = ["Choose a time", "Check", "Doctor’s answer", "Pay", "Booked"]
    assert steps_on(client.get(confirm_path(doctor)).content.decode()) == (way, "Check")
    asked = book(doctor, patient=patient)
    assert steps_on(client.get(page_of(asked)).content.decode()) == (way, "Doctor’s answer")
    appointment_approve(actor=user_of(doctor), appointment_id=asked.public_id)
    assert steps_on(client.get(page_of(asked)).content.decode()) == (way, "Pay")


def test_what_is_not_asked_for_has_no_answer_on_its_way(client: Client, doctor: Doctor, hold: Appointment) -> None:
    way = ["Choose a time", "Check", "Pay", "Booked"]
    assert steps_on(client.get(page_of(hold)).content.decode()) == (way, "Pay")


def test_a_second_tab_says_what_is_left_to_do(client: Client, doctor: Doctor, patient: Patient) -> None:
    held = book(doctor, patient=patient)
    again = client.post(confirm_path(doctor), {"reason": ""})
    assert again.status_code == 409
    assert "This time is kept already It is booked as soon as it is paid for." in text_of(again)
    appointment_cancel(actor=user_of(patient), appointment_id=held.public_id)
    doctor.visit_types.update(needs_approval=True)
    book(doctor, patient=patient)
    assert "This time is asked for already" in text_of(client.post(confirm_path(doctor), {"reason": ""}))
