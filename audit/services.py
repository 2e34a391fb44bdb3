"""Writing the audit log: events by the services of every app, in their transactions, and the seals over them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import connection, models, transaction
from psycopg.types.json import Jsonb

from audit import chain, locks, selectors
from audit.actions import action_of
from audit.models import Event, Seal
from common import clock, request_context
from common.models import PublicIdModel

# Whoever has a field of this name concerns that patient; the patient's own model is named, for it lies above this app.
PATIENT_FIELD, PATIENT_MODEL = "patient", "accounts.patient"

# By hand: every booking writes one, and composing the statement took Django three times as long as the rest.
_INSERT = """
    INSERT INTO audit_event (
        epoch, transaction_id, occurred_at, action, actor_id, on_behalf_of_id, patient_id, object_type, object_id,
        request_id, address, data
    ) VALUES (
        (pg_control_system()).system_identifier, pg_current_xact_id()::text::bigint,
        %s, %s, %s, %s, %s, %s, %s, %s, %s::inet, %s
    )
"""


class Subject(NamedTuple):
    """What an event is about, where there is no instance of it (any more)."""

    object_type: str
    object_id: str
    patient_id: UUID | None = None


def event_record(
    action: str,
    obj: models.Model | Subject,
    *,
    actor: Any,
    on_behalf_of: PublicIdModel | None = None,
    patient: PublicIdModel | None = None,
    **data: Any,
) -> None:
    """Write who did what to what, with one INSERT in the caller's transaction.

    `action` is a code of `audit.actions`. `actor` is a user, or None for the system itself. `patient` is whom it
    concerns: without it the object itself where it is a patient, or the one whom its field `patient` names. `data`
    holds words of ours as JSON (states, codes, counts; `before` and `after` of a status), never a person's values.
    The request's id and address come from `common.request_context`, and so do `on_behalf_of` where it is not given and
    `via` where somebody acts by another door than a sign-in.
    Raises `UnknownAction`.
    """
    action_of(action)
    context = request_context.current()
    # The one who is named is not looked up a second time.
    concerned = patient.public_id if patient else _patient_of(obj)
    object_type, object_id = _named(obj)
    said = data | ({"via": context.via} if context.via else {})
    row: list[Any] = [
        clock.now(),
        action,
        None if actor is None or isinstance(actor, AnonymousUser) else actor.public_id,
        on_behalf_of.public_id if on_behalf_of else context.on_behalf_of_id,
        concerned,
        object_type,
        object_id,
        context.request_id,
        context.address,
        Jsonb(said),
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, row)


def _named(obj: models.Model | Subject) -> tuple[str, str]:
    if isinstance(obj, Subject):
        return obj.object_type, obj.object_id
    return obj._meta.label_lower, str(obj.public_id if isinstance(obj, PublicIdModel) else obj.pk)


def _patient_of(obj: models.Model | Subject) -> UUID | None:
    if isinstance(obj, Subject):
        return obj.patient_id
    if obj._meta.label_lower == PATIENT_MODEL:
        return obj.public_id  # type: ignore[attr-defined]
    has_patient = any(field.name == PATIENT_FIELD for field in obj._meta.concrete_fields)
    patient = getattr(obj, PATIENT_FIELD) if has_patient else None
    return patient.public_id if patient else None


def export_record(*, actor: Any, filters: Sequence[str], at_most: int) -> None:
    """Say in the log that somebody takes it away as a file. `filters` are the names of those in use."""
    subject = Subject(Event._meta.label_lower, "export")
    event_record("audit.exported", subject, actor=actor, filters=list(filters), at_most=at_most)


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
        form=chain.CURRENT_FORM,
    )
    seal.digest = chain.digest_of(seal)
    seal.save(force_insert=True)
    return seal
