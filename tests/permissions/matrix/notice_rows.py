"""The lines of the table about what people are told and want to be told."""

from __future__ import annotations

from tests.permissions.matrix.people import EVERYBODY, SIGNED_IN
from tests.permissions.matrix.rows import BOTH, READ, SEND, row, theirs

NOTICES = (
    row("accounts:notices", READ, SIGNED_IN, why="what one was told oneself"),
    row("accounts:notices_read", SEND, SIGNED_IN, why="one's own notices"),
    row("accounts:notice_open", SEND, by="owner", why="one's own notice, which counts as read"),
    row("accounts:preferences", BOTH, SIGNED_IN, why="what one wants to be told oneself"),
    row("accounts:text_number accounts:text_confirm accounts:text_remove", SEND, SIGNED_IN, why="one's own number"),
    row("accounts:stop", BOTH, by="holder", why="whoever holds the signed address from an email (RFC 8058)"),
    row("accounts:address_try_again", SEND, SIGNED_IN, why="one's own address"),
    row("booking:cancelling", BOTH, by="owner", why="how far the cancelling is that one asked for, and its end"),
    theirs("mail_events", EVERYBODY, why="the mail provider, by its password; nothing where there is none"),
)
