from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from django.http import HttpResponseBase
from django.test import Client, RequestFactory
from pytest_django import Settings

from accounts.models import User
from common.errors import NotFound
from common.uploads.serving import SANDBOX, upload_response
from common.uploads.states import UploadState
from common.uploads.storage import private_storage
from common.uploads.tests import samples
from tests.uploads.conftest import Receive, check
from verification.models import Evidence

REQUEST = RequestFactory().get("/")
TOKEN = {"Authorization": "Bearer of-somebody"}


@pytest.fixture
def served(receive: Receive) -> Callable[..., Evidence]:
    def make(name: str = "cv.pdf") -> Evidence:
        evidence = receive(name, samples.pdf() if name.endswith(".pdf") else samples.png())
        check(evidence.public_id)
        evidence.refresh_from_db()
        return evidence

    return make


def body(response: HttpResponseBase) -> bytes:
    with closing(response):
        return b"".join(response)


def test_file_leaves_as_an_attachment_that_no_cache_keeps_and_no_page_runs(served: Callable[..., Evidence]) -> None:
    evidence = served()
    with private_storage().open(evidence.key) as file:
        stored = file.read()

    response = upload_response(evidence, request=REQUEST)

    assert body(response) == stored
    assert {name: response[name] for name in response.headers} == {
        "Content-Type": "application/pdf",
        "Content-Length": str(len(stored)),
        "Content-Disposition": 'attachment; filename="cv.pdf"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'self'",
        "Cache-Control": "private, no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("Zoë’s licence.pdf", "attachment; filename*=utf-8''Zo%C3%AB%E2%80%99s%20licence.pdf"),
        ('a"b.pdf', 'attachment; filename="a\\"b.pdf"'),
        ("a;b.pdf", 'attachment; filename="a;b.pdf"'),
    ],
)
def test_name_is_written_as_rfc_6266_wants_it(served: Callable[..., Evidence], name: str, header: str) -> None:
    with closing(upload_response(served(name), request=REQUEST)) as response:
        assert response["Content-Disposition"] == header


@pytest.mark.parametrize(("name", "media_type"), [("me.png", "image/png"), ("cv.pdf", "application/pdf")])
def test_inline_is_for_our_own_pages_and_still_sandboxed(
    served: Callable[..., Evidence], name: str, media_type: str
) -> None:
    with closing(upload_response(served(name), request=REQUEST, inline=True)) as response:
        assert response["Content-Disposition"] == f'inline; filename="{name}"'
        assert response["Content-Type"] == media_type
        assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


@pytest.mark.parametrize("state", [state for state in UploadState if state is not UploadState.CURRENT])
def test_only_a_current_file_is_served(served: Callable[..., Evidence], state: UploadState) -> None:
    evidence = served()
    evidence.state = state
    with pytest.raises(NotFound):
        upload_response(evidence, request=REQUEST)


@pytest.mark.parametrize(
    ("site", "mode", "more", "status"),
    [
        ("same-origin", "no-cors", {}, 200),
        ("none", "navigate", {}, 200),
        ("cross-site", "navigate", {}, 200),
        ("cross-site", "no-cors", {}, 404),
        ("same-site", "cors", {"Origin": "https://other.example"} | TOKEN, 404),
        ("cross-site", "cors", {"Origin": "https://app.example"} | TOKEN, 200),
        ("cross-site", "no-cors", {"Origin": "https://app.example"} | TOKEN, 404),
        # By the cookies of whoever looks at it: it could read nothing, and the audit log would say that they did.
        ("same-site", "cors", {"Origin": "https://app.example"}, 404),
    ],
)
def test_another_sites_page_cannot_embed_the_file(
    served: Callable[..., Evidence], settings: Settings, site: str, mode: str, more: dict[str, str], status: int
) -> None:
    """But a front end that API_ORIGINS names reads it, as whatever else it asks with its token."""
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example"]
    request = RequestFactory().get("/", headers={"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, **more})
    if status == 200:
        upload_response(served(), request=request).close()
        return
    with pytest.raises(NotFound):
        upload_response(served(), request=request)


def test_nginx_sends_the_bytes_where_its_location_is_named(served: Callable[..., Evidence], settings: Settings) -> None:
    settings.PRIVATE_FILES_ACCEL = "/private-files/"
    evidence = served()

    response = upload_response(evidence, request=REQUEST)

    assert body(response) == b""
    assert response["X-Accel-Redirect"] == f"/private-files/{evidence.key}"
    assert response["Content-Type"] == "application/pdf"
    assert response["Cache-Control"] == "private, no-store"


def test_bytes_that_are_gone_are_not_found(served: Callable[..., Evidence], private_root: Path) -> None:
    evidence = served()
    (private_root / evidence.key).unlink()
    with pytest.raises(NotFound):
        upload_response(evidence, request=REQUEST)


@pytest.mark.urls("tests.uploads.urls")
def test_middlewares_leave_the_files_own_headers(
    client: Client, uploader: User, served: Callable[..., Evidence]
) -> None:
    client.force_login(uploader)
    with closing(client.get(f"/file/{served().public_id}/")) as response:
        assert response["Content-Security-Policy"] == SANDBOX
        assert response["Cache-Control"] == "private, no-store"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["X-Frame-Options"] == "SAMEORIGIN"
