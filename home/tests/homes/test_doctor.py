from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from booking.states import Status
from booking.tests.factories import AppointmentFactory, bookable_doctor, next_slot_start
from common import clock
from doctors.models import Doctor, PageProposal
from doctors.services import proposal_send
from doctors.states import ProposalStatus
from doctors.tests.factories import DoctorPageFactory
from home.homes.doctor import doctor_home
from records.tests.steps import draft, visit

pytestmark = pytest.mark.django_db

HOME = "/home/"


def account_of(doctor: Doctor) -> User:
    assert doctor.user is not None
    return doctor.user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.backends.AccountBackend")
    return client


def with_visit(doctor: Doctor, **fields: Any) -> Any:
    return AppointmentFactory.create(visit_type=doctor.visit_types.get(), **fields)


def test_a_doctor_comes_home_to_what_waits_and_to_no_colleagues_matters() -> None:
    doctor, colleague = bookable_doctor(), bookable_doctor()
    request = with_visit(doctor, requested=True, patient__given_name="Ada")
    with_visit(colleague, requested=True, patient__given_name="Zebedee")
    draft(visit(doctor=doctor, start=clock.now() - timedelta(days=2)))
    draft(visit(doctor=colleague, start=clock.now() - timedelta(days=2)))

    answer: Any = signed_in(account_of(doctor)).get(HOME)
    shown = answer.content.decode()

    assert answer.status_code == 200
    assert str(request.public_id) in shown
    assert "It lapses on" in shown
    assert "1 begun and not signed" in shown
    assert "Zebedee" not in shown


def test_a_proposal_that_was_sent_back_is_a_thing_to_do_until_it_is_sent_again() -> None:
    doctor = bookable_doctor()
    user = account_of(doctor)
    page = DoctorPageFactory.create(doctor=doctor, biography="<p>Looks after old hearts.</p>")
    page.save_revision().publish()
    send: dict[str, Any] = {"actor": user, "doctor_id": doctor.public_id, "content": {"biography": "<p>Hearts.</p>"}}
    proposal = proposal_send(**send, seen=0, now=clock.now())
    client = signed_in(user)
    assert "Change what you propose" not in client.get(HOME).content.decode(), "it waits for the moderator"

    PageProposal.objects.update(status=ProposalStatus.ASKED, comment="Say <where>.", decided_at=clock.now())
    shown = client.get(HOME).content.decode()
    assert "Change what you propose for your public page" in shown
    assert "Say &lt;where&gt;." in shown
    assert f'href="{reverse("own_page:edit")}"' in shown
    assert not doctor_home(user, doctor, now=clock.now()).is_idle

    proposal.refresh_from_db()
    again = {**send, "content": {"biography": "<p>Young hearts.</p>"}}
    proposal_send(**again, seen=proposal.version, now=clock.now())
    assert doctor_home(user, doctor, now=clock.now()).is_idle


def test_today_counts_who_was_seen_who_missed_and_who_is_to_come() -> None:
    doctor = bookable_doctor()
    noon = next_slot_start(0).replace(hour=12)
    statuses = (Status.BOOKED, Status.FULFILLED, Status.NOSHOW, Status.ARRIVED, Status.CANCELLED)
    for hours, status in enumerate(statuses, start=-3):
        fields = {"cancelled": True} if status == Status.CANCELLED else {"status": status}
        with_visit(doctor, start=noon + timedelta(hours=hours), **fields)

    today = doctor_home(account_of(doctor), doctor, now=noon).today

    assert (today.over, today.seen, today.missed, today.to_come) == (1, 1, 1, 1)
    assert today.next_visit is not None
    assert today.next_visit.status == Status.ARRIVED


def test_the_week_says_how_much_is_booked_and_how_much_is_free() -> None:
    doctor = bookable_doctor()
    start = next_slot_start(7)
    with_visit(doctor, start=start)

    home = doctor_home(account_of(doctor), doctor, now=start - timedelta(hours=2))

    # Nine to five with half an hour booked; the table stands beside the chart and says the same.
    assert home.week_chart.rows[0].cells == ["0.5", "7.5"]
    assert [one.name for one in home.week_chart.series] == ["Booked hours", "Free hours"]


def test_the_month_counts_what_has_been_and_nothing_that_is_to_come() -> None:
    doctor = bookable_doctor()
    for days, fields in (
        (1, {"status": Status.FULFILLED}),
        (3, {"status": Status.NOSHOW}),
        (5, {"cancelled": True}),
        (40, {"status": Status.FULFILLED}),
        (-2, {}),
    ):
        with_visit(doctor, start=clock.now() - timedelta(days=days), **fields)
    with_visit(bookable_doctor(), start=clock.now() - timedelta(days=1), status=Status.FULFILLED)

    month = doctor_home(account_of(doctor), doctor, now=clock.now()).month

    assert (month.seen, month.missed, month.cancelled) == (1, 1, 1)


def test_the_first_steps_tick_themselves_off_and_can_be_put_away() -> None:
    doctor = bookable_doctor()
    user = account_of(doctor)
    client = signed_in(user)

    guide = doctor_home(user, doctor, now=clock.now()).guide
    assert guide is not None
    done = {step.title: step.is_done for step in guide.steps}
    assert done["Say when you work"]
    assert not done["See your diary in your own calendar"]

    client.post(reverse("home_guide_dismiss", args=["doctor"]))
    shown = client.get(HOME).content.decode()
    assert "First steps as a doctor here" not in shown
    assert "Show the first steps again" in shown

    client.post(reverse("home_guide_restore", args=["doctor"]))
    assert "First steps as a doctor here" in client.get(HOME).content.decode()


def test_a_doctor_to_whom_the_practice_is_closed_reads_why() -> None:
    doctor = bookable_doctor()
    Doctor.objects.filter(pk=doctor.pk).update(is_barred=True)
    answer: Any = signed_in(account_of(doctor)).get(HOME)
    assert answer.status_code == 302
    assert "verification" in answer.url


def test_the_page_costs_the_same_with_much_as_with_little() -> None:
    def counted(number: int) -> int:
        doctor = bookable_doctor()
        for at in range(number):
            with_visit(doctor, requested=True, start=next_slot_start(at + 1))
            with_visit(doctor, start=next_slot_start(0) + timedelta(hours=at))
            draft(visit(doctor=doctor, start=clock.now() - timedelta(days=at + 2)))
            with_visit(doctor, start=clock.now() - timedelta(days=at + 10), status=Status.FULFILLED)
        client = signed_in(account_of(doctor))
        client.get(HOME)
        with CaptureQueriesContext(connection) as taken:
            client.get(HOME)
        return len(taken)

    assert counted(4) == counted(1) <= 36
