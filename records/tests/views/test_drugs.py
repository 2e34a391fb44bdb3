"""The list of medicines in the admin: kept by editors, deleted by nobody, and no way round the schedules."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.roles import Role
from accounts.tests.factories import UserFactory
from common.errors import Invalid
from records.models import Drug
from records.selectors import drugs_to_prescribe
from records.tests.prescribing import AMOXICILLIN, rx_signed

pytestmark = pytest.mark.django_db
MORE = {
    "forms": "Tablets, Oral solution",
    "strengths": "5 mg",
    "legal_category": "POM",
    "groups": "",
    "is_active": "on",
}


@pytest.fixture
def editor(client: Client) -> Client:
    client.force_login(UserFactory.create(roles=[Role.CONTENT_EDITOR]), backend="accounts.backends.AccountBackend")
    return client


def test_an_editor_adds_a_medicine_that_can_be_prescribed(editor: Client) -> None:
    assert "Amoxicillin" in editor.get(reverse("drug:index"), {"q": "amoxi"}).content.decode()
    editor.post(reverse("drug:add"), {**MORE, "name": "Nicorandil", "schedule": ""})
    assert Drug.objects.get(name="Nicorandil").forms == ["Tablets", "Oral solution"]
    assert "Nicorandil" in drugs_to_prescribe()
    again = editor.post(reverse("drug:add"), {**MORE, "name": "NICORANDIL", "schedule": ""})
    assert again.status_code == 200
    assert Drug.objects.filter(name__iexact="nicorandil").count() == 1


def test_an_edit_takes_no_medicine_out_of_its_schedule(editor: Client) -> None:
    drug = Drug.objects.get(name="Fentanyl")
    editor.post(reverse("drug:edit", args=[drug.pk]), {**MORE, "name": "Fentanyl", "schedule": ""})
    drug.refresh_from_db()
    assert drug.schedule is None
    assert "Fentanyl" not in drugs_to_prescribe()
    with pytest.raises(Invalid, match="Schedule 2"):
        rx_signed(None, {**AMOXICILLIN, "drug": "Fentanyl"})


def test_nobody_deletes_one(editor: Client) -> None:
    with pytest.raises(NoReverseMatch):
        reverse("drug:delete", args=[Drug.objects.all()[0].pk])
