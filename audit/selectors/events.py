"""Reading events: lists that each walk one index from its newest end, and their words for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Model, Q, QuerySet

from audit.actions import BY_STRANGERS, INTERNAL, LOOKS, label_of
from audit.models import Event
from common import clock
from common.keyset import beyond, estimated_rows
from common.models import PublicIdModel

TIMELINE_LENGTH = 100
PEOPLE_FOUND_AT_MOST = 100
SHOWN_OF_AN_ID = 8
SYSTEM = "The system"
# Of an event's data: the moment before which the patient whom it concerns is not to see it.
TOLD_FROM = "told_from"
GONE = "Somebody without an account"

# Each type by one probe of the index, however many events there are.
_TYPES = """
    WITH RECURSIVE known AS (
        (SELECT object_type FROM audit_event ORDER BY object_type LIMIT 1)
        UNION ALL
        SELECT (
            SELECT object_type FROM audit_event WHERE object_type > known.object_type ORDER BY object_type LIMIT 1
        ) FROM known WHERE known.object_type IS NOT NULL
    )
    SELECT object_type FROM known WHERE object_type IS NOT NULL
"""


@dataclass(frozen=True, kw_only=True)
class Told:
    """An event as a person reads it; `who` did it, `helped` is on whose behalf (empty: their own), `about` is what kind
    of thing it was done to; with `is_look` it changed nothing."""

    event: Event
    what: str
    about: str
    who: str
    helped: str
    detail: str
    is_look: bool


@dataclass(frozen=True, kw_only=True)
class Search:
    """What an auditor looks for; what is empty is not asked. `person` is a name, an address, an id, or "system"."""

    person: str = ""
    action: str = ""
    object_type: str = ""
    named: str = ""
    """A request's id, or an object's or a patient's."""
    since: datetime | None = None
    until: datetime | None = None


def events_found(search: Search) -> QuerySet[Event]:
    """The events of a search, newest first by the clock: so days far back are found as quickly as today."""
    events = Event.objects.order_by("-occurred_at", "-pk")
    if search.person:
        events = events.filter(_by_person(search.person))
    if search.action:
        events = events.filter(action=search.action)
    if search.object_type:
        events = events.filter(object_type=search.object_type)
    if search.named:
        events = events.filter(_named(search.named, search.object_type))
    if search.since:
        events = events.filter(occurred_at__gte=search.since)
    if search.until:
        events = events.filter(occurred_at__lt=search.until)
    return events


def older_than(events: QuerySet[Event], event_id: int) -> QuerySet[Event]:
    """Those of `events_found` that come behind this event; none where there is no such event."""
    at = _place_of(event_id)
    return events.filter(beyond(at, is_rising=False)) if at else events.none()


def newer_than(events: QuerySet[Event], event_id: int) -> QuerySet[Event]:
    """Those of `events_found` that come before this event, the nearest first; none where there is no such event."""
    at = _place_of(event_id)
    return events.filter(beyond(at, is_rising=True)).order_by("occurred_at", "pk") if at else events.none()


def _place_of(event_id: int) -> Mapping[str, object] | None:
    return Event.objects.filter(pk=event_id).values("occurred_at", "pk").first()


def _by_person(words: str) -> Q:
    if words.lower() == "system":
        return Q(actor_id=None)
    if (one := _uuid(words)) is not None:
        return Q(actor_id=one)
    people = get_user_model().objects.order_by("pk")
    for word in words.split():
        people = people.filter(Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(email__iexact=word))
    return Q(actor_id__in=list(people.values_list("public_id", flat=True)[:PEOPLE_FOUND_AT_MOST]))


def _named(words: str, object_type: str) -> Q:
    # With the types named, the index that begins with the type finds an object by its id alone.
    types = [object_type] if object_type else object_types()
    wanted = Q(request_id=words) | Q(object_type__in=types, object_id=words)
    one = _uuid(words)
    # Ids are kept as Django writes them, with hyphens, however they are typed.
    return wanted | Q(patient_id=one) | Q(object_type__in=types, object_id=str(one)) if one else wanted


def _uuid(words: str) -> UUID | None:
    try:
        return UUID(words)
    except ValueError:
        return None


def object_types() -> list[str]:
    """The types of all objects that there are events about."""
    with connection.cursor() as cursor:
        cursor.execute(_TYPES)
        return [name for (name,) in cursor.fetchall()]


