"""What somebody may send besides hostile files: bodies without end, too many parts, nothing that is a form."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.tests.factories import PatientFactory
from booking.tests.steps import user_of
from common.uploads.tests import samples
from records.models import Document

pytestmark = pytest.mark.django_db
ADD = "/health-record/documents/add/"
BOUNDARY = "canary-boundary"
FORM = f"multipart/form-data; boundary={BOUNDARY}"
Send = Callable[..., Any]


class Endless(BytesIO):
    """A body that goes on for ever; whoever reads more of it than a request may have fails the test."""

    read_so_far = 0

    def read(self, size: int | None = -1, /) -> bytes:
        size = size if size and size > 0 else 64 * 1024
        self.read_so_far += size
        assert self.read_so_far <= settings.REQUEST_MAX_BYTES + 64 * 1024, "It was read without end."
        return b"\0" * size


class Breaking(BytesIO):
    """A body whose sender is gone half-way, or so slow that the server in front gave up."""

    def read(self, size: int | None = -1, /) -> bytes:
        part = super().read(size)
        if not part:
            raise OSError("The connection was reset.")
        return part


@pytest.fixture(autouse=True)
def private_root(settings: Any, tmp_path: Any) -> None:
    settings.PRIVATE_ROOT = str(tmp_path / "private")


@pytest.fixture
def send() -> Send:
    """`send(body, length)`: what a patient's browser gets for it. `body` may be bytes or a stream."""
    client = Client(raise_request_exception=False)
    client.force_login(user_of(PatientFactory.create()), backend="accounts.backends.AccountBackend")

    def post(body: bytes | BytesIO, length: object = None, kind: str = FORM, **more: Any) -> Any:
        stream = BytesIO(body) if isinstance(body, bytes) else body
        announced = len(body) if isinstance(body, bytes) and length is None else length
        facts = {"wsgi.input": stream, "CONTENT_TYPE": kind, "CONTENT_LENGTH": announced}
        return client.post(ADD, **{"data": b"", "content_type": kind, **facts, **more})

    return post


def part(name: str, content: bytes, filename: str | None = None) -> bytes:
    named = f'; filename="{filename}"' if filename is not None else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'
    return head.encode() + content + b"\r\n"


def body(*parts: bytes) -> bytes:
    return b"".join([*parts, f"--{BOUNDARY}--\r\n".encode()])


KIND = part("category", b"result")
FILE = part("file", samples.pdf(), "cv.pdf")


def test_a_form_made_by_hand_is_taken(send: Send) -> None:
    """The control: what the others send is refused for what is wrong with it, and not because it is made by hand."""
    assert send(body(KIND, FILE)).status_code == 302
    assert Document.objects.count() == 1


def test_a_body_that_announces_too_much_is_refused_unread(send: Send) -> None:
    stream = Endless()
    assert send(stream, settings.REQUEST_MAX_BYTES + 1).status_code == 413
    assert stream.read_so_far == 0


@pytest.mark.parametrize("length", ["", "endless", "-1"])
def test_a_body_of_no_length_is_not_read(send: Send, length: str) -> None:
    stream = Endless()
    assert send(stream, length).status_code in {400, 422}
    assert stream.read_so_far == 0


def test_a_body_without_end_is_read_as_far_as_it_was_announced(send: Send) -> None:
    stream = Endless()
    assert send(stream, 1000).status_code in {400, 422}
    assert stream.read_so_far <= 64 * 1024


@pytest.mark.parametrize(
    ("content", "statuses"),
    [
        (body(KIND, FILE)[:-60], {400, 422}),
        (body(KIND, *[part("file", b"x", f"{number}.pdf") for number in range(11)]), {400}),
        (body(*[part(f"field{number}", b"x") for number in range(1001)]), {400}),
        (body(KIND, part("file", b"words in the place of a file")), {422}),
        (body(KIND, part("file", b"", "")), {422}),
        (body(KIND, part("file", b"", "empty.pdf")), {422}),
        (body(part("category", b"\0"), FILE), {422}),
        (body(part("category", b"\xff\xfe"), FILE), {422}),
        (body(KIND, part("title", b"x" * 3_000_000), FILE), {400, 413, 422}),
        (b"this is no form at all", {400, 422}),
    ],
    ids=[
        "cut off",
        "eleven files",
        "a thousand fields",
        "words for a file",
        "a file without a name",
        "an empty file",
        "a kind of NUL",
        "a kind that is no text",
        "a title of 3 MB",
        "no form",
    ],
)
def test_what_is_no_form_of_ours_is_refused_and_leaves_nothing(send: Send, content: bytes, statuses: set[int]) -> None:
    answer = send(content)
    assert answer.status_code in statuses
    assert not Document.objects.exists()


def test_a_sender_who_is_gone_half_way_leaves_nothing(send: Send) -> None:
    whole = body(KIND, FILE)
    answer = send(Breaking(whole[: len(whole) // 2]), len(whole))
    assert answer.status_code in {400, 422, 500, 503}
    assert not Document.objects.exists()


def test_a_name_that_is_a_header_stays_a_name(send: Send) -> None:
    assert send(body(KIND, part("file", samples.pdf(), "a.pdf\\r\\nSet-Cookie: a=b"))).status_code in {302, 422}
    assert all("\n" not in document.name and "/" not in document.name for document in Document.objects.all())


def test_a_method_in_disguise_sends_nothing(send: Send) -> None:
    assert send(body(KIND, FILE), REQUEST_METHOD="GET").status_code == 200
    assert not Document.objects.exists()
