"""The lines of the table about the API: whoever may do something on a page may do it there, and nobody else.

What stands in `twins.TWINS` is let in as its page is; what has no page has a line of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from tests.permissions.matrix.people import EVERYBODY, PATIENTS, SIGNED_IN, WORKING_DOCTORS
from tests.permissions.matrix.rows import READ, SEND, Row, row, theirs
from tests.permissions.matrix.twins import TWINS, operations

API = (
    row("api_doctors", READ, EVERYBODY, why="as the pages"),
    row("api_doctor api_slots", READ, by="public", why="as the pages: of listed doctors alone"),
    row(
        "api_schema api_schema_auth api_docs api_docs_auth", READ, EVERYBODY, why="the API's description names no data"
    ),
    theirs("api_nothing", EVERYBODY, why="whatever address the API does not have: not found"),
    theirs(
        "api_pages:*",
        EVERYBODY,
        why="public pages; of any other nothing is told (home/tests/test_api.py)",
    ),
    theirs(
        "headless:*",
        EVERYBODY,
        why="signing in is for everybody; accounts/tests/security/test_headless.py proves that our rules hold",
    ),
    row("api_token", SEND, EVERYBODY, why="signing in; DELETE needs a token, which a session is not"),
    row("api_token_proof", SEND, why="a token's holder alone, which a session is not"),
    row("api_tokens", (*READ, "DELETE"), SIGNED_IN, why="one's own tokens"),
    row("api_token_end", ("DELETE",), by="owner", why="one's own token"),
    theirs("api_provider_disconnect", SIGNED_IN, why="one's own connection; nothing where there is no such provider"),
    row("api_consents", READ, SIGNED_IN, why="what the clinic asks, of oneself and of whom one books for"),
    row("api_appointments", SEND, by="owner carer", why="for oneself, or for whom one books"),
    row("api_profile", READ, PATIENTS, why="one's own, once there is one"),
    row("api_shares", READ, by="patient", why="the patient alone shares a visit, and sees with whom"),
    row("api_news", READ, PATIENTS, why="one's own notices about one's own record"),
    row("api_drugs", READ, WORKING_DOCTORS, why="what can be prescribed here; names no data"),
)


def as_the_pages(pages: Iterable[Row]) -> Iterator[Row]:
    """For each twin the lines of its page, about the twin's address and its one method."""
    known = tuple(pages)
    for page, twins in TWINS.items():
        for method, route in operations(twins):
            kind = "GET" if method == "GET" else "POST"
            found = [one for one in known if page in one.routes and kind in one.methods]
            assert found, f"{page} takes no {kind}"
            methods = READ if method == "GET" else (method,)
            yield from (replace(one, routes=(route,), methods=methods, why=f"as {page}") for one in found)
