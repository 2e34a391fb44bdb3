"""API tokens: what somebody's programs may do for them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from knox.models import AbstractAuthToken, get_digest_token
from knox.settings import CONSTANTS, knox_settings

from accounts.states import LEAST_SCOPES, Area
from common import clock
from common.models import PublicIdModel

if TYPE_CHECKING:
    from accounts.models import User

NAME_LENGTH = 80


def least_scopes() -> list[str]:
    return list(LEAST_SCOPES)


class ApiTokens(models.Manager["ApiToken"]):
    def issue(self, user: User, *, lasts: timedelta | None = None, **facts: Any) -> tuple[ApiToken, str]:
        """A token and, this once, its text; for as long as REST_KNOX says where `lasts` does not."""
        digest, text = get_digest_token()
        key = text[: CONSTANTS.TOKEN_KEY_LENGTH]
        expiry = clock.now() + (knox_settings.TOKEN_TTL if lasts is None else lasts)
        return self.create(user=user, digest=digest, token_key=key, expiry=expiry, **facts), text


class ApiToken(PublicIdModel, AbstractAuthToken):
    """knox's token, of which the database has a digest alone, with what it opens: `area:read` and `area:write`.

    `proved_at` is when its holder last proved to be the person, which some acts ask for (`accounts.policies`).
    """

    name = models.CharField(max_length=NAME_LENGTH, blank=True)
    scopes = ArrayField(models.CharField(max_length=40), default=least_scopes)
    proved_at = models.DateTimeField(default=clock.now)

    objects: ClassVar[ApiTokens] = ApiTokens()

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return self.name or "A program"

    @property
    def opens(self) -> list[str]:
        """Its scopes, as its owner reads them: a line each for what it may read and change."""
        said = (("May read", "read"), ("May change", "write"))
        return [f"{words}: {areas}" for words, kind in said if (areas := self._areas(kind))]

    def _areas(self, kind: str) -> str:
        opened = [area.label for area in Area if f"{area.value}:{kind}" in self.scopes]
        return "everything that you can yourself" if len(opened) == len(Area) else ", ".join(opened)
