"""What the pair does of what docker/nginx and docs/security/asvs.md promise: nothing here is read as text."""

from __future__ import annotations

import re
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path

import pytest
import requests
from django.conf import settings
from django.test import Client
from django.urls import reverse

from booking.tests.steps import user_of
from records.tests.document_steps import added, bytes_of
from tests.deployment.pair import Pair, nginx_running, prepared


def signed_in(client: Client, user: object) -> dict[str, str]:
    """The cookie of somebody's session, by the name that production has it by."""
    client.force_login(user)  # type: ignore[arg-type]
    return {"__Host-sessionid": client.cookies[settings.SESSION_COOKIE_NAME].value}


def test_pages_and_files_come_with_what_browsers_are_to_be_told(pair: Pair) -> None:
    page = pair.ask("/account/login/")
    assert page.status_code == HTTPStatus.OK
    style = pair.ask(_style_of(page.text), headers={"Accept-Encoding": "gzip"})
    assert (style.status_code, style.headers["Content-Encoding"]) == (HTTPStatus.OK, "gzip")
    assert "immutable" in style.headers["Cache-Control"]
    for answer in (page, style):
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "frame-ancestors" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Server"] == "nginx"
    refused = [pair.ask(path) for path in ("/readyz", "/static/nothing.css", "/media/documents/x.pdf", "/%00")]
    for answer in (page, *refused):
        assert answer.raw.headers.getlist("Strict-Transport-Security") == [
            "max-age=31536000; includeSubDomains; preload"
        ]
        assert answer.raw.headers.getlist("X-Content-Type-Options") == ["nosniff"]
    for name in ("Cross-Origin-Opener-Policy", "Permissions-Policy", "Referrer-Policy"):
        assert page.headers[name]
    [cookie] = [cookie for cookie in page.cookies if "csrf" in cookie.name]
    assert (cookie.name, cookie.secure, cookie.path, cookie.domain_specified) == ("__Host-csrftoken", True, "/", False)
    assert cookie.has_nonstandard_attr("HttpOnly")


def _style_of(html: str) -> str:
    return next(part for part in html.split('"') if part.startswith("/static/") and part.endswith(".css"))


def test_over_plain_http_people_are_led_on_and_programs_refused(pair: Pair) -> None:
    plain = f"http://127.0.0.1:{pair.plain_port}"
    led = requests.get(f"{plain}/doctors/?q=skin", allow_redirects=False, timeout=60)
    assert (led.status_code, led.headers["Location"]) == (308, "https://127.0.0.1/doctors/?q=skin")
    assert requests.post(f"{plain}/api/token/", timeout=60).status_code == HTTPStatus.FORBIDDEN


def test_what_machines_ask_is_for_machines_beside_it(pair: Pair) -> None:
    assert pair.ask("/healthz").status_code == HTTPStatus.OK
    assert [pair.ask(path).status_code for path in ("/readyz", "/metrics", "/media/documents/x.pdf")] == [404] * 3
    inside = requests.get(f"http://127.0.0.1:{pair.ports['web']}/readyz", timeout=60)
    assert inside.json()["ready"]


def test_the_name_of_the_buckets_leads_to_them_and_every_other_to_the_application(pair: Pair) -> None:
    away = pair.ask("/private/anything", headers={"Host": "files.localhost"})
    assert away.status_code == HTTPStatus.BAD_GATEWAY
    assert "sandbox" in away.headers["Content-Security-Policy"]
    assert pair.ask("/healthz", headers={"Host": "elsewhere.example"}).text == "alive\n"
    both = [
        re.findall(r"(?m)^    ssl_.*;$", (pair.docker / "nginx" / name).read_text())
        for name in ("s3.conf", "medconsult.conf")
    ]
    assert both[0] == both[1] != []


def test_of_what_is_asked_the_path_alone_is_written_down(pair: Pair) -> None:
    """Whatever log nginx.conf names, as the image's does and Debian's."""
    canary = "canary-in-a-query"
    for host in ("localhost", "files.localhost"):
        pair.ask(f"/account/login/?q={canary}", headers={"Host": host, "Referer": f"https://localhost/?q={canary}"})
    requests.get(f"http://127.0.0.1:{pair.plain_port}/doctors/?q={canary}", allow_redirects=False, timeout=60)
    own, others = [(pair.folder / name).read_text() for name in ("access.log", "distributions.log")]
    assert len(re.findall(r"GET /account/login/\"", own)) >= 2
    assert 'GET /doctors/"' in own
    assert canary not in own
    assert others == ""


