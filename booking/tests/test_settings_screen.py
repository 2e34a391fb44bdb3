from __future__ import annotations

import pytest
from django.test import Client
from wagtail.models import Site

from accounts.roles import Role
from accounts.tests.factories import UserFactory
from booking.selectors import booking_settings

pytestmark = pytest.mark.django_db

WHOLE = {
    "pay_at_clinic": "on",
    "hold_minutes": "15",
    "open_holds": "3",
    "approval_hours": "24",
    "free_cancellation_hours": "24",
}


def screen() -> str:
    return f"/admin/settings/booking/bookingsettings/{Site.objects.get().pk}/"


def test_an_administrator_decides_how_the_clinic_books(client: Client) -> None:
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    assert client.get(screen()).status_code == 200
    client.post(screen(), {**WHOLE, "free_cancellation_hours": "48"})
    assert booking_settings().free_cancellation_hours == 48


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_nobody_else_does(client: Client, role: Role) -> None:
    client.force_login(UserFactory(roles=[role]))
    client.post(screen(), {**WHOLE, "free_cancellation_hours": "48"})
    assert booking_settings().free_cancellation_hours == 24
