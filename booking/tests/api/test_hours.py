"""A doctor's hours through the API: versions, whom a change touches, and what becomes of them."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from booking.models import Appointment, AvailabilityRule
from booking.states import Status
from booking.tests.api.test_api import signed_in
from booking.tests.factories import bookable_doctor, next_slot_start
from booking.tests.steps import book, user_of
from doctors.models import Doctor

pytestmark = pytest.mark.django_db

ROOT = "/api/v1/availability/"


@pytest.fixture
def doctor() -> Doctor:
    return bookable_doctor()


@pytest.fixture
def api(doctor: Doctor) -> APIClient:
    client: APIClient = signed_in(user_of(doctor))
    return client


def test_a_window_is_changed_in_the_version_that_was_read(doctor: Doctor, api: APIClient) -> None:
    rule = doctor.availability_rules.earliest("pk")
    where, place = f"{ROOT}rules/{rule.public_id}/", rule.location.slug
    read = api.get(where)
    body = {"location": place, "weekday": rule.weekday, "start_time": "08:00", "end_time": "17:00"}
    assert api.put(where, body).status_code == 428
    changed = api.put(where, body, headers={"If-Match": read["ETag"]})
    assert (changed.status_code, changed.json()["start_time"]) == (200, "08:00")
    stale = api.put(where, {**body, "start_time": "07:00"}, headers={"If-Match": read["ETag"]})
    assert (stale.status_code, stale.json()["code"]) == (412, "rule_changed")
    overlapping = api.post(f"{ROOT}rules/", body)
    assert (overlapping.status_code, overlapping.json()["code"]) == (422, "rule_overlaps")


def test_nobody_is_left_outside_unseen_and_they_are_cancelled_where_that_is_said(
    doctor: Doctor, api: APIClient
) -> None:
    booked = book(doctor, start=next_slot_start(3))
    rule = AvailabilityRule.objects.get(doctor=doctor, weekday=booked.start.weekday())
    where = f"{ROOT}rules/{rule.public_id}/remove/"
    refused = api.post(where)
    assert (refused.status_code, refused.json()["appointments"]) == (409, [str(booked.public_id)])
    done = api.post(where, {"shown": [str(booked.public_id)], "cancel": True}).json()
    assert (done["cancelling"]["cancelled"], done["outside"]) == (1, [])
    assert Appointment.objects.get().status == Status.CANCELLED


def test_time_off_stops_and_resumes(doctor: Doctor, api: APIClient) -> None:
    start = next_slot_start(20)
    body = {"start": start.isoformat(), "end": start.replace(hour=start.hour + 2).isoformat()}
    keyed = [api.post(f"{ROOT}leave/", body, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert [(answer.status_code, len(answer.json()["leave"])) for answer in keyed] == [(201, 1), (201, 1)]
    leave = keyed[0].json()["leave"][0]["id"]
    assert api.post(f"{ROOT}leave/{leave}/remove/").json()["leave"] == []
    assert [api.post(f"{ROOT}{do}/").json()["is_stopped"] for do in ("stop", "resume")] == [True, False]


def test_requests_are_answered_from_the_day(doctor: Doctor, api: APIClient) -> None:
    doctor.visit_types.update(needs_approval=True)
    asked = [book(doctor, start=next_slot_start(days)) for days in (3, 4)]
    waiting = api.get("/api/v1/my-day/").json()["requests"]
    assert {row["id"] for row in waiting} == {str(one.public_id) for one in asked}
    for one, do, status in zip(asked, ("approve", "reject"), ("booked", "cancelled"), strict=True):
        assert api.post(f"/api/v1/appointments/{one.public_id}/{do}/").json()["status"] == status
    late = api.post(f"/api/v1/appointments/{asked[1].public_id}/approve/")
    assert (late.status_code, late.json()["code"]) == (409, "illegal_transition")
