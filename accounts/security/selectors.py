from __future__ import annotations

from dataclasses import dataclass, field

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import QuerySet

from accounts.models import AccountSession, ApiToken, User
from audit.models import Event
from common import clock

SIGN_INS_SHOWN = 10
OUTCOMES = {
    "session.started": "Signed in",
    "token.issued": "Signed in by a program",
    "session.refused": "Wrong password",
    "session.limited": "Too many attempts",
    "two_step.refused": "Wrong code",
}
_SUCCEEDED = frozenset({"session.started", "token.issued"})


@dataclass(frozen=True)
class TwoStep:
    """What an account has beside its password."""

    app: Authenticator | None = None
    passkeys: list[Authenticator] = field(default_factory=list)
    codes: Authenticator | None = None

    @property
    def is_on(self) -> bool:
        return bool(self.app or self.passkeys)

    @property
    def codes_left(self) -> int:
        """How many recovery codes are unused; none of them is opened for it."""
        used = int(self.codes.data["used_mask"]).bit_count() if self.codes else app_settings.RECOVERY_CODE_COUNT
        return app_settings.RECOVERY_CODE_COUNT - used


def two_step_of(user: User) -> TwoStep:
    rows = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    kinds = Authenticator.Type
    return TwoStep(
        app=next((row for row in rows if row.type == kinds.TOTP), None),
        passkeys=[row for row in rows if row.type == kinds.WEBAUTHN],
        codes=next((row for row in rows if row.type == kinds.RECOVERY_CODES), None),
    )


def sessions_of(user: User) -> QuerySet[AccountSession]:
    """Where the person is signed in now, the last used first."""
    now = clock.now()
    return AccountSession.objects.filter(
        user=user, last_used_at__gt=now - settings.SESSION_IDLE, started_at__gt=now - settings.SESSION_LONGEST
    )


def tokens_of(user: User) -> QuerySet[ApiToken]:
    """The API tokens that are good for something now, the newest first."""
    return ApiToken.objects.filter(user=user, expiry__gt=clock.now()).order_by("-created")


@dataclass(frozen=True)
class SignIn:
    """One attempt to sign in to an account."""

    event: Event
    outcome: str
    succeeded: bool

    @property
    def device(self) -> str:
        return str(self.event.data.get("device", ""))


def sign_ins_of(user: User) -> list[SignIn]:
    """The last attempts to sign in to an account, whoever made them."""
    events = Event.objects.filter(
        object_type="accounts.user", object_id=str(user.public_id), action__in=list(OUTCOMES)
    ).order_by("-pk")[:SIGN_INS_SHOWN]
    return [SignIn(event, OUTCOMES[event.action], event.action in _SUCCEEDED) for event in events]