def type_label(object_type: str) -> str:
    """A model in its own words; the bare type where there is no such model any more."""
    try:
        return str(apps.get_model(object_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return object_type


def events_estimate() -> int:
    """About how many events there are, as the database keeps count: no walk over all of them."""
    return estimated_rows(Event)


def events_about_patient(
    patient_id: UUID, *, but_by: Sequence[UUID] = (), looks_only: bool = False, before: int | None = None
) -> QuerySet[Event]:
    """What was done with a patient's record, as the patient may know it: newest first, below the id `before`.

    It leaves out what is internal, and what its event tells only from a later time on (`TOLD_FROM`).
    With `but_by` only what other people did: not those whose ids these are, and not the system.
    """
    is_told = Q(data__told_from__isnull=True) | Q(data__told_from__lte=moment(clock.now()))
    events = Event.objects.filter(is_told, patient_id=patient_id).exclude(action__in=INTERNAL).order_by("-pk")
    if but_by:
        by_others = Q(actor_id__isnull=False) & ~Q(actor_id__in=but_by)
        events = events.filter(by_others | Q(actor_id__isnull=True, action__in=BY_STRANGERS))
    if looks_only:
        events = events.filter(action__in=LOOKS)
    return events.filter(pk__lt=before) if before else events


def moment(at: datetime) -> str:
    """As an event's `TOLD_FROM` holds it: in an order that is the clock's, whichever the zone."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def events_of(obj: Model, *, actions: Iterable[str]) -> QuerySet[Event]:
    """What was done to one object by some actions, the oldest first."""
    return _events_at(obj).filter(action__in=list(actions)).order_by("pk")


def objects_of(action: str) -> Iterator[str]:
    """The ids of the objects that an action was done to, as often as it was; they are read as they are asked for."""
    return Event.objects.filter(action=action).values_list("object_id", flat=True).iterator()


def patients_of(action: str) -> Iterator[tuple[str, UUID | None]]:
    """As `objects_of`, each with the public id of the patient whom it concerned."""
    return Event.objects.filter(action=action).values_list("object_id", "patient_id").iterator()


def timeline_of(obj: Model, *, limit: int = TIMELINE_LENGTH) -> list[Told]:
    """What happened to one object, newest first; whoever shows it asks first who may see it.

    Of everybody's looks at it the last alone: a doctor's own of one day would push out that it was ever booked.
    """
    looker = ("action", "actor_id", "on_behalf_of_id")
    looks = _events_at(obj).filter(action__in=LOOKS)
    last_looks = looks.order_by(*looker, "-pk").distinct(*looker).values("pk")
    return told(_events_at(obj).filter(~Q(action__in=LOOKS) | Q(pk__in=last_looks)).order_by("-pk")[:limit])


def _events_at(obj: Model) -> QuerySet[Event]:
    object_id = obj.public_id if isinstance(obj, PublicIdModel) else obj.pk
    return Event.objects.filter(object_type=obj._meta.label_lower, object_id=str(object_id))


def told(events: Iterable[Event], *, with_addresses: bool = False) -> list[Told]:
    """The events in words, with everybody's names in one query; `with_addresses` as `names_of` says."""
    found = list(events)
    ids = {one for event in found for one in (event.actor_id, event.on_behalf_of_id) if one}
    names = names_of(ids, with_addresses=with_addresses)
    return [
        Told(
            event=event,
            what=label_of(event.action),
            about=type_label(event.object_type),
            who=_doer(event, names),
            helped=_helped(event, names),
            detail=detail_of(event.data),
            is_look=event.action in LOOKS,
        )
        for event in found
    ]


def names_of(ids: Iterable[UUID], *, with_addresses: bool = False) -> dict[UUID, str]:
    """What the accounts of these public ids are called; those that are gone are left out.

    Of one without a name the audit log alone tells the address (`with_addresses`), so that an auditor knows who it was.
    """
    accounts = get_user_model().objects.filter(public_id__in=list(ids))
    return {account.public_id: str(account) if with_addresses else account.shown_name for account in accounts}


def _doer(event: Event, names: Mapping[UUID, str]) -> str:
    if event.actor_id is None:
        return GONE if event.action in BY_STRANGERS else SYSTEM
    return names.get(event.actor_id, GONE)


def _helped(event: Event, names: Mapping[UUID, str]) -> str:
    if event.on_behalf_of_id is None or event.on_behalf_of_id == event.actor_id:
        return ""
    return names.get(event.on_behalf_of_id, f"Patient {event.on_behalf_of_id}")


def detail_of(data: Mapping[str, Any]) -> str:
    """The words of an event: a change of state as "from booked to cancelled", the rest as "reason: patient"."""
    rest = dict(data)
    before, after = rest.pop("before", ""), rest.pop("after", "")
    moved = [f"{word} {state}" for word, state in (("from", before), ("to", after)) if state]
    said = [f"{plain(name)}: {_brief(value)}" for name, value in rest.items() if value not in ("", None, [], {})]
    return "; ".join([*([" ".join(moved).replace("_", " ")] if moved else []), *said])


def _brief(value: object) -> str:
    """As `plain`, and of an id its beginning alone, as lists show it."""
    return str(value)[:SHOWN_OF_AN_ID] if isinstance(value, str) and _uuid(value) else plain(value)


def plain(value: object) -> str:
    """A name or a value of an event's data in words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(plain, value))
    return str(value).replace("_", " ")


def has_done(user: PublicIdModel, *actions: str) -> bool:
    """Whether the account has ever done one of these; one statement."""
    return Event.objects.filter(actor_id=user.public_id, action__in=actions).exists()
