"""The lines of the table about signing in by other providers. In the matrix's installation there is none."""

from __future__ import annotations

from tests.permissions.matrix.people import EVERYBODY, SIGNED_IN
from tests.permissions.matrix.rows import theirs

OUTSIDE = (
    theirs(
        "accounts:nhs_login accounts:nhs_login_back accounts:nhs_login_connect",
        EVERYBODY,
        why="the way in by NHS login: nothing where there is none, and it works on the own account alone",
    ),
    theirs(
        "accounts:nhs_login_more accounts:nhs_login_go accounts:nhs_login_disconnect",
        SIGNED_IN,
        why="one's own proof, and one's own connection; nothing where there is no NHS login",
    ),
)
