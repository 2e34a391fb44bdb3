"""What can go wrong with Stripe. Neither text nor cause holds what Stripe said: its answers may carry people's data."""

from __future__ import annotations


class Unavailable(Exception):
    """No answer that counts: away, too slow, too busy, or broken. Ask again later with the same key.

    It may have been done all the same, and may still be going on: another key would do it twice. Only where `code` is
    "key_spent" has it ended, and the key is of no more use: then look whether it was done (`refunds_of`), and if it was
    not, take another.
    """

    def __init__(self, code: str, request_id: str | None = None) -> None:
        super().__init__(f"{code} ({request_id})" if request_id else code)
        self.code = code
        """connection; rate_limit; in_use, where the first request with this key has not ended; server_error; key_spent,
        where Stripe has failed and gives that failure to this key for a day; key_refused."""
        self.request_id = request_id


class KeyRefused(Unavailable):
    """Stripe does not know our key, or the key may not do this: nothing was done, and somebody must mend the key."""

    def __init__(self, request_id: str | None = None) -> None:
        super().__init__("key_refused", request_id)


class Refused(Exception):
    """Stripe will not do it, now or later. Nothing was done."""

    def __init__(self, code: str, parameter: str | None = None, request_id: str | None = None) -> None:
        super().__init__(" ".join(filter(None, [code, parameter and f"[{parameter}]", request_id])))
        self.code = code
        """Stripe's code, such as "charge_already_refunded"; the kind of error where it gives none."""
        self.parameter = parameter
        self.request_id = request_id

    @property
    def is_missing(self) -> bool:
        """Whether Stripe has no such object."""
        return self.code == "resource_missing"


class SignatureInvalid(Exception):
    """A delivery that is not, or not certainly, Stripe's; the text says why in a word and quotes nothing of it."""
