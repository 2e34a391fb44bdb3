from __future__ import annotations

import json
import secrets
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from audit.services import event_record
from common import clock
from common.errors import Conflict, Invalid
from notifications.services import Outgoing, messages_queue
from records.digests import canonical, digest_of
from records.locks import note_with_doctor_locked
from records.models import NoteVersion, VisitNote
from records.note_content import NoteContent, to_payload
from records.policies import assert_may_sign
from records.selectors import note_draft_of, note_for, signed_facts
from records.selectors.told import about_thing
from records.services.notes.draft import assert_can_be_written
from records.services.notes.steps import assert_current, signed_content, told_from, told_key, untell, write
from records.states import NOTED, NoteStatus, assert_can_move

LATEST_RELEASE = timedelta(days=366)
REASON_LENGTH = 500


@transaction.atomic
def note_sign(
    *, actor: User, note_id: UUID, version: int, reason: str = "", release_on: date | None = None
) -> VisitNote:
    """Sign what is being written: the note itself, or an amendment, which needs a `reason`.

    The view proves who signs. `version` is the `draft_version` of what the doctor has read. The patient may read it at
    once, or from the beginning of `release_on` by the clinic's clock; what they may read already stays open. Signing
    the same draft again is answered like the first time.
    Raises `NotFound`, `Forbidden` (`author_only`, `not_verified`), `Busy`, `StaleDraft`, `Conflict` (`too_early`,
    `no_visit`, `altered`, `illegal_transition`, `nothing_to_sign`) and `Invalid` (`empty`, `reason_needed`,
    `nothing_changed`, `release_day`).
    """
    note_for(actor, note_id)
    note = note_with_doctor_locked(note_id)
    assert_may_sign(actor, note)
    if not note.has_draft and note.versions.filter(draft_version=version).exists():
        return note
    assert_can_be_written(note)
    if not note.has_draft:
        raise Conflict("nothing_to_sign", "There is nothing new to sign.", current=note.status)
    assert_current(note, version)
    now = clock.now()
    content = _content_to_sign(note, reason=reason, now=now)
    released_at = _release(note, release_on, now)
    signed = _version_add(note, content, actor=actor, reason=reason.strip(), now=now)
    untell(note)
    status = NoteStatus.FINAL if signed.number == 1 else NoteStatus.AMENDED
    assert_can_move(note.status, status)
    write(
        note,
        actor=actor,
        status=status,
        version_count=signed.number,
        signed_at=note.signed_at or now,
        released_at=released_at,
        draft="",
        draft_saved_at=None,
        draft_version=note.draft_version + 1,
    )
    # Sealed with the log: who changes text and digest together is found there.
    verb = "note.signed" if signed.number == 1 else "note.amended"
    event_record(verb, note, actor=actor, version=signed.number, digest=signed.digest, **told_from(note))
    _tell_the_patient(note, now)
    return note


def _content_to_sign(note: VisitNote, *, reason: str, now: datetime) -> NoteContent:
    content = note_draft_of(note)
    if note.appointment.start > now:
        raise Conflict("too_early", "This visit has not begun. The draft is kept until then.", current=note.status)
    if not note.is_signed and note.appointment.status not in NOTED:
        message = "This visit did not take place, so its note cannot be signed. Throw the draft away."
        raise Conflict("no_visit", message, current=note.appointment.status)
    if content.is_empty:
        raise Invalid("empty", "There is nothing in this note yet.")
    before = signed_content(note)
    if note.is_signed and content == before:
        raise Invalid("nothing_changed", "Nothing is changed yet, so there is nothing to sign.")
    if note.is_signed and not reason.strip():
        raise Invalid("reason_needed", "Say why.", fields={"reason": ["Say why the note is amended."]})
    if len(reason) > REASON_LENGTH:
        problem = f"Use at most {REASON_LENGTH} characters."
        raise Invalid("reason_too_long", problem, fields={"reason": [problem]})
    return content


def _release(note: VisitNote, release_on: date | None, now: datetime) -> datetime:
    if note.released_at is not None and note.released_at <= now:
        return note.released_at
    if release_on is None:
        return now
    released_at = clock.start_of_day(release_on, clock.clinic_zone())
    if not now < released_at <= now + LATEST_RELEASE:
        problem = "Choose a day after today, and within a year."
        raise Invalid("release_day", problem, fields={"release_on": [problem]})
    return released_at


def _version_add(note: VisitNote, content: NoteContent, *, actor: User, reason: str, now: datetime) -> NoteVersion:
    payload = {**to_payload(content), "reason": reason, "salt": secrets.token_hex(16)}
    last = note.versions.order_by("-number").defer("payload").first()
    version = NoteVersion(
        note=note,
        number=note.version_count + 1,
        payload=canonical(payload),
        draft_version=note.draft_version,
        signed_at=now,
        signed_by=actor,
        signer_name=note.doctor.name,
        signer_gmc_number=note.doctor.gmc_number,
    )
    facts = signed_facts(version, json.loads(version.payload), previous=last.digest if last else "")
    version.digest = digest_of(facts)
    version.save(force_insert=True)
    return version


def _tell_the_patient(note: VisitNote, now: datetime) -> None:
    """That there is something, when it can be read, and no more."""
    user = note.patient.user
    if user is None or note.released_at is None:
        return
    key = told_key(note, note.version_count)
    facts = {"path": reverse("records:record")}
    message = Outgoing(kind="record_new", user=user, facts=facts, dedupe_key=key, about=about_thing(note))
    messages_queue(messages=[message], now=max(now, note.released_at))
