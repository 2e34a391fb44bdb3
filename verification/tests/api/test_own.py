"""A doctor's own verification through the API."""

from __future__ import annotations

import pytest

from accounts.tests.factories import UserFactory
from booking.tests.api.test_api import signed_in
from verification.tests.factories import in_days
from verification.tests.steps import a_file

pytestmark = pytest.mark.django_db

ROOT = "/api/v1/verification/"


def test_from_the_first_word_to_what_is_missing() -> None:
    api = signed_in(UserFactory.create())
    assert api.get(ROOT).status_code == 404
    particulars = {"title": "Dr", "given_name": "Nia", "family_name": "Pugh", "gmc_number": "7654321"}
    wrong = api.post(ROOT, {**particulars, "gmc_number": "12"})
    assert (wrong.status_code, list(wrong.json()["fields"])) == (422, ["gmc_number"])
    begun = api.post(ROOT, particulars)
    assert (begun.status_code, begun.json()["status"], begun.json()["can_submit"]) == (201, "draft", False)
    item = f"{ROOT}items/indemnity/"
    assert api.post(item, {"stated_expires_on": in_days(300).isoformat()}).status_code == 200
    key = {"Idempotency-Key": "k"}
    sent = api.post(f"{item}files/", {"file": a_file()}, format="multipart", headers=key)
    assert (sent.status_code, [one["id"] for one in api.get(item).json()["files"]]) == (201, [sent.json()["id"]])
    refused = api.post(f"{ROOT}submit/")
    assert (refused.status_code, refused.json()["code"]) == (422, "incomplete")
    assert "identity" in refused.json()["fields"]
    assert api.post(f"{ROOT}files/{sent.json()['id']}/take-back/").status_code == 200
    assert api.get(item).json()["files"] == []
    again = api.post(f"{item}files/", {"file": a_file()}, format="multipart", headers=key)
    assert (again.status_code, again.json()["id"]) == (201, sent.json()["id"])