def test_too_much_is_refused_in_words_and_not_sent_on(pair: Pair) -> None:
    refused = pair.send("POST", "/account/login/", data=b"x" * (26 * 1024 * 1024))
    assert refused.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert refused.headers["X-Content-Type-Options"] == "nosniff"
    assert "25" in refused.text


def test_a_private_file_is_sent_by_nginx_to_whoever_may_have_it(pair: Pair, client: Client) -> None:
    document = added()
    address = reverse("records:document_file", args=[document.public_id])
    cookies = signed_in(client, user_of(document.patient))
    given = pair.ask(address, cookies=cookies)
    assert (given.status_code, given.content) == (HTTPStatus.OK, bytes_of(document))
    assert given.headers["Cache-Control"] == "private, no-store"
    assert given.headers["Content-Security-Policy"].startswith("sandbox")
    assert given.headers["Content-Disposition"].startswith("attachment")
    # That Nginx has sent it, and not the application: only files have it.
    assert "ETag" in given.headers
    assert pair.ask(address).status_code != HTTPStatus.OK
    assert pair.ask(f"/private-files/{document.key}", cookies=cookies).status_code == HTTPStatus.NOT_FOUND


def test_signing_out_clears_the_browser(pair: Pair, client: Client) -> None:
    cookies = signed_in(client, user_of(added().patient))
    token = pair.ask("/account/logout/", cookies=cookies)
    cookies |= {cookie.name: cookie.value or "" for cookie in token.cookies}
    csrf = token.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    out = pair.send(
        "POST",
        "/account/logout/",
        cookies=cookies,
        data={"csrfmiddlewaretoken": csrf},
        headers={"Referer": f"{pair.url}/account/logout/"},
    )
    assert (out.status_code, out.headers["Clear-Site-Data"]) == (HTTPStatus.FOUND, '"cache", "storage"')
    assert "Clear-Site-Data" not in pair.ask("/account/login/").headers


@pytest.mark.usefixtures("nginx_here")
def test_who_asks_without_end_is_told_to_wait_and_nobody_answering_is_said(
    production: dict[str, str], tmp_path: Path
) -> None:
    alone = prepared(tmp_path, production, rate="1r/s")
    with nginx_running(alone):
        statuses = set()
        # On a busy machine the burst fills up again a little meanwhile.
        for _ in range(400):
            statuses.add(alone.ask("/healthz").status_code)
            if HTTPStatus.TOO_MANY_REQUESTS in statuses:
                break
        away = alone.ask("/static/nothing.css")
        # Of a burst all are sent on, and nobody is there: the rest is refused.
        assert statuses == {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS}
        assert away.status_code == HTTPStatus.NOT_FOUND
    with nginx_running(alone):
        away = alone.ask("/")
        assert (away.status_code, away.headers["Retry-After"]) == (HTTPStatus.SERVICE_UNAVAILABLE, "10")
        assert away.headers["Strict-Transport-Security"]


def test_two_pages_that_take_too_long_close_the_site_to_nobody_else(nginx_here: None, tmp_path: Path) -> None:
    """One on each: Gunicorn ends who works at it, and Nginx would pass by both for ten seconds."""
    pair = prepared(tmp_path / "pair", {f"{name}_ROOT": str(tmp_path) for name in ("STATIC", "MEDIA", "PRIVATE")})
    with ThreadPoolExecutor() as pool, ExitStack() as stack:
        for port in pair.ports.values():
            address = stack.enter_context(socket.create_server(("127.0.0.1", port)))
            address.settimeout(10)
            pool.submit(_broken_off_and_then_answered, address)
        stack.enter_context(nginx_running(pair))
        answers = [pair.ask("/doctors/").status_code for _ in range(3)]
    assert answers == [HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.OK, HTTPStatus.OK]


def _broken_off_and_then_answered(address: socket.socket) -> None:
    for said in (b"", b"HTTP/1.0 200 OK\r\n\r\nthere"):
        connection, _ = address.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(said)
