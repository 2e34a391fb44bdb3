from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
import requests
from pytest_django import Settings

from integrations import sms
from integrations.sms.development import stored_texts

SERVICE, SECRET = "26785a09-ab16-4eb0-8407-a37497a57506", "3d844edf-8d35-48ac-975b-e847b4f122b0"
TEXT = sms.Text(to="+447700900123", body="Your visit is at 10:20am.", reference="5f0c")


class Answer:
    def __init__(self, status: int) -> None:
        self.status_code = status


@pytest.fixture
def notify(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """GOV.UK Notify as it is asked; what it answers is the last one's `status`."""
    asked: list[dict[str, Any]] = [{"status": 201}]
    settings.SMS_PROVIDER = "notify"
    settings.SMS_NOTIFY_KEY, settings.SMS_NOTIFY_TEMPLATE = f"clinic-{SERVICE}-{SECRET}", "a-template"

    def post(url: str, **more: Any) -> Answer:
        asked.append({"url": url, "status": asked[-1]["status"], **more})
        if asked[-1]["status"] == 0:
            raise requests.ConnectTimeout("to +447700900123")
        return Answer(asked[-1]["status"])

    monkeypatch.setattr("integrations.sms.notify.requests.post", post)
    return asked


def _decoded(part: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_notify_is_asked_in_its_own_shape(notify: list[dict[str, Any]]) -> None:
    sms.send(TEXT)
    asked = notify[-1]
    assert asked["url"] == "https://api.notifications.service.gov.uk/v2/notifications/sms"
    assert asked["json"] == {
        "phone_number": TEXT.to,
        "template_id": "a-template",
        "personalisation": {"body": TEXT.body},
        "reference": "5f0c",
    }
    assert (asked["timeout"], asked["allow_redirects"]) == (10, False)
    head, claims, signature = asked["headers"]["Authorization"].removeprefix("Bearer ").split(".")
    assert _decoded(head) == {"typ": "JWT", "alg": "HS256"}
    assert _decoded(claims)["iss"] == SERVICE
    expected = hmac.new(SECRET.encode(), f"{head}.{claims}".encode(), hashlib.sha256).digest()
    assert base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4)) == expected


@pytest.mark.parametrize(("status", "error"), [(400, sms.Refused), (403, sms.Unavailable), (429, sms.Unavailable)])
def test_what_it_answers_is_told_apart(notify: list[dict[str, Any]], status: int, error: type[Exception]) -> None:
    notify[0]["status"] = status
    with pytest.raises(error) as raised:
        sms.send(TEXT)
    assert sms.provider_is_away(raised.value) is (error is sms.Unavailable)


@pytest.mark.parametrize("status", [0, 500])
def test_no_answer_names_no_number(notify: list[dict[str, Any]], status: int) -> None:
    notify[0]["status"] = status
    with pytest.raises(sms.Unavailable) as raised:
        sms.send(TEXT)
    assert "7700" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_without_a_provider_nothing_goes(settings: Settings) -> None:
    settings.SMS_PROVIDER = ""
    assert not sms.is_set_up()
    with pytest.raises(sms.Unavailable):
        sms.send(TEXT)


def test_developments_texts_are_read_back_newest_first(settings: Settings, tmp_path: Any) -> None:
    settings.SMS_PROVIDER, settings.SMS_FILE_PATH = "development", str(tmp_path)
    sms.send(TEXT)
    sms.send(sms.Text(to=TEXT.to, body="MedConsult: your code is 012345.", reference=""))
    assert [(text.to, text.code) for text in stored_texts()] == [(TEXT.to, "012345"), (TEXT.to, "")]
