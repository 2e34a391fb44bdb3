"""What a doctor gives for each item of the checklist, and what an officer finds in it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from common import clock
from common.errors import Conflict, Invalid
from common.templatetags.when import long_date
from verification import locks, policies
from verification.models import ChecklistItem, VerificationCase
from verification.selectors import (
    answers_what_was_asked,
    evidence_of,
    has_what_it_needs,
    waits_for_check,
    waits_for_scanner,
)
from verification.services import steps
from verification.states import BY_FILE, EXPIRING, OF_THE_PERSON, ItemKind, ItemStatus, Status


@transaction.atomic
def item_answer(
    *, actor: User, item_id: UUID, answer: str = "", stated_expires_on: date | None = None
) -> ChecklistItem:
    """Say one's part of an item; it waits for a check as soon as it has all it needs, files included.

    `stated_expires_on` is the last day of what runs out, in the clinic's zone. Raises `NotFound` for somebody else's,
    `Conflict` (`item_closed`, data `current`) and `Invalid` (fields `answer`, `stated_expires_on`).
    """
    item = locks.item_locked(item_id)
    policies.assert_is_own(actor, item.case.doctor)
    policies.assert_can_provide(item.case, item)
    now = clock.now()
    before = item.answer, item.stated_expires_on
    item.answer = _asserted_answer(item, answer)
    item.stated_expires_on = _asserted_expiry(item, stated_expires_on, now)
    if item.answer != before[0] and item.checked_on is not None:
        # Other words than those that an officer has found right.
        uncheck(item, actor=actor, now=now)
    provide(item, actor=actor, now=now, is_news=before != (item.answer, item.stated_expires_on))
    return item


@transaction.atomic
def item_check(
    *,
    actor: User,
    item_id: UUID,
    source: str,
    checked_on: date,
    seen_at: datetime | None,
    expires_on: date | None = None,
    note: str = "",
) -> ChecklistItem:
    """Accept an item: where it was seen (`source`), when, and for what runs out its last day.

    Days are the clinic's. `seen_at` is the `provided_at` of what the officer looked at. Raises `NotFound`, `Forbidden`,
    `Conflict` (`not_claimed`, `nothing_to_check`, `item_changed`, `still_being_checked`) and `Invalid` (fields
    `source`, `checked_on`, `expires_on`).
    """
    item = _item_for_officer(actor, item_id)
    if item.provided_at != seen_at:
        raise Conflict("item_changed", "The doctor has changed this meanwhile. Look at it again.", current=item.status)
    if waits_for_scanner([item]):
        message = "A file is still being checked for viruses. Try again in a minute."
        raise Conflict("still_being_checked", message, current=item.status)
    facts = _asserted_facts(item, source, checked_on, expires_on)
    facts |= {"checked_by": actor, "note": note.strip(), "request": ""}
    if item.status == ItemStatus.ACCEPTED and all(getattr(item, name) == value for name, value in facts.items()):
        return item
    steps.item_move(item, ItemStatus.ACCEPTED)
    for name, value in facts.items():
        setattr(item, name, value)
    steps.write_item(item, actor=actor)
    steps.record(item.case, "item_checked", actor=actor, item=item.kind)
    now = clock.now()
    steps.go_on_if_answered(item.case, actor=actor, now=now)
    steps.release_if_done(item.case, actor=actor)
    if item.case.status == Status.VERIFIED and item.expires_on is not None:
        label, key = ItemKind(item.kind).label, f"credential_renewed:{item.public_id}:{item.expires_on}"
        last = long_date(item.expires_on)
        steps.tell(item.case, "credential_renewed", now, key=key, item=label, expires_on=last)
    return item


@transaction.atomic
def item_ask(*, actor: User, item_id: UUID, request: str) -> ChecklistItem:
    """Ask the doctor for one item, in words that the doctor reads. The case waits, and its time stands still.

    Asking the same again changes nothing. Raises `NotFound`, `Forbidden`, `Conflict` (`not_claimed`,
    `nothing_to_check`, `no_account`) and `Invalid` (field `request`).
    """
    item = _item_for_officer(actor, item_id)
    if item.case.doctor.user_id is None:
        message = "This doctor has no account. Ask them yourself, and note what you have seen."
        raise Conflict("no_account", message, current=item.status)
    if not request.strip():
        message = "Say what the doctor should send: they read this."
        raise Invalid("request_needed", message, fields={"request": [message]})
    if item.status == ItemStatus.ASKED and item.request == request.strip():
        return item
    now = clock.now()
    steps.item_move(item, ItemStatus.ASKED)
    item.request, item.asked_at = request.strip(), now
    steps.write_item(item, actor=actor)
    case = item.case
    if case.status == Status.PENDING:
        steps.clock_pause(case, now)
    steps.write(case, "item_asked", actor=actor, item=item.kind)
    key = f"verification_item_asked:{item.public_id}:{now.timestamp()}"
    facts = {"item": ItemKind(item.kind).label, "is_renewal": case.status == Status.VERIFIED}
    steps.tell(case, "verification_item_asked", now, key=key, **facts)
    return item


def provide(item: ChecklistItem, *, actor: User | None, now: datetime, is_news: bool) -> None:
    """Write a (locked) item as what was given makes it: to be checked, or still lacking something.

    `is_news`: something was added to it; without that an officer's request is answered by no more than what came since.
    """
    before = item.status
    if has_what_it_needs(item) and (is_news or answers_what_was_asked(item)):
        steps.item_move(item, ItemStatus.PROVIDED)
    elif item.status == ItemStatus.PROVIDED:
        steps.item_move(item, _status_without(item))
    if {before, item.status} != {ItemStatus.ACCEPTED}:
        # Whoever looked at it before has not seen this: see `item_check`.
        item.provided_at = now
    steps.write_item(item, actor=actor)
    if item.status == ItemStatus.PROVIDED and before != ItemStatus.PROVIDED:
        steps.record(item.case, "item_provided", actor=actor, item=item.kind)
    if item.status == ItemStatus.ASKED and item.case.status == Status.PENDING and item.case.paused_at is None:
        steps.clock_pause(item.case, now)
        steps.save(item.case, actor=actor)
    steps.go_on_if_answered(item.case, actor=actor, now=now)
    steps.release_if_done(item.case, actor=actor)


def prove_anew(case: VerificationCase, *, actor: User | None, now: datetime) -> None:
    """Of a (locked) case: what was found of one name and number says nothing about another one."""
    for item in case.items.filter(kind__in=sorted(OF_THE_PERSON)):
        item.case = case
        uncheck(item, actor=actor, now=now)


def uncheck(item: ChecklistItem, *, actor: User | None, now: datetime) -> None:
    """Take back what was found of a (locked) item: an officer looks again at what there is, if there is anything."""
    if item.status == ItemStatus.ACCEPTED:
        is_there = item.kind not in BY_FILE or bool(evidence_of(item))
        steps.item_move(item, ItemStatus.PROVIDED if is_there else ItemStatus.EMPTY)
        steps.record(item.case, "item_unchecked", actor=actor, item=item.kind)
    item.provided_at = now
    item.source, item.checked_on, item.checked_by, item.expires_on = "", None, None, None
    steps.write_item(item, actor=actor)


def _status_without(item: ChecklistItem) -> ItemStatus:
    """Where an item that waited for a check falls back to when what was given is gone.

    The last day that the doctor said stays: whoever puts another file in its place need not say it again.
    """
    if item.request:
        return ItemStatus.ASKED
    return ItemStatus.ACCEPTED if item.checked_on is not None else ItemStatus.EMPTY


def _item_for_officer(actor: User, item_id: UUID) -> ChecklistItem:
    item = locks.item_locked(item_id)
    case = item.case
    policies.assert_may_decide(actor, case.doctor)
    if not waits_for_check(case) or (case.status == Status.VERIFIED and item.kind not in EXPIRING):
        message = "This case is not waiting for a check, so nothing was changed."
        raise Conflict("nothing_to_check", message, current=case.status)
    policies.assert_has_claimed(actor, case)
    return item


def _asserted_answer(item: ChecklistItem, answer: str) -> str:
    if item.kind == ItemKind.STATEMENT and not answer.strip():
        raise Invalid("answer_needed", "Write a few sentences.", fields={"answer": ["Write a few sentences."]})
    return answer.strip()


def _asserted_expiry(item: ChecklistItem, expires_on: date | None, now: datetime) -> date | None:
    if item.kind not in EXPIRING:
        return None
    message = ""
    if expires_on is None:
        message = "Enter the last day on which it is valid."
    elif expires_on < now.astimezone(clock.clinic_zone()).date():
        message = "This day has passed. Send the one that is valid now."
    if message:
        raise Invalid("expiry_needed", message, fields={"stated_expires_on": [message]})
    return expires_on


def _asserted_facts(item: ChecklistItem, source: str, checked_on: date, expires_on: date | None) -> dict[str, object]:
    today = clock.now().astimezone(clock.clinic_zone()).date()
    wrong: dict[str, list[str]] = {}
    if not source.strip():
        wrong["source"] = ["Say where you have checked it."]
    if checked_on > today:
        wrong["checked_on"] = ["This day is still to come."]
    if item.kind in EXPIRING and expires_on is None:
        wrong["expires_on"] = ["Enter its last day: reminders and the end of bookings follow from it."]
    if expires_on is not None and expires_on < today:
        wrong["expires_on"] = ["This day has passed."]
    if wrong:
        raise Invalid("check_incomplete", "Something is missing in this check.", fields=wrong)
    return {"source": source.strip(), "checked_on": checked_on, "expires_on": expires_on}
