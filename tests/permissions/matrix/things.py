"""The objects that the matrix names in addresses, and who is what to each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from accounts.models import User
from tests.permissions.matrix.people import Who

Relations = dict[Who, str]


@dataclass
class Things:
    """The objects of one kind by variant (a, b, …), and who is what to each. `missing` is none of them."""

    ids: dict[str, str]
    relations: dict[str, Relations] = field(default_factory=dict)

    def relation(self, variant: str, who: Who) -> str:
        return self.relations.get(variant, {}).get(who, "")


def ids_of(**objects: Any) -> dict[str, str]:
    return {variant: str(one.public_id) for variant, one in objects.items()}


def owned(of_a: Who, of_b: Who) -> dict[str, Relations]:
    return {"a": {of_a: "owner"}, "b": {of_b: "owner"}}


def session_of(user: User) -> str:
    """The cookie of somebody who has signed in."""
    client = Client()
    client.force_login(user, backend="accounts.backends.AccountBackend")
    return client.cookies["sessionid"].value
