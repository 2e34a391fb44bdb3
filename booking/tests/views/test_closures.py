"""Closed days in Wagtail's admin: who is booked is shown before anything is closed."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from accounts.tests.factories import UserFactory
from booking.models import LocationClosure
from booking.states import Status
from booking.tests.factories import bookable_doctor, next_slot_start
from booking.tests.steps import book
from booking.tests.views.pages import text_of
from common import clock
from doctors.models import Doctor, Location

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(UserFactory.create(roles=[Role.ADMINISTRATOR]))
    return client


@pytest.fixture
def doctor() -> Doctor:
    return bookable_doctor()


def page_of(doctor: Doctor) -> str:
    return reverse("clinic_closures", args=[doctor.locations.get().pk])


def training(**more: str) -> dict[str, str]:
    return {"label": "Training", "first_day": clock.clinic_day(next_slot_start(2)).isoformat()} | more


def test_days_on_which_nobody_is_booked_are_closed_at_once(desk: Client, doctor: Doctor) -> None:
    assert desk.post(page_of(doctor), training()).status_code == 302
    assert LocationClosure.objects.get().last_day == LocationClosure.objects.get().first_day
    page = desk.get(page_of(doctor)).content.decode()
    assert "Training" in page
    assert "closed then" in page


def test_who_is_booked_is_shown_first_and_a_choice_is_asked_for(desk: Client, doctor: Doctor) -> None:
    visit = book(doctor, start=next_slot_start(2))
    preview = desk.post(page_of(doctor), training())
    assert visit.reference in preview.content.decode()
    assert str(visit.patient) not in preview.content.decode()
    assert not LocationClosure.objects.exists()
    seen = preview.context["previewed"]
    undecided = desk.post(page_of(doctor), training(previewed=seen))
    assert undecided.status_code == 422
    assert "Choose whether they are kept or cancelled." in undecided.content.decode()
    assert 'value="Training"' in undecided.content.decode()
    assert desk.post(page_of(doctor), training(previewed=seen, standing="keep")).status_code == 302
    visit.refresh_from_db()
    assert visit.status == Status.BOOKED


def test_nobody_is_cancelled_whom_the_preview_did_not_show(desk: Client, doctor: Doctor) -> None:
    book(doctor, start=next_slot_start(2))
    seen = desk.post(page_of(doctor), training()).context["previewed"]
    late = book(doctor, start=next_slot_start(2, time(11)))
    again = desk.post(page_of(doctor), training(previewed=seen, standing="cancel"))
    assert late.reference in again.content.decode()
    late.refresh_from_db()
    assert late.status == Status.BOOKED
    assert not LocationClosure.objects.exists()


def test_those_kept_at_first_can_be_cancelled_later(desk: Client, doctor: Doctor) -> None:
    visit = book(doctor, start=next_slot_start(2))
    seen = desk.post(page_of(doctor), training()).context["previewed"]
    desk.post(page_of(doctor), training(previewed=seen, standing="keep"))
    listed = desk.get(page_of(doctor)).content.decode()
    path = f"{page_of(doctor)}?closure={LocationClosure.objects.get().public_id}"
    assert path in listed
    assert visit.reference in desk.get(path).content.decode()
    desk.post(page_of(doctor), training(previewed=seen, standing="cancel"))
    visit.refresh_from_db()
    assert visit.status == Status.CANCELLED
    assert LocationClosure.objects.count() == 1


def test_wrong_days_are_refused_beside_the_field(desk: Client, doctor: Doctor) -> None:
    answer = desk.post(page_of(doctor), training(last_day="2020-01-01"))
    assert answer.status_code == 422
    assert "The end has to be later than the start." in answer.content.decode()
    assert desk.post(page_of(doctor), training(first_day="")).status_code == 422
    assert 'aria-describedby="id_last_day_helptext id_last_day_error"' in answer.content.decode()
    assert 'id="id_last_day_error"' in answer.content.decode()
    assert '<a href="#id_last_day">Last day: The end has to be later than the start.</a>' in answer.content.decode()
    # A last day of which a part is typed is none to the server: the dashboard's pages keep its form from being sent.
    assert "js/half_typed.js" in answer.content.decode()
    assert not LocationClosure.objects.exists()


def test_a_place_is_opened_again(desk: Client, doctor: Doctor) -> None:
    desk.post(page_of(doctor), training())
    closure = LocationClosure.objects.get()
    assert desk.post(page_of(doctor), {"remove": str(closure.public_id)}).status_code == 302
    assert not LocationClosure.objects.exists()


def test_another_zone_or_region_makes_the_listings_due(desk: Client, doctor: Doctor) -> None:
    place = doctor.locations.get()
    path = reverse("location:edit", args=[place.pk])
    assert page_of(doctor) in desk.get(path).content.decode()
    names = ("name", "slug", "street", "town", "postcode", "phone", "access", "zone")
    sent = {name: getattr(place, name) for name in names}
    desk.post(path, sent)
    assert Location.objects.get().listings_stale_since is None
    answer = desk.post(path, {**sent, "bank_holidays": "ENG"}, follow=True)
    assert answer.redirect_chain == [(page_of(doctor), 302)]
    assert "booked on bank holidays" not in text_of(answer)
    assert Location.objects.get().listings_stale_since is not None


def test_who_shuts_a_place_on_bank_holidays_is_told_how_many_are_booked_then(
    desk: Client, doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    holiday = clock.clinic_day(next_slot_start(2))
    monkeypatch.setattr("booking.selectors.affected.bank_holidays", lambda *_asked: [(holiday, "A holiday")])
    Location.objects.update(bank_holidays="ENG")
    desk.post(page_of(doctor), training(first_day=(holiday + timedelta(days=1)).isoformat()))
    for hour in (10, 11):
        book(doctor, start=next_slot_start(2, time(hour)))
    told = text_of(desk.get(page_of(doctor)))
    assert "2 appointments were booked on bank holidays before, and still take place" in told
