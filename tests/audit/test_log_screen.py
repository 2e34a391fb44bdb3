"""The audit log in the Wagtail admin: who gets in, what is found, how pages and files are made."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import UserFactory
from audit import exports
from audit.models import Event
from audit.services import event_record
from audit.wagtail_admin import views
from booking.tests.factories import AppointmentFactory
from common import clock
from common.request_context import acting

pytestmark = pytest.mark.django_db

LOG = "/admin/audit/"
AUDITOR = [Role.AUDITOR]


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def desk() -> Client:
    return signed_in(UserFactory.create(first_name="Iris", last_name="Vane", roles=AUDITOR))


def shown(desk: Client, **asked: Any) -> list[str]:
    """The codes of the events on a page."""
    answer = desk.get(LOG, asked)
    assert answer.status_code == 200
    return [one.event.action for one in answer.context["rows"]]


def ids(answer: Any) -> list[int]:
    return [one.event.pk for one in answer.context["rows"]]


@pytest.mark.parametrize("field", ["since", "until"])
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_too_far_to_count_with_is_told_beside_its_field(desk: Client, field: str, day: str) -> None:
    answer = desk.get(LOG, {field: day})
    assert answer.status_code == 200
    assert answer.context["form"].errors[field]
    assert list(answer.context["rows"]) == []


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.AUDITOR])
@pytest.mark.parametrize("address", [LOG, f"{LOG}inspect/1/", f"{LOG}?file=csv"])
def test_whoever_is_no_auditor_stays_outside(role: Role, address: str) -> None:
    event_record("account.changed", UserFactory.create(first_name="Canary"), actor=None)
    answer = signed_in(UserFactory.create(roles=[role])).get(address, follow=True)
    assert b"account.changed" not in answer.content
    assert answer.redirect_chain or answer.status_code == 403


def test_an_auditor_finds_the_log_in_the_menu(desk: Client) -> None:
    assert b"Audit log" in desk.get("/admin/").content


def test_a_superuser_reads_it_too() -> None:
    root = User.objects.create_superuser(email="root@example.org", password="orchard lantern seagull")
    assert signed_in(root).get(LOG).status_code == 200


def test_an_event_is_told_in_words(desk: Client) -> None:
    appointment = AppointmentFactory.create()
    doctor = UserFactory.create(first_name="Amara", last_name="Okafor")
    with acting(request_id="r-17", address="203.0.113.9"):
        event_record(
            "appointment.cancelled", appointment, actor=doctor, before="booked", after="cancelled", reason="clinic"
        )
    text = desk.get(LOG).content.decode()
    for word in ("Amara Okafor", "Cancelled the appointment", "from booked to cancelled; reason: clinic", "r-17"):
        assert word in text
    for word in ("203.0.113.9", str(appointment.public_id), str(appointment.patient.public_id)):
        assert word in text
    assert appointment.patient.family_name + ", " not in text


def test_filters_narrow_it(desk: Client) -> None:
    ada = UserFactory.create(first_name="Ada", last_name="Quill", email="ada@example.org")
    appointment = AppointmentFactory.create()
    with acting(request_id="r-1"):
        event_record("account.changed", ada, actor=ada)
    event_record("appointment.booked", appointment, actor=None)
    for person in ("ada quill", "Quill", "ADA@example.org", str(ada.public_id)):
        assert shown(desk, person=person) == ["account.changed"]
    assert shown(desk, person="system") == ["appointment.booked"]
    assert shown(desk, person="Nobody Atall") == []
    assert shown(desk, action="appointment.booked") == ["appointment.booked"]
    assert shown(desk, object_type="booking.appointment") == ["appointment.booked"]
    assert shown(desk, named="r-1") == ["account.changed"]
    for named in (appointment.public_id, appointment.public_id.hex, appointment.patient.public_id):
        assert shown(desk, named=str(named)) == ["appointment.booked"]


def test_days_are_the_clinics_and_the_last_one_counts_whole(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    # 00:30 on 2 July in London.
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 7, 1, 23, 30, tzinfo=UTC))
    event_record("account.changed", UserFactory.create(), actor=None)
    monkeypatch.undo()
    assert shown(desk, since="2026-07-02", until="2026-07-02") == ["account.changed"]
    assert shown(desk, until="2026-07-01") == []
    assert shown(desk, since="2026-07-03", action="account.changed") == []


def test_days_the_wrong_way_round_are_said_beside_the_field(desk: Client) -> None:
    answer = desk.get(LOG, {"since": "2026-07-03", "until": "2026-07-02", "person": "Ada"})
    assert "Give a day that is not before the first." in answer.content.decode()
    assert 'value="Ada"' in answer.content.decode()
    assert answer.context["rows"] == []


@pytest.mark.parametrize("junk", [{"before": "x"}, {"after": "9" * 40}, {"o": "1.-2"}, {"p": "9"}, {"nonsense": "1"}])
def test_what_nobody_asked_for_breaks_nothing(desk: Client, junk: dict[str, str]) -> None:
    assert desk.get(LOG, junk).status_code == 200


def test_pages_follow_one_another_by_key(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views.LogView, "page_length", 2)
    somebody = UserFactory.create()
    for _ in range(5):
        event_record("account.closed", somebody, actor=None)
    everything = list(Event.objects.filter(action="account.closed").order_by("-pk").values_list("pk", flat=True))
    first = desk.get(LOG, {"action": "account.closed"})
    second = desk.get(LOG + first.context["behind"])
    third = desk.get(LOG + second.context["behind"])
    assert ids(first) + ids(second) + ids(third) == everything
    assert (first.context["ahead"], third.context["behind"]) == ("", "")
    assert ids(desk.get(LOG + third.context["ahead"])) == ids(second)
    assert ids(desk.get(LOG + second.context["ahead"])) == ids(first)


def test_a_page_costs_the_same_however_many_events_there_are(desk: Client) -> None:
    somebody = UserFactory.create()

    def statements() -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            desk.get(LOG)
        return [query["sql"] for query in captured.captured_queries]

    event_record("account.closed", somebody, actor=somebody)
    statements()
    few = statements()
    for _ in range(60):
        event_record("account.closed", somebody, actor=UserFactory.create())
    many = statements()
    assert len(many) == len(few)
    assert [sql for sql in many if "COUNT(" in sql and "audit_event" in sql] == []


def test_one_event_is_shown_whole(desk: Client) -> None:
    appointment = AppointmentFactory.create()
    event_record("appointment.viewed", appointment, actor=None, capacity="doctor", seen=["time", "place"])
    address = reverse("audit_modeladmin_inspect", args=[Event.objects.get(action="appointment.viewed").pk])
    text = desk.get(address).content.decode()
    assert "Looked at the appointment" in text
    assert "(appointment.viewed, read)" in text
    assert "Capacity" in text
    assert "time, place" in text


@pytest.mark.parametrize("path", ["create/", "edit/1/", "delete/1/", "history/1/"])
def test_the_register_has_no_page_that_changes_anything(desk: Client, path: str) -> None:
    assert desk.get(LOG + path).status_code == 404
    assert desk.post(LOG + path).status_code == 404


def rows(answer: Any) -> list[dict[str, str]]:
    assert answer.streaming
    return list(csv.DictReader(StringIO(answer.getvalue().decode())))


def test_the_file_holds_what_the_filters_find_and_the_log_says_who_took_it(desk: Client) -> None:
    event_record("account.closed", UserFactory.create(), actor=None, before="open", after="closed")
    event_record("account.changed", UserFactory.create(), actor=None)
    (row,) = rows(desk.get(LOG, {"action": "account.closed", "file": "csv"}))
    assert (row["code"], row["action"], row["who"]) == ("account.closed", "Closed the account", "The system")
    assert row["detail"] == "from open to closed"
    taken = Event.objects.get(action="audit.exported")
    assert taken.data == {"filters": ["action"], "at_most": exports.EXPORTED_AT_MOST}
    assert taken.actor_id is not None


@pytest.mark.parametrize("name", ["=1+1", "+44", "-2", "@SUM(A1)"])
def test_no_cell_of_the_file_is_a_formula(desk: Client, name: str) -> None:
    person = UserFactory.create()
    User.objects.filter(pk=person.pk).update(first_name=name, last_name="")
    event_record("account.closed", person, actor=person)
    (row,) = rows(desk.get(LOG, {"action": "account.closed", "file": "csv"}))
    assert row["who"] == f"'{name}"


def test_a_long_file_is_written_in_pieces_and_ends_at_its_limit(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "_PIECE", 2)
    monkeypatch.setattr(exports, "EXPORTED_AT_MOST", 4)
    person = UserFactory.create()
    for _ in range(5):
        event_record("account.closed", person, actor=None)
    newest = list(Event.objects.filter(action="account.closed").order_by("-pk").values_list("pk", flat=True)[:4])
    found = rows(desk.get(LOG, {"action": "account.closed", "file": "csv"}))
    assert [int(row["event"]) for row in found] == newest


def test_the_registers_own_export_is_shut(desk: Client) -> None:
    answer = desk.get(LOG, {"export": "csv"})
    assert answer["Content-Type"].startswith("text/html")
