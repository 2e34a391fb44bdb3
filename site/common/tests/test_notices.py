from __future__ import annotations

from django.contrib.messages import INFO
from django.http import HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from common.fields import cipher
from common.notices import Notices
from common.sessions import SessionStore


def test_a_notice_waits_in_a_cookie_that_no_other_host_can_set_and_nobody_can_read(
    rf: RequestFactory, settings: Settings
) -> None:
    settings.MESSAGES_COOKIE_NAME, settings.SESSION_COOKIE_SECURE = "__Host-messages", True
    request, response = rf.get("/"), HttpResponse()
    request.session = SessionStore()
    storage = Notices(request)
    storage.add(INFO, "Your details are saved.")
    storage.update(response)
    [(name, cookie)] = response.cookies.items()
    assert (name, cookie["path"], cookie["domain"]) == ("__Host-messages", "/", "")
    assert cookie["secure"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cipher().decrypt(cookie.value.encode()), "nothing that we encrypted"

    back = rf.get("/", headers={"Cookie": f"{name}={cookie.coded_value}"})
    back.session = request.session
    shown, answer = Notices(back), HttpResponse()
    assert [message.message for message in shown] == ["Your details are saved."]
    shown.update(answer)
    assert (answer.cookies[name].value, bool(answer.cookies[name]["secure"])) == ("", True)


def test_a_cookie_that_we_did_not_write_says_nothing(rf: RequestFactory, settings: Settings) -> None:
    request = rf.get("/", headers={"Cookie": f"{settings.MESSAGES_COOKIE_NAME}=of-an-earlier-version"})
    request.session = SessionStore()
    assert not list(Notices(request))
