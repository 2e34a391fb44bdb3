from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from wagtail.models import Site

from accounts.roles import Role
from accounts.tests.factories import UserFactory
from booking.models import BookingSettings
from booking.selectors import booking_settings

pytestmark = pytest.mark.django_db

WHOLE = {
    "pay_at_clinic": "on",
    "hold_minutes": "15",
    "open_holds": "3",
    "visits_ahead": "10",
    "approved_hold_hours": "24",
    "approval_hours": "24",
    "free_cancellation_hours": "24",
    "late_refund_percent": "50",
    "reminder_days": "7, 2, 1",
    "reminder_hour": "9",
}


def screen() -> str:
    return f"/admin/settings/booking/bookingsettings/{Site.objects.get().pk}/"


def test_an_administrator_decides_how_the_clinic_books(client: Client) -> None:
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    assert client.get(screen()).status_code == 200
    client.post(screen(), {**WHOLE, "free_cancellation_hours": "48"})
    assert booking_settings().free_cancellation_hours == 48


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("hold_minutes", "0"),
        ("hold_minutes", "1441"),
        ("open_holds", "0"),
        ("visits_ahead", "0"),
        ("visits_ahead", "201"),
        ("approval_hours", "0"),
        ("free_cancellation_hours", "673"),
        ("late_refund_percent", "101"),
        ("reminder_hour", "22"),
        ("reminder_hour", "24"),
    ],
)
def test_what_would_stop_all_booking_is_refused(client: Client, field: str, value: str) -> None:
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    answer = client.post(screen(), {**WHOLE, field: value})
    assert "Ensure this value is" in answer.content.decode()
    assert not BookingSettings.objects.filter(**{field: value}).exists()


def test_an_hour_of_reminders_at_which_no_text_goes_out_is_refused_where_texts_are_set_up(
    client: Client, settings: Any
) -> None:
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    late = {**WHOLE, "reminder_hour": "21"}
    settings.SMS_PROVIDER = "development"
    assert "nobody would be texted" in client.post(screen(), late).content.decode()
    assert client.post(screen(), {**late, "reminder_days": ""}).status_code == 302, "no reminders, no hour"
    settings.SMS_PROVIDER = ""
    assert client.post(screen(), late).status_code == 302


@pytest.mark.parametrize(("typed", "kept"), [("1, 3,3", [3, 1]), ("", [])])
def test_days_of_reminders_are_read_as_people_write_them(client: Client, typed: str, kept: list[int]) -> None:
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    client.post(screen(), {**WHOLE, "reminder_days": typed})
    assert booking_settings().reminder_days == kept


@pytest.mark.parametrize("typed", ["0", "29", "a week", "1,2,3,4,5,6"])
def test_days_of_reminders_that_make_no_sense_are_refused_and_stay_as_typed(client: Client, typed: str) -> None:
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    page = client.post(screen(), {**WHOLE, "reminder_days": typed}).content.decode()
    assert f'value="{typed}"' in page
    assert not BookingSettings.objects.exclude(reminder_days=[7, 2, 1]).exists()


def test_who_decided_what_is_kept(client: Client) -> None:
    administrator = UserFactory(roles=[Role.ADMINISTRATOR])
    client.force_login(administrator)
    client.post(screen(), {**WHOLE, "hold_minutes": "20"})
    version = BookingSettings.history.latest()
    assert (version.hold_minutes, version.history_user) == (20, administrator)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_nobody_else_does(client: Client, role: Role) -> None:
    client.force_login(UserFactory(roles=[role]))
    client.post(screen(), {**WHOLE, "free_cancellation_hours": "48"})
    assert booking_settings().free_cancellation_hours == 24
