"""What a message about an appointment says: doctor, time, place and reference, never why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from email.utils import parseaddr
from typing import Any, Literal
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import resolve, reverse

from accounts.models import User
from accounts.states import Scope
from booking.links import link_path
from booking.models import Appointment, Cancelling
from booking.policies import cancellation_sentence, helps_with
from booking.selectors.told import about_appointment, appointment_facts, appointment_path
from booking.states import Status
from common.inputs import uuid_or_none
from common.money import Money
from common.templatetags.when import date_time
from doctors.states import Modality
from integrations.calendars import CalendarEvent
from notifications.models import Message
from notifications.services import Outgoing

CalendarMethod = Literal["REQUEST", "CANCEL"]


def calendar_uid(appointment: Appointment) -> str:
    """The appointment's name in calendars, the same for its whole life."""
    return f"{appointment.public_id}@{urlsplit(settings.BASE_URL).hostname}"


def calendar_event(appointment: Appointment, *, now: datetime, for_doctor: bool = False) -> CalendarEvent:
    """The appointment as a calendar keeps it: with whom or, for the doctor, only what it is called and how it is held.

    What waited in vain takes no place, whether or not somebody has cancelled its row by `now`.
    """
    return CalendarEvent(
        uid=calendar_uid(appointment),
        sequence=appointment.calendar_sequence,
        start=appointment.start,
        end=appointment.end,
        zone=ZoneInfo(appointment.location.zone),
        summary=_for_doctor(appointment) if for_doctor else f"Appointment with {appointment.doctor.name}",
        location=_where(appointment),
        description=f"Reference {appointment.reference}",
        url=f"{settings.BASE_URL}{appointment_path(appointment)}",
        organiser=parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        is_tentative=appointment.status == Status.PENDING,
        is_cancelled=appointment.status == Status.CANCELLED or appointment.has_ended(now),
    )


def _for_doctor(appointment: Appointment) -> str:
    """Calendars are seen by families and secretaries, and kept by strangers: no patient's name, no kind of visit."""
    return f"Appointment {appointment.reference}, {Modality(appointment.modality).label.lower()}"


def _where(appointment: Appointment) -> str:
    """A visit that is not in person has no place to go to, whatever location it is counted for."""
    if appointment.modality != Modality.IN_PERSON:
        return f"By {Modality(appointment.modality).label.lower()}"
    return f"{appointment.location.name}, {appointment.location.address}"


def to_patient(
    appointment: Appointment,
    kind: str,
    *,
    now: datetime,
    method: CalendarMethod | None = None,
    more: Mapping[str, Any] | None = None,
) -> list[Outgoing]:
    """The message to the patient, if the patient has an account, and to the carer who booked, if they still help.

    `more` are facts of this kind alone. The link that needs no sign-in goes to the patient's own mailbox, never to
    anybody else's.
    """
    facts = _patient_facts(appointment, method, now=now) | dict(more or {})
    carer = _carer_who_booked(appointment)
    return [
        *_outgoing(kind, appointment.patient.user, facts | _link(appointment), appointment),
        *_outgoing(kind, carer, facts | _of_carer(carer, appointment), appointment),
    ]


def told_as_patient(appointment: Appointment) -> list[User]:
    """The accounts that `to_patient` writes to."""
    return [user for user in (appointment.patient.user, _carer_who_booked(appointment)) if user is not None]


def reminder(user: User, visits: Sequence[Appointment], *, dedupe_key: str, until: datetime, now: datetime) -> Outgoing:
    """One message to one of `told_as_patient`, of all their visits of a day in order; not sent after `until`."""
    said = [_patient_facts(visit, now=now) | _own_or_carers(user, visit) for visit in visits]
    facts = said[0] if len(said) == 1 else _of_many(said)
    return Outgoing(
        kind="appointment_reminder",
        user=user,
        facts=facts,
        dedupe_key=dedupe_key,
        useless_after=until,
        about=about_appointment(visits[0]),
    )


