"""The table's rows of the API that have no page's name beside them."""

from __future__ import annotations

from tests.permissions.matrix.people import EVERYBODY, SIGNED_IN
from tests.permissions.matrix.rows import READ, SEND, row, theirs

API = (
    row("api_schema api_docs", READ, EVERYBODY, why="the API's description names no data"),
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
    row("api_me", READ, SIGNED_IN, why="one's own account"),
    row("api_token", SEND, EVERYBODY, why="signing in; DELETE needs a token, which a session is not"),
    row("api_token_proof", SEND, why="a token's holder alone, which a session is not"),
    row("api_tokens", (*READ, "DELETE"), SIGNED_IN, why="one's own tokens"),
    row("api_token_end", ("DELETE",), by="owner", why="one's own token"),
)
