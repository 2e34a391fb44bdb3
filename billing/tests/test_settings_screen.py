from __future__ import annotations

import pytest
from django.test import Client
from wagtail.models import Site

from accounts.roles import Role
from accounts.tests.factories import UserFactory
from billing.models import BillingSettings
from billing.selectors import billing_settings

pytestmark = pytest.mark.django_db

WHOLE = {
    "second_person_above_minor": "20000",
    "complaint_days": "10",
    "business_name": "The clinic",
    "business_address": "1 High Street\nLondon",
    "vat_number": "",
}


def screen() -> str:
    return f"/admin/settings/billing/billingsettings/{Site.objects.get().pk}/"


def test_an_administrator_decides_when_a_second_officer_is_needed_and_that_is_kept(client: Client) -> None:
    administrator = UserFactory(roles=[Role.ADMINISTRATOR])
    client.force_login(administrator)
    assert client.get(screen()).status_code == 200
    client.post(screen(), {**WHOLE, "second_person_above_minor": "5000"})
    assert billing_settings().second_person_above_minor == 5000
    version = BillingSettings.history.latest()
    assert (version.second_person_above_minor, version.history_user) == (5000, administrator)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("second_person_above_minor", "-1", "Ensure this value is"),
        ("second_person_above_minor", "2147483648", "Ensure this value is"),
        ("second_person_above_minor", "200.50", "Enter a whole number"),
        ("complaint_days", "0", "Ensure this value is"),
        ("complaint_days", "61", "Ensure this value is"),
        ("vat_number", "GB" + "1" * 19, "Ensure this value has at most"),
        ("business_name", "x" * 121, "Ensure this value has at most"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field(client: Client, field: str, value: str, told: str) -> None:
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    answer = client.post(screen(), {**WHOLE, field: value})
    assert told in answer.content.decode()
    assert not BillingSettings.objects.exists() or billing_settings().business_name == ""


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_nobody_else_does_not_even_a_billing_officer(client: Client, role: Role) -> None:
    client.force_login(UserFactory(roles=[role]))
    client.post(screen(), {**WHOLE, "second_person_above_minor": "999999"})
    assert billing_settings().second_person_above_minor == 20_000
