from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from booking.models import AvailabilityRule
from booking.tests.factories import RuleFactory, bookable_doctor
from booking.tests.steps import user_of
from booking.tests.views.pages import text_of
from doctors.models import Doctor

pytestmark = pytest.mark.django_db

PAGE, COPY, SWITCH = (reverse(f"booking:{name}") for name in ("availability", "day_copy", "bookings_switch"))


@pytest.fixture
def doctor() -> Doctor:
    return bookable_doctor(weekdays=[0])


@pytest.fixture
def client(client: Client, doctor: Doctor) -> Client:
    client.force_login(user_of(doctor))
    return client


@pytest.fixture
def rule(doctor: Doctor) -> AvailabilityRule:
    return doctor.availability_rules.get()


def path_of(rule: AvailabilityRule) -> str:
    return reverse("booking:rule_change", args=[rule.public_id])


def sent(client: Client, rule: AvailabilityRule, **changes: str) -> dict[str, str]:
    """The form as the page gives it, with some fields changed."""
    form = client.get(path_of(rule)).context["form"]
    values = {name: form[name].value() for name in form.fields}
    shown = {name: "" if value is None else str(value)[:10] for name, value in values.items()}
    return shown | {"idempotency_key": "", "start_time": "09:00", "end_time": "17:00"} | changes


def test_a_window_is_changed_where_it_stands(client: Client, rule: AvailabilityRule) -> None:
    assert path_of(rule) in client.get(PAGE).content.decode()
    assert client.post(path_of(rule), sent(client, rule, end_time="16:30"))["Location"] == PAGE
    rule.refresh_from_db()
    assert f"{rule.end_time:%H:%M}" == "16:30"


def test_a_wrong_change_is_refused_beside_the_field_and_kept(client: Client, rule: AvailabilityRule) -> None:
    answer = client.post(path_of(rule), sent(client, rule, end_time="08:15"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="rule_end_time_error"' in page
    assert 'value="08:15"' in page


def test_a_change_of_what_was_changed_meanwhile_keeps_what_was_typed(client: Client, rule: AvailabilityRule) -> None:
    late = sent(client, rule, end_time="15:45")
    client.post(path_of(rule), sent(client, rule, end_time="16:30"))
    answer = client.post(path_of(rule), late)
    assert answer.status_code == 409
    assert "changed meanwhile" in answer.content.decode()
    assert 'value="15:45"' in answer.content.decode()
    again = {**late, "version": str(answer.context["form"]["version"].value())}
    assert client.post(path_of(rule), again)["Location"] == PAGE


def test_another_doctors_window_does_not_exist(client: Client) -> None:
    other = RuleFactory.create()
    assert client.get(path_of(other)).status_code == client.post(path_of(other)).status_code == 404


def test_what_was_removed_is_put_back_with_one_press(client: Client, doctor: Doctor, rule: AvailabilityRule) -> None:
    page = client.post(reverse("booking:rule_remove", args=[rule.public_id]), follow=True).content.decode()
    assert doctor.availability_rules.count() == 0
    undo = re.search(r'<form method="post" action="/availability/rules/add/">(.*?)</form>', page, re.DOTALL)
    assert undo
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', undo.group(1)))
    assert client.post(reverse("booking:rule_add"), fields)["Location"] == PAGE
    back = doctor.availability_rules.get()
    assert (back.weekday, back.start_time, back.end_time) == (rule.weekday, rule.start_time, rule.end_time)
    assert back.valid_from == rule.valid_from


def test_nothing_of_anothers_is_put_back(client: Client) -> None:
    other = RuleFactory.create()
    gone = other.public_id
    other.delete()
    assert "Undo" not in client.get(f"{PAGE}?removed={gone}").content.decode()


def test_a_day_is_copied(client: Client, doctor: Doctor) -> None:
    assert client.post(COPY, {"weekday": "0", "to": ["1", "2"]})["Location"] == PAGE
    assert [rule.weekday for rule in doctor.availability_rules.all()] == [0, 1, 2]


def test_copying_nothing_is_refused_beside_the_field(client: Client) -> None:
    for data, field in (({"weekday": "0"}, "to"), ({"weekday": "5", "to": ["1"]}, "weekday")):
        answer = client.post(COPY, data)
        assert answer.status_code == 422
        assert f'id="copy_{field}_error"' in answer.content.decode()


def test_the_week_is_a_table_with_headers(client: Client) -> None:
    answer = client.get(PAGE)
    assert len(re.findall(r'<th scope="col">\w+day</th>', answer.content.decode())) == 7
    assert "9:00am to 5:00pm" in text_of(answer)


def test_bookings_are_stopped_and_taken_again(client: Client, doctor: Doctor) -> None:
    page = client.post(SWITCH, {"do": "stop"}, follow=True).content.decode()
    assert "You take no new bookings" in page
    assert "Take bookings again" in page
    picker = client.get(reverse("booking:slot_picker", args=[doctor.slug])).content.decode()
    assert "No free times at the moment" in picker
    assert "Stop new bookings" in client.post(SWITCH, {"do": "resume"}, follow=True).content.decode()
    client.post(SWITCH, {"do": "anything"})
    assert not doctor.availability_exceptions.exists()
