from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from billing.models import Payment, StripeEvent
from billing.services.sync import payment_sync
from billing.states import EventState
from common import clock
from common.errors import Busy, Conflict
from common.tasks import wake
from integrations.stripe.errors import Refused, Unavailable
from integrations.stripe.gateway import gateway
from integrations.stripe.objects import Event

# What may change a payment of ours; everything else is kept and changes nothing.
_FAMILIES = ("checkout.session.", "payment_intent.", "charge.", "refund.")
LADDER = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 300, 1800, 3600))
MOST_ATTEMPTS = 12


def event_receive(*, event: Event, now: datetime | None = None) -> bool:
    """Put a delivered event (its signature is checked) into the inbox; False where it is there already.

    Answer Stripe after this has committed, and with an error where it fails, so that Stripe delivers it again.
    """
    now = now or clock.now()
    row = StripeEvent(
        stripe_id=event.id,
        type=event.type[:80],
        object_type=event.object_type[:40],
        object_id=event.object_id or "",
        intent_id=event.intent_id or "",
        session_id=event.session_id or "",
        state=EventState.RECEIVED if event.type.startswith(_FAMILIES) else EventState.IGNORED,
        payment=_known(event.session_id or "", event.intent_id or ""),
        occurred_at=event.created_at,
        received_at=now,
        due_at=now,
    )
    StripeEvent.objects.bulk_create([row], ignore_conflicts=True)
    kept = StripeEvent.objects.filter(stripe_id=event.id).values_list("pk", "state", "received_at").get()
    if kept[1] == EventState.RECEIVED:
        wake("billing.apply_event", kept[0])
    return kept[2] == now


def _known(session_id: str, intent_id: str) -> Payment | None:
    """The payment whose session or intent it is; nothing else in an event is believed."""
    wanted = Q()
    if session_id:
        wanted |= Q(session_id=session_id)
    if intent_id:
        wanted |= Q(intent_id=intent_id)
    return Payment.objects.filter(wanted).first() if wanted else None


def event_apply(*, event_id: int, now: datetime | None = None) -> EventState:
    """Bring the payment that a received event is about up to date; what the event becomes.

    Any number of times, in any order, by any number of workers: each ends with what Stripe says now.
    """
    now = now or clock.now()
    event = StripeEvent.objects.select_related("payment").get(pk=event_id)
    if event.state != EventState.RECEIVED:
        return EventState(event.state)
    try:
        return _applied(event, now)
    except Unavailable as error:
        return _later(event, error.code, now)
    except Busy:
        return _later(event, "busy", now)
    except (Refused, Conflict) as error:
        return _keep(event, EventState.FAILED, error.code)


def _applied(event: StripeEvent, now: datetime) -> EventState:
    payment = event.payment or _found(event)
    if payment is None:
        return _keep(event, EventState.UNMATCHED)
    if event.payment_id is None:
        StripeEvent.objects.filter(pk=event.pk).update(payment=payment)
    if not payment_sync(payment_id=payment.pk, now=now):
        return _later(event, "", now)
    event.refresh_from_db(fields=["state"])
    return EventState(event.state)


def _found(event: StripeEvent) -> Payment | None:
    """By what the event names, asked of Stripe: its own intent says which payment of ours it was made for."""
    payment = _known(event.session_id, event.intent_id)
    if payment is not None or not event.intent_id:
        return payment
    name = gateway().intent_retrieve(event.intent_id).metadata.get("payment", "")
    try:
        return Payment.objects.filter(public_id=UUID(name)).first()
    except ValueError:
        return None


def _keep(event: StripeEvent, state: EventState, problem: str = "") -> EventState:
    StripeEvent.objects.filter(pk=event.pk, state=EventState.RECEIVED).update(state=state, problem=problem[:120])
    return state


def _later(event: StripeEvent, problem: str, now: datetime) -> EventState:
    """Whoever is at the payment now applies it, or the sweeper does; after many tries an officer has to look."""
    attempts = event.attempts + 1
    state = EventState.FAILED if problem and attempts >= MOST_ATTEMPTS else EventState.RECEIVED
    wait = LADDER[min(attempts, len(LADDER)) - 1]
    StripeEvent.objects.filter(pk=event.pk, state=EventState.RECEIVED).update(
        attempts=attempts, state=state, problem=problem[:120], due_at=now + wait
    )
    return state
