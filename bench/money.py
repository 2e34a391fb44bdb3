"""Run inside Django on the small database: a visit that is held, paid for and booked, in turn with floor B, and what
the webhook is to be sent. Prints JSON. Stripe's own time is no part of it: what it would say is made up here.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import sys
import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from wagtail.models import Site  # noqa: E402

from accounts.models import Patient  # noqa: E402
from bench import inside  # noqa: E402
from bench.consents import agree  # noqa: E402
from bench.race import CLIENTS  # noqa: E402
from billing.models import Payment  # noqa: E402
from billing.services import payment_start, payment_sync, start, sync  # noqa: E402
from booking.models import Appointment  # noqa: E402
from booking.selectors.settings import booking_settings  # noqa: E402
from booking.slots import Slot  # noqa: E402
from booking.states import Status  # noqa: E402
from common import clock  # noqa: E402
from doctors.models import VisitType  # noqa: E402
from integrations.stripe.objects import CheckoutSession, PaymentIntent  # noqa: E402
from medconsult.demo.bulk import MADE_UP  # noqa: E402

PRICE = 4500
# Of floor B, beside those of `inside`.
OTHER_HOURS = 100_000


class Stripe:
    """Says at once what Stripe says of a session that is paid as soon as it is made."""

    def __init__(self) -> None:
        self._sessions: dict[str, CheckoutSession] = {}

    def session_create(self, *, reference: str, amount_minor: int, metadata: Any, **asked: Any) -> CheckoutSession:
        name = uuid.uuid4().hex
        session = CheckoutSession(
            id=f"cs_{name}",
            url="https://checkout.stripe.com/c/pay/bench",
            status="complete",
            payment_status="paid",
            intent_id=f"pi_{name}",
            amount_minor=amount_minor,
            currency=asked["currency"],
            expires_at=asked["expires_at"],
            reference=reference,
            metadata=metadata,
            created_at=clock.now(),
            livemode=False,
        )
        self._sessions[session.id] = self._sessions[f"pi_{name}"] = session
        return session

    def session_retrieve(self, session_id: str) -> CheckoutSession:
        return self._sessions[session_id]

    def intent_retrieve(self, intent_id: str) -> PaymentIntent:
        session = self._sessions[intent_id]
        return PaymentIntent(
            id=intent_id,
            status="succeeded",
            amount_minor=session.amount_minor,
            received_minor=session.amount_minor,
            currency=session.currency,
            charge_id=f"ch_{intent_id}",
            metadata=session.metadata,
            failure_code=None,
            created_at=session.created_at,
            livemode=False,
        )

    def refunds_of(self, _intent_id: str) -> list[Any]:
        return []

    disputes_of = refunds_of


def take_payments_online() -> None:
    settings.PAYMENT_PROVIDER = "stripe"
    settings.STRIPE_SECRET_KEY = "sk_test_bench0000"  # noqa: S105 — nobody's
    decided = booking_settings()
    decided.site, decided.pay_at_clinic = Site.objects.get(is_default_site=True), False
    decided.save()
    stripe = Stripe()
    for module in (start, sync):
        vars(module)["gateway"] = lambda: stripe


def paid_bookings(rounds: int) -> Iterator[inside.Action]:
    now = clock.now()
    visit_type = inside.visit_types_with(rounds, now)[0]
    VisitType.objects.filter(pk=visit_type.pk).update(price_minor=PRICE)
    visit_type.refresh_from_db()
    made_up = Patient.objects.filter(user__email__startswith=MADE_UP).select_related("user").order_by("pk")
    # The first have won the race, and with its visits ahead they may book no more.
    patients = list(made_up[CLIENTS : CLIENTS + rounds])
    agree(patients)
    for patient, slot in zip(patients, inside.slots_of(visit_type, now)[::-1], strict=False):
        yield _paid(patient, visit_type, slot, now)


def _paid(patient: Patient, visit_type: VisitType, slot: Slot, now: datetime) -> inside.Action:
    held = inside.booking(patient, visit_type, slot, now)

    def act() -> None:
        appointment = held()
        assert patient.user is not None
        assert isinstance(appointment, Appointment)
        payment = payment_start(actor=patient.user, appointment_id=appointment.public_id)
        payment_sync(payment_id=payment.pk)
        assert Appointment.objects.filter(pk=appointment.pk, status=Status.BOOKED).exists()

    return act


def run(rounds: int) -> dict[str, dict[str, float]]:
    take_payments_online()
    model = Appointment.objects.filter(doctor__slug__startswith=MADE_UP).earliest("pk")
    turns = inside.WARMING + rounds
    actions = {
        "floor_b": (inside.floor_of(model, OTHER_HOURS + hour) for hour in range(turns)),
        "paid": paid_bookings(turns),
    }
    samples: dict[str, list[inside.Sample]] = {name: [] for name in actions}
    for number in range(turns):
        for name, own in actions.items():
            sample = inside.timed(next(own))
            if number >= inside.WARMING:
                samples[name].append(sample)
    return {name: inside.summary(own) for name, own in samples.items()}


def deliveries(secret: str, count: int) -> list[tuple[str, str]]:
    """Bodies and signatures, as Stripe sends them, of events about a payment of ours."""
    payment = Payment.objects.exclude(session_id=None).latest("pk")
    return [_delivery(secret, payment) for _ in range(count)]


def _delivery(secret: str, payment: Payment) -> tuple[str, str]:
    at = int(clock.now().timestamp())
    about = {"object": "checkout.session", "id": payment.session_id, "payment_intent": payment.intent_id}
    event = {
        "object": "event",
        "id": f"evt_{uuid.uuid4().hex}",
        "type": "checkout.session.completed",
        "created": at,
        "livemode": False,
        "data": {"object": about},
    }
    body = json.dumps(event)
    digest = hmac.new(secret.encode(), f"{at}.{body}".encode(), hashlib.sha256).hexdigest()
    return body, f"t={at},v1={digest}"


if __name__ == "__main__":
    rounds, sent = map(int, sys.argv[1:])
    costs = run(rounds)
    print(json.dumps({"costs": costs, "deliveries": deliveries(settings.STRIPE_WEBHOOK_SECRETS[0], sent)}))
