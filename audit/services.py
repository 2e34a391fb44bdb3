"""Writing the audit log: events by the services of every app, in their transactions, and the seals over them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import models, transaction

from audit import chain, locks, selectors
from audit.models import Event, Seal
from common import clock, request_context
from common.models import PublicIdModel


def event_record(
    action: str, obj: models.Model, *, actor: Any, on_behalf_of: PublicIdModel | None = None, **data: Any
) -> None:
    """Write who did what to what, with one INSERT in the caller's transaction.

    `action` is `noun.verb` in the past ("appointment.booked"). `actor` is a user, or None for the system itself.
    `data` holds words of ours as JSON (states, codes, counts), never a person's values. The request's id and
    address come from `common.request_context`, and so does `on_behalf_of` where it is not given.
    """
    context = request_context.current()
    acting_id = None if actor is None or isinstance(actor, AnonymousUser) else actor.public_id
    Event.objects.create(
        occurred_at=clock.now(),
        action=action,
        actor_id=acting_id,
        on_behalf_of_id=on_behalf_of.public_id if on_behalf_of else context.on_behalf_of_id,
        object_type=obj._meta.label_lower,
        object_id=str(obj.public_id if isinstance(obj, PublicIdModel) else obj.pk),
        request_id=context.request_id,
        address=context.address,
        data=data,
    )


def events_seal(*, now: datetime | None = None) -> list[Seal]:
    """Seal every event whose transaction can no longer be joined by an earlier one; the new seals, oldest first.

    With another sealer at work there is nothing to do, and the list is empty.
    """
    sealed: list[Seal] = []
    while seal := _seal_next(now or clock.now()):
        sealed.append(seal)
    return sealed


@transaction.atomic
def _seal_next(now: datetime) -> Seal | None:
    if not locks.chain_locked():
        return None
    batch = selectors.next_batch()
    if batch is None:
        return None
    last = selectors.seal_latest()
    leaves = b"".join(chain.leaf(event) for event in selectors.events_in(batch).iterator())
    seal = Seal(
        sequence=last.sequence + 1 if last else 1,
        epoch=batch.epoch,
        transaction_start=batch.start,
        transaction_limit=batch.limit,
        count=len(leaves) // chain.LEAF_LENGTH,
        leaves=leaves,
        previous_digest=last.digest if last else chain.NOTHING_BEFORE,
        sealed_at=now,
    )
    seal.digest = chain.digest_of(seal)
    seal.save(force_insert=True)
    return seal
