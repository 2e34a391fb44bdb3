"""One's own account through the API: profile, who helps, what one is told, and calendars and sessions."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from accounts.models import Carer
from accounts.tests.factories import PatientFactory, UserFactory
from notifications.tests.factories import MessageFactory

pytestmark = pytest.mark.django_db

PROFILE = {"given_name": "Nia", "family_name": "Pugh", "birth_date": "1986-03-27", "phone": "07700 900123"}


def signed_in(user: object) -> APIClient:
    client = APIClient()
    client.force_login(user)  # type: ignore[arg-type]
    return client


def test_whoever_has_no_profile_writes_one_and_keeps_what_is_not_named() -> None:
    api = signed_in(UserFactory.create())
    assert (api.get("/api/v1/me/profile/").status_code, api.get("/api/v1/carers/").json()["code"]) == (
        404,
        "profile_needed",
    )
    wrong = api.put("/api/v1/me/profile/", {**PROFILE, "phone": "1"})
    assert (wrong.status_code, list(wrong.json()["fields"])) == (422, ["phone"])
    first = api.put("/api/v1/me/profile/", {**PROFILE, "address": "4 Elm Row\nBath"}).json()
    assert (first["phone"], first["address"]) == ("+447700900123", "4 Elm Row\nBath")
    assert api.put("/api/v1/me/profile/", PROFILE).json() == first


def test_a_carer_is_asked_and_says_yes() -> None:
    patient, helper = PatientFactory.create(), UserFactory.create()
    api, theirs = signed_in(patient.user), signed_in(helper)
    endless = {"email": helper.email, "relation": "friend", "scopes": ["can_see", "can_read"]}
    refused = api.post("/api/v1/carers/", endless)
    assert (refused.status_code, refused.json()["code"]) == (422, "reading_ends")
    asked = api.post("/api/v1/carers/", {**endless, "scopes": ["can_see"]}).json()
    assert [one["id"] for one in theirs.get("/api/v1/caring/").json()["asked"]] == [asked["id"]]
    assert theirs.post(f"/api/v1/caring/{asked['id']}/accept/").json()["scopes"] == ["can_see"]
    assert theirs.post(f"/api/v1/caring/{asked['id']}/decline/").json()["code"] == "illegal_transition"
    api.post(f"/api/v1/carers/{asked['id']}/revoke/")
    assert (Carer.objects.get().end_reason, theirs.get("/api/v1/caring/").json()["helped"]) == ("revoked", [])


def test_what_one_is_told_is_read_and_chosen() -> None:
    user = PatientFactory.create().user
    for _ in range(3):
        MessageFactory.create(user=user)
    api = signed_in(user)
    page = api.get("/api/v1/notices/?page_size=2").json()
    assert (len(page["results"]), page["previous"]) == (2, None)
    assert len(api.get(page["next"]).json()["results"]) == 1
    theirs = MessageFactory.create().public_id
    assert api.get(f"/api/v1/notices/?before={theirs}").json()["code"] == "unknown_cursor"
    one = page["results"][0]["id"]
    assert api.post(f"/api/v1/notices/{one}/read/").json()["unread"] == 2
    assert api.post("/api/v1/notices/read/").json()["unread"] == 0
    choice = next(one for one in api.get("/api/v1/notices/preferences/").json()["choices"] if one["is_on"])
    off = {name: choice[name] for name in ("kind", "channel")} | {"is_on": False}
    chosen = api.post("/api/v1/notices/preferences/", {"choices": [off]}).json()["choices"]
    assert {**choice, "is_on": False} in chosen
