from __future__ import annotations

from http import HTTPStatus

from common.errors import Conflict, DomainError, TooOften


class CredentialsRefused(DomainError):
    """No such account, a wrong password, or a closed account: one answer for all three."""

    status = HTTPStatus.UNAUTHORIZED

    def __init__(self) -> None:
        super().__init__("credentials_refused", "The email address and the password do not match an account.")


class ProofRefused(DomainError):
    """Of somebody whom we know by their token: 403, for 401 would say that the token is good for nothing."""

    status = HTTPStatus.FORBIDDEN


class TooManyAttempts(TooOften):
    retry_after = 5 * 60

    def __init__(self) -> None:
        super().__init__("too_many_attempts", "There were too many attempts. Wait five minutes and try again.")


class CodeNeeded(DomainError):
    """The password is right, and the account has two-step sign-in."""

    status = HTTPStatus.UNAUTHORIZED

    def __init__(self) -> None:
        super().__init__("code_needed", "Send the code of your authenticator app, or a recovery code, as `code`.")


class CodeRefused(DomainError):
    status = HTTPStatus.UNAUTHORIZED

    def __init__(self) -> None:
        super().__init__("code_refused", "This code is not right.")


class TwoStepNeeded(DomainError):
    """Two-step sign-in is demanded of this person, who has none yet."""

    status = HTTPStatus.FORBIDDEN

    def __init__(self) -> None:
        super().__init__("two_step_needed", "Set up two-step sign-in on the website first.")


class SessionOver(DomainError):
    """The session was ended, or its time is over; or there never was one, or nobody has finished signing in by it."""

    status = HTTPStatus.UNAUTHORIZED

    def __init__(self) -> None:
        super().__init__("session_over", "Nobody is signed in by this session. Sign in again.")


class ScopeNeeded(DomainError):
    """The token does not open this; another one of the same person may."""

    status = HTTPStatus.FORBIDDEN

    def __init__(self, scope: str) -> None:
        super().__init__("scope_needed", "This token does not open that. Ask for one with the scope.", scope=scope)


class ProofNeeded(DomainError):
    """The act asks who the person is once more."""

    status = HTTPStatus.FORBIDDEN

    def __init__(self) -> None:
        super().__init__("proof_needed", "Prove who you are first: send your password or a code to token/proof/.")


class IdentityTaken(Conflict):
    """Whoever a provider recognises there has another account here."""

    def __init__(self, provider: str) -> None:
        super().__init__("identity_taken", f"This {provider} is connected to another account.")


class NoOtherWay(Conflict):
    """What was to be taken away is the only thing that opens the account."""

    def __init__(self, provider: str) -> None:
        super().__init__(
            "no_other_way", f"Set a password first: without {provider} nothing else would open your account."
        )


class LevelNeeded(DomainError):
    """Whoever came by NHS login must go there once more, to prove more surely who they are."""

    status = HTTPStatus.FORBIDDEN

    def __init__(self) -> None:
        super().__init__("level_needed", "Go back to NHS login on the website first: this needs a surer proof of you.")