def _of_many(visits: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Each with what concerns it alone; of all of them only what is true of each."""
    for_carer = all(visit.get("for_carer") for visit in visits)
    own = {"visits": list(visits), "link": "", "for_carer": for_carer, "path": reverse("booking:appointment_list")}
    return visits[0] | own


def still_told(message: Message, *, user: User, is_money: bool) -> dict[str, Any] | None:
    """What `user` may know by now of a message to a patient or to who helps them: help ends, and a visit
    becomes confidential, while a mail server is away. Of a reminder's visits those that are theirs still.
    """
    visits = message.facts.get("visits", [])
    scope = Scope.PAY if is_money else Scope.SEE
    if not visits:
        about = uuid_or_none(message.about.partition(":")[2])
        return message.facts if about and _theirs(user, [about], scope) else None
    named = [resolve(visit["path"]).kwargs["appointment_id"] for visit in visits]
    theirs = _theirs(user, named, scope)
    left = [visit for visit, appointment_id in zip(visits, named, strict=True) if appointment_id in theirs]
    if len(left) == len(visits):
        return message.facts
    return _of_many(left) if len(left) > 1 else next(iter(left), None)


def _theirs(user: User, named: Sequence[UUID], scope: Scope) -> set[UUID]:
    found = Appointment.objects.select_related("patient").filter(public_id__in=named)
    return {one.public_id for one in found if one.patient.user_id == user.pk or helps_with(user, one, scope)}


def _own_or_carers(user: User, appointment: Appointment) -> dict[str, Any]:
    is_own = appointment.patient.user_id == user.pk
    return _link(appointment) if is_own else _of_carer(user, appointment)


def _patient_facts(appointment: Appointment, method: CalendarMethod | None = None, *, now: datetime) -> dict[str, Any]:
    location, is_there = appointment.location, appointment.modality == Modality.IN_PERSON
    return _facts(appointment, method) | {
        "phone": location.phone,
        "access": location.access if is_there else "",
        "visit_type": appointment.visit_type.name,
        "policy": cancellation_sentence(appointment.policy, start=appointment.start, now=now, zone=location.zone),
    }


def _of_carer(carer: User | None, appointment: Appointment) -> dict[str, Any]:
    if carer is None:
        return {}
    return {"for_carer": True, "cannot_pay": not helps_with(carer, appointment, Scope.PAY)}


def _link(appointment: Appointment) -> dict[str, str]:
    """Nothing where there is no visit ahead that it could open, and for patients without an account."""
    owner = appointment.patient.user
    return {"link": link_path(appointment, owner)} if owner and appointment.status == Status.BOOKED else {}


def _carer_who_booked(appointment: Appointment) -> User | None:
    if appointment.booked_by_id == appointment.patient.user_id:
        return None
    helps = helps_with(appointment.booked_by, appointment, Scope.SEE)
    return appointment.booked_by if helps else None


def to_doctor(
    appointment: Appointment,
    kind: str,
    *,
    method: CalendarMethod | None = None,
    more: Mapping[str, Any] | None = None,
) -> list[Outgoing]:
    """The message to the doctor, if the doctor has an account. The kind of visit is left out: it may say why."""
    return _outgoing(kind, appointment.doctor.user, _facts(appointment, method) | dict(more or {}), appointment)


def _outgoing(kind: str, user: User | None, facts: dict[str, Any], appointment: Appointment) -> list[Outgoing]:
    if user is None:
        return []
    dedupe_key = f"{kind}:{appointment.public_id}:{appointment.calendar_sequence}:{user.pk}"
    return [Outgoing(kind=kind, user=user, facts=facts, dedupe_key=dedupe_key, about=about_appointment(appointment))]


def _facts(appointment: Appointment, method: CalendarMethod | None) -> dict[str, Any]:
    facts = appointment_facts(appointment)
    if method is None:
        return facts
    uid, sequence = calendar_uid(appointment), appointment.calendar_sequence
    return facts | {"calendar": {"uid": uid, "sequence": sequence, "method": method}}


def cancelling_ended(cancelling: Cancelling, *, total: int, cancelled: int) -> Outgoing:
    """To whoever had many cancelled, once."""
    said = {"path": reverse("booking:cancelling", args=[cancelling.public_id]), "total": total, "cancelled": cancelled}
    key = f"cancelling_ended:{cancelling.public_id}"
    return Outgoing(kind="cancelling_ended", user=cancelling.asked_by, facts=said, dedupe_key=key)


def booked(appointment: Appointment, *, now: datetime) -> list[Outgoing]:
    """To both, with the entry for their calendars."""
    return [
        *to_patient(appointment, "appointment_booked", now=now, method="REQUEST"),
        *to_doctor(appointment, "doctor_appointment_booked", method="REQUEST"),
    ]


def held(appointment: Appointment, *, now: datetime, was_approved: bool = False) -> list[Outgoing]:
    """To the patient, who has until then to pay for it."""
    kept_until = date_time(appointment.expires_at, appointment.location.zone)
    more = {"kept_until": kept_until, "was_approved": was_approved}
    told = to_patient(appointment, "appointment_held", now=now, more=more)
    return [replace(message, useless_after=appointment.expires_at) for message in told]


def running_late(appointment: Appointment, minutes: int, *, now: datetime) -> list[Outgoing]:
    """To the patient, each time that it is called."""
    told = to_patient(appointment, "appointment_running_late", now=now, more={"minutes": minutes})
    return [
        replace(message, dedupe_key=f"{message.dedupe_key}:{now.timestamp()}:{minutes}", useless_after=appointment.end)
        for message in told
    ]


def old_time(appointment: Appointment) -> dict[str, str]:
    """When and where the appointment is, to be kept before it moves."""
    return {
        "old_start": appointment.start.isoformat(),
        "old_end": appointment.end.isoformat(),
        "old_zone": appointment.location.zone,
        "old_place": appointment.location.name,
    }


def changed(appointment: Appointment, old: Mapping[str, str], *, now: datetime) -> list[Outgoing]:
    """To both, of what has become another kind of visit: what it costs to the patient, to the doctor how long it is."""
    price = str(Money(appointment.price_minor, appointment.currency)) if appointment.price_minor else "Free"
    return [
        *to_patient(appointment, "appointment_changed", now=now, method="REQUEST", more={**old, "price": price}),
        *to_doctor(appointment, "doctor_appointment_changed", method="REQUEST", more=old),
    ]


def moved(appointment: Appointment, old: Mapping[str, str], *, by_practice: bool, now: datetime) -> list[Outgoing]:
    """To both, with the new entry for their calendars in place of the old."""
    more = {**old, "by_practice": by_practice}
    return [
        *to_patient(appointment, "appointment_moved", now=now, method="REQUEST", more=more),
        *to_doctor(appointment, "doctor_appointment_moved", method="REQUEST", more=more),
    ]
