"""Reminding people of their visits, once and in time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from booking import facts
from booking.locks import lock_appointments
from booking.models import Appointment, ReminderRound
from booking.selectors.reminders import Round, reminded_of, rounds_due
from common.locks import busy_if_locked
from notifications.selectors import queued_among
from notifications.services import Outgoing, messages_queue, messages_withdraw

PEOPLE_AT_ONCE = 100

# Accounts with the keys of the visits that each may be told of.
People = Mapping[int, Sequence[int]]


def reminders_queue(*, now: datetime) -> int:
    """Tell everybody of their visits of a day, by one message a person. Answers how many were written.

    It may run twice, at the same time too, and goes on where another run has ended. Raises `Busy`.
    """
    return sum(_remind(due, now=now) for due in rounds_due(now))


def _remind(due: Round, *, now: datetime) -> int:
    told = sum(_tell(batch, due, now=now) for batch in _batches(reminded_of(due)))
    ended = ReminderRound(day=due.day, zone=due.zone.key, days_before=due.days_before)
    ReminderRound.objects.bulk_create([ended], ignore_conflicts=True)
    # What was taken back while this ran had no round yet to open again.
    return told + sum(
        _tell(missed, due, now=now) for batch in _batches(reminded_of(due)) if (missed := _missed(batch, due))
    )


def _batches(people: People) -> Iterator[People]:
    left = iter(people.items())
    while batch := dict(islice(left, PEOPLE_AT_ONCE)):
        yield batch


def _missed(people: People, due: Round) -> People:
    keys = {user: _key(user, due.day, due.zone.key, due.days_before) for user in people}
    queued = queued_among(keys.values())
    return {user: visits for user, visits in people.items() if keys[user] not in queued}


def _tell(people: People, due: Round, *, now: datetime) -> int:
    """The visits are locked, so that one that is cancelled meanwhile is either not told or taken back."""
    keys = {key for visits in people.values() for key in visits}
    with busy_if_locked(), transaction.atomic():
        visits = lock_appointments(due.visits & Q(pk__in=keys))
        messages = [_message(user, of_theirs, due, now=now) for user, of_theirs in _of_each(visits, people).items()]
        messages_queue(messages=messages, now=now)
    return len(messages)


def _of_each(visits: Sequence[Appointment], people: People) -> Mapping[User, list[Appointment]]:
    """The visits of those among the people who may be told, by their start."""
    told: defaultdict[User, list[Appointment]] = defaultdict(list)
    for visit in sorted(visits, key=lambda visit: visit.start):
        for user in facts.told_as_patient(visit):
            if user.pk in people:
                told[user].append(visit)
    return told


def _message(user: User, visits: Sequence[Appointment], due: Round, *, now: datetime) -> Outgoing:
    key = _key(user.pk, due.day, due.zone.key, due.days_before)
    return facts.reminder(user, visits, dedupe_key=key, until=due.closes, now=now)


def _key(user_id: int, day: date, zone: str, days_before: int) -> str:
    """Of the person's message of one round: a visit of the same date in another zone belongs to another."""
    return f"appointment_reminder:{user_id}:{day.isoformat()}:{zone}:{days_before}"


def reminders_forget(appointment: Appointment, *, now: datetime) -> None:
    """What waits to be sent of a visit that is about to change is taken back, and its round is run once more: of the
    visit as it is then, and of the other visits that the message named. In the caller's transaction, before the row is
    written.
    """
    zone = appointment.location.time_zone
    day = appointment.start.astimezone(zone).date()
    days_before = (day - now.astimezone(zone).date()).days
    if days_before < 1:
        return
    accounts = {appointment.patient.user_id, appointment.booked_by_id}
    keys = [_key(account, day, zone.key, days_before) for account in accounts if account is not None]
    if messages_withdraw(dedupe_keys=keys):
        ReminderRound.objects.filter(day=day, zone=zone.key, days_before=days_before).delete()
