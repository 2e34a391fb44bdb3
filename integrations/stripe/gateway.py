"""What we ask of Stripe: one method a question, our dataclasses as answers.

Every method raises `Unavailable` (ask again, with the same key) or `Refused` (it will not get better). None may be
called inside a database transaction: a slow Stripe would hold our locks, and a rollback could not take back what
Stripe has done.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

import requests
import stripe
from django.conf import settings
from django.db import transaction

from integrations.stripe import addresses, reading
from integrations.stripe.errors import KeyRefused, Refused, Unavailable
from integrations.stripe.objects import Charge, CheckoutSession, Dispute, Event, PaymentIntent, Refund

if TYPE_CHECKING:
    from stripe.params._dispute_update_params import DisputeUpdateParamsEvidence
    from stripe.params.checkout._session_create_params import SessionCreateParams

# Both tries together stay below what Gunicorn gives a page (30 s).
CONNECT_SECONDS, READ_SECONDS, RETRIES = 3.0, 8.0, 1
PAGE = 100

logger = logging.getLogger(__name__)
_ID = re.compile(r"[\w-]{1,64}")

RefundReason = Literal["duplicate", "fraudulent", "requested_by_customer"]
Found = TypeVar("Found")


def believe(file: str) -> None:
    """From now on the authorities of the file (PEM) alone, in place of the public ones that Stripe's library brings
    along: behind a proxy that reads what passes nobody could pay.
    """
    stripe.ca_bundle_path = file


class Gateway:
    """Stripe, as one key sees it. Safe to share between threads."""

    def __init__(self, key: str, base: str = addresses.API_BASE) -> None:
        # It would report how long our requests took and on what machine.
        stripe.enable_telemetry = False
        # One session for all threads, so that connections are kept and can be closed.
        self._session = requests.Session()
        # A machine's proxy knows no way to its own loopback.
        self._session.trust_env = not addresses.is_simulator_base(base)
        client = stripe.StripeClient(
            key,
            stripe_version=addresses.API_VERSION,
            base_addresses={"api": base},
            max_network_retries=RETRIES,
            http_client=stripe.RequestsClient(timeout=(CONNECT_SECONDS, READ_SECONDS), session=self._session),
        )
        self._v1 = client.v1

    def close(self) -> None:
        self._session.close()

    def session_create(
        self,
        *,
        key: str,
        amount_minor: int,
        currency: str,
        reference: str,
        description: str,
        success_url: str,
        cancel_url: str,
        expires_at: datetime,
        metadata: Mapping[str, str],
    ) -> CheckoutSession:
        """An invitation to pay once by card.

        `expires_at` is 30 minutes to 24 hours away (Stripe's rule). `metadata` are our ids, which the intent will
        carry too. `description` is read by the patient, by their bank and by Stripe: never why somebody comes.
        """
        asked: SessionCreateParams = {
            "mode": "payment",
            # Bank debits take days, and a time is held for minutes. Wallets count as cards.
            "allowed_payment_method_types": ["card"],
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": currency,
                        "unit_amount": amount_minor,
                        "product_data": {"name": description},
                    },
                }
            ],
            "client_reference_id": reference,
            "metadata": _ids(metadata),
            "payment_intent_data": {"description": description, "metadata": _ids(metadata)},
            "success_url": success_url,
            "cancel_url": cancel_url,
            "expires_at": int(expires_at.timestamp()),
        }
        with _asking():
            made = self._v1.checkout.sessions.create(asked, {"idempotency_key": key})
            return reading.session(made)

    def session_retrieve(self, session_id: str) -> CheckoutSession:
        with _asking():
            return reading.session(self._v1.checkout.sessions.retrieve(session_id))

    def session_expire(self, session_id: str) -> CheckoutSession:
        """The session as it is afterwards: expired, or complete where somebody was quicker."""
        try:
            with _asking():
                return reading.session(self._v1.checkout.sessions.expire(session_id))
        except Refused as refused:
            if refused.is_missing:
                raise
            found = self.session_retrieve(session_id)
            if found.status == "open":
                raise
            return found

    def intent_retrieve(self, intent_id: str) -> PaymentIntent:
        with _asking():
            return reading.intent(self._v1.payment_intents.retrieve(intent_id))

    def intent_cancel(self, intent_id: str, key: str) -> PaymentIntent:
        """The intent as it is afterwards: canceled, or succeeded where somebody was quicker.

        Stripe refuses it for the intent of a session that is open: expire the session instead.
        """
        try:
            with _asking():
                return reading.intent(self._v1.payment_intents.cancel(intent_id, {}, {"idempotency_key": key}))
        except Refused as refused:
            if refused.is_missing:
                raise
            found = self.intent_retrieve(intent_id)
            if found.status not in {"canceled", "succeeded"}:
                raise
            return found

    def charge_retrieve(self, charge_id: str) -> Charge:
        with _asking():
            return reading.charge(self._v1.charges.retrieve(charge_id))

    def refund_create(
        self,
        *,
        key: str,
        intent_id: str,
        amount_minor: int,
        metadata: Mapping[str, str],
        reason: RefundReason = "requested_by_customer",
    ) -> Refund:
        """Money back to the card; its status may be pending and may become failed days later.

        Refused as "charge_already_refunded" or "charge_disputed", or where it is more than is left.
        """
        with _asking():
            made = self._v1.refunds.create(
                {
                    "payment_intent": intent_id,
                    "amount": amount_minor,
                    "reason": reason,
                    "metadata": _ids(metadata),
                },
                {"idempotency_key": key},
            )
            return reading.refund(made)

    def refund_retrieve(self, refund_id: str) -> Refund:
        with _asking():
            return reading.refund(self._v1.refunds.retrieve(refund_id))

    def refunds_of(self, intent_id: str) -> list[Refund]:
        """All of them, the newest first, those made in Stripe's dashboard too."""
        with _asking():
            found = self._v1.refunds.list({"payment_intent": intent_id, "limit": PAGE})
            return [reading.refund(one) for one in found.auto_paging_iter()]

    def disputes_of(self, intent_id: str) -> list[Dispute]:
        """All of them, the newest first."""
        with _asking():
            found = self._v1.disputes.list({"payment_intent": intent_id, "limit": PAGE})
            return [reading.dispute(one) for one in found.auto_paging_iter()]

    def dispute_retrieve(self, dispute_id: str) -> Dispute:
        with _asking():
            return reading.dispute(self._v1.disputes.retrieve(dispute_id))

    def dispute_submit(self, *, key: str, dispute_id: str, evidence: Mapping[str, str]) -> Dispute:
        """Hand the evidence in, once and for good. `evidence` is named as Stripe names it: service_date and so on."""
        with _asking():
            given = cast("DisputeUpdateParamsEvidence", dict(evidence))
            handed_in = self._v1.disputes.update(
                dispute_id, {"evidence": given, "submit": True}, {"idempotency_key": key}
            )
            return reading.dispute(handed_in)

    def events(self, since: datetime) -> Iterator[Event]:
        """What has happened since (Stripe remembers 30 days), the newest first."""
        return _paged(
            lambda: self._v1.events.list({"created": _from(since), "limit": PAGE}),
            lambda found: reading.event(found.to_dict()),
        )

    def sessions(self, since: datetime) -> Iterator[CheckoutSession]:
        """Those created since, the newest first; so are the three below."""
        return _paged(
            lambda: self._v1.checkout.sessions.list({"created": _from(since), "limit": PAGE}), reading.session
        )

    def intents(self, since: datetime) -> Iterator[PaymentIntent]:
        return _paged(lambda: self._v1.payment_intents.list({"created": _from(since), "limit": PAGE}), reading.intent)

    def refunds(self, since: datetime) -> Iterator[Refund]:
        return _paged(lambda: self._v1.refunds.list({"created": _from(since), "limit": PAGE}), reading.refund)

    def disputes(self, since: datetime) -> Iterator[Dispute]:
        return _paged(lambda: self._v1.disputes.list({"created": _from(since), "limit": PAGE}), reading.dispute)


def gateway() -> Gateway:
    """Stripe with this installation's key, or the simulator. Raises `RuntimeError` where no payments are set up."""
    if not settings.STRIPE_SECRET_KEY:
        raise RuntimeError("STRIPE_SECRET_KEY is not set: this installation takes no payments online.")
    return _gateway(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)


def forget() -> None:
    """Close the connections that `gateway` keeps."""
    if settings.STRIPE_SECRET_KEY:
        gateway().close()
    _gateway.cache_clear()


@lru_cache(maxsize=2)
def _gateway(key: str, base: str) -> Gateway:
    return Gateway(key, base)


def _ids(metadata: Mapping[str, str]) -> dict[str, str]:
    """Our names for things, and nothing that says anything: Stripe shows it to many. Raises `ValueError`."""
    if not all(_ID.fullmatch(value) for value in metadata.values()):
        raise ValueError("Metadata are ids alone.")
    return dict(metadata)


def _from(since: datetime) -> Any:
    return {"gte": int(since.timestamp())}


def _paged(first: Callable[[], stripe.ListObject[Any]], read: Callable[[Any], Found]) -> Iterator[Found]:
    """Whole pages at a time, so that whoever reads may use the database between two of our questions."""
    with _asking():
        page = first()
    while page.data:
        yield from [read(one) for one in page.data]
        with _asking():
            page = page.next_page()


@contextmanager
def _asking() -> Iterator[None]:
    _refuse_inside_a_transaction()
    try:
        yield
    except stripe.StripeError as error:
        problem = _problem(error)
        level = logging.ERROR if isinstance(problem, KeyRefused) else logging.WARNING
        logger.log(level, "Stripe: %s", problem)
        # Without its cause, which holds the body of Stripe's answer.
        raise problem from None


def _refuse_inside_a_transaction() -> None:
    blocks = transaction.get_connection().atomic_blocks
    # As Django's own `durable` does: the transaction around a test is not the code's.
    if any(not block._from_testcase for block in blocks):  # noqa: SLF001
        raise RuntimeError("Stripe is asked inside a database transaction.")


def _problem(error: stripe.StripeError) -> Unavailable | Refused:
    match error:
        case stripe.AuthenticationError() | stripe.PermissionError():
            return KeyRefused(error.request_id)
        case stripe.IdempotencyError() | stripe.InvalidRequestError() | stripe.CardError():
            kind = getattr(error.error, "type", None) or "invalid_request_error"
            return Refused(error.code or kind, getattr(error, "param", None), error.request_id)
        case stripe.RateLimitError():
            return Unavailable("rate_limit", error.request_id)
        case stripe.APIConnectionError():
            return Unavailable("connection")
    if error.http_status == HTTPStatus.CONFLICT:
        return Unavailable("in_use", error.request_id)
    is_replayed = (error.headers or {}).get("Idempotent-Replayed") == "true"
    return Unavailable("key_spent" if is_replayed else "server_error", error.request_id)
