from __future__ import annotations


class ProviderAway(Exception):
    """The provider does not answer now, or not with what the protocol says. The text names no person.

    `may_have_acted`: it may have done what it was asked, and its answer alone is lost.
    """

    def __init__(self, told: str, *, may_have_acted: bool = False) -> None:
        super().__init__(told)
        self.may_have_acted = may_have_acted


class ClientRefused(ProviderAway):
    """The provider refuses us, whoever is asked about: our client id, secret, or what we are registered for there."""


class GrantOver(Exception):
    """The provider gives nothing for a code or a refresh token any more: used, taken back or too old, or of somebody
    for whom it does not answer until they stand before it themselves (`fetching.ENDED`)."""


class AnswerRefused(Exception):
    """What came back from the provider is not taken; `reason` is a word of ours that may be logged."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotGiven(Exception):
    """The provider says that there is no sign-in: `error` and `description` are its words (RFC 6749, 4.1.2.1)."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(error)
        self.error = error
        self.description = description
