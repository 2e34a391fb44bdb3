"""A probe's question to a bucket, whatever stands in its place."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from integrations.bucket import PrivateBucket


class _NoSuchBucket(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        said = b"<Error><Code>NoSuchBucket</Code></Error>"
        self.send_response(404)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(said)

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def endpoint() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _NoSuchBucket) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_bucket_that_there_is_not_does_not_answer(endpoint: str) -> None:
    bucket = PrivateBucket(
        bucket_name="slip", endpoint_url=endpoint, region_name="us-east-1", access_key="a", secret_key="b"
    )
    assert not bucket.answers()
