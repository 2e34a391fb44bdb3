"""The lines of the table about what opens an account. The matrix's installation has no other provider."""

from __future__ import annotations

from tests.permissions.matrix.people import EVERYBODY, SIGNED_IN
from tests.permissions.matrix.rows import READ, SEND, row, theirs

SIGN_IN = (
    row("accounts:two_step_needed accounts:two_step_done", READ, SIGNED_IN, why="one's own second step"),
    theirs("accounts:two_step_index accounts:two_step_passkeys", EVERYBODY, why="leads on to the page above"),
    theirs("accounts:two_step_codes accounts:two_step_codes_file", SIGNED_IN, why="one's own; allauth asks who one is"),
    row("accounts:security_end_others accounts:security_end_tokens", SEND, SIGNED_IN, why="one's own sessions"),
    row("accounts:security_end_session accounts:security_end_token", SEND, by="owner", why="one's own"),
    theirs(
        "accounts:nhs_login accounts:nhs_login_back accounts:nhs_login_connect "
        "accounts:work_login accounts:work_login_back accounts:work_login_connect",
        EVERYBODY,
        why="the way in by another provider: nothing where there is none, and it works on the own account alone",
    ),
    theirs(
        "accounts:nhs_login_more accounts:nhs_login_go accounts:nhs_login_disconnect accounts:work_login_disconnect",
        SIGNED_IN,
        why="one's own proof, and one's own connection; nothing where there is no such provider",
    ),
)
