"""Many tries at once: a limit lets exactly as many through as it says, and guesses at a link are no more than five."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.test import RequestFactory
from rest_framework.request import Request

from accounts.tests.factories import PatientFactory
from booking.errors import LinkRefused
from booking.links import link_path
from booking.services import link, link_prove
from booking.tests.factories import bookable_doctor, next_slot_start
from booking.tests.steps import book, user_of
from common import limits
from common.drf.throttles import AreaThrottle
from common.drf.views import ApiView
from common.limits import Limit, spend
from common.models import Tally
from tests.races.conftest import CLIENTS, Together

HOUR = timedelta(hours=1)


def _let_through(together: Together, number: int) -> int:
    limit = Limit(name=f"race{number}", most=5, within=HOUR)
    outcomes = together([partial(limits.spend, limit, "somebody")] * CLIENTS)
    return sum(outcome.value is True for outcome in outcomes)


def test_no_more_are_let_through_at_once_than_the_limit_says(
    together: Together, rounds: int, transactional_db: None
) -> None:
    assert [_let_through(together, number) for number in range(rounds)] == [5] * rounds


def test_the_control_reads_first_and_writes_then(
    together: Together, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spend_in_two_steps(limit: Limit, subject: str) -> bool:
        row = Tally.objects.filter(key=f"{limit.name}{subject}").first()
        count = (row.count if row else 0) + 1
        Tally.objects.update_or_create(
            key=f"{limit.name}{subject}", defaults={"count": count, "ends_at": next_slot_start()}
        )
        return count <= limit.most

    monkeypatch.setattr(limits, "spend", spend_in_two_steps)
    assert any(_let_through(together, number) > 5 for number in range(60))


def test_of_many_questions_to_the_api_at_once_no_more_are_answered_than_its_rate_says(
    together: Together, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AreaThrottle, "THROTTLE_RATES", {"read": "5/min"})
    request = Request(RequestFactory().get("/"))
    request.user = PatientFactory.create().user
    outcomes = together([lambda: AreaThrottle().allow_request(request, ApiView())] * CLIENTS)
    assert sum(outcome.value is True for outcome in outcomes) == 5


def test_of_many_dates_tried_at_once_five_are_compared(
    together: Together, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "TRIES", Limit(name="many", most=1000, within=HOUR))
    patient = PatientFactory.create()
    appointment = book(bookable_doctor(), patient=patient, start=next_slot_start(3))
    token = link_path(appointment, user_of(patient)).split("/")[-2]
    days = [date(1990, 1, 1) + timedelta(days=one) for one in range(CLIENTS)]
    guesses: list[Any] = [partial(link_prove, token=token, birth_date=day) for day in days]
    assert all(isinstance(outcome.error, LinkRefused) for outcome in together(guesses))
    with pytest.raises(LinkRefused):
        link_prove(token=token, birth_date=patient.birth_date)
    assert not spend(link.WRONG_DATES, f"{appointment.public_id}:0")
