"""Writing the audit log: events by the services of every app, in their transactions, and the seals over them."""

from __future__ import annotations

from typing import Any

from common import clock, request_context
from common.models import PublicIdModel
from django.contrib.auth.models import AnonymousUser
from django.db import models

from audit.models import Event


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
