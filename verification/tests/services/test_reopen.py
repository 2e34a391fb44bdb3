"""A new case after a decision: prefilled with what is proved and still valid."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string

from common.errors import Conflict, NotFound
from doctors.models import Doctor
from notifications.models import Message
from verification import services
from verification.selectors import evidence_of, item_of
from verification.states import ItemKind, ItemStatus, Status
from verification.tests.factories import EvidenceFactory, case_in, in_days, item_in, officer
from verification.tests.steps import complete, give, own_case, told

pytestmark = pytest.mark.django_db


def test_reopening_starts_a_new_case_and_leaves_the_old_as_it_was_decided() -> None:
    old = case_in(Status.SUSPENDED)

    new = services.case_reopen(actor=officer(), case_id=old.public_id, note="The complaint was withdrawn.")

    old.refresh_from_db()
    assert (old.status, new.status, new.previous, new.doctor_id) == (
        Status.SUSPENDED,
        Status.PENDING,
        old,
        old.doctor_id,
    )
    assert new.due_at is not None


def test_a_case_that_was_taken_up_again_and_decided_cannot_be_taken_up_twice() -> None:
    actor, old = officer(), case_in(Status.SUSPENDED)
    new = services.case_reopen(actor=actor, case_id=old.public_id)
    services.case_claim(actor=actor, case_id=new.public_id)
    services.case_approve(actor=actor, case_id=new.public_id)

    with pytest.raises(Conflict) as refusal:
        services.case_reopen(actor=actor, case_id=old.public_id)
    assert refusal.value.data["current"] == Status.VERIFIED


def test_what_was_accepted_and_is_still_valid_stays_accepted_and_the_rest_as_it_was() -> None:
    old = case_in(Status.SUSPENDED)
    item_in(old, ItemKind.STATEMENT, status=ItemStatus.PROVIDED, answer="I look after hearts.")

    new = services.case_reopen(actor=officer(), case_id=old.public_id)

    before = old.items.get(kind=ItemKind.INDEMNITY)
    after = new.items.get(kind=ItemKind.INDEMNITY)
    assert after.status == ItemStatus.ACCEPTED
    assert (after.source, after.checked_by, after.expires_on) == (before.source, before.checked_by, before.expires_on)
    statement = new.items.get(kind=ItemKind.STATEMENT)
    assert (statement.status, statement.answer) == (ItemStatus.PROVIDED, "I look after hearts.")


def test_what_has_run_out_is_to_do_again() -> None:
    old = case_in(Status.EXPIRED)
    item_in(old, ItemKind.INDEMNITY, expires_on=in_days(-1))

    new = services.case_reopen(actor=officer(), case_id=old.public_id)

    item = new.items.get(kind=ItemKind.INDEMNITY)
    assert (item.status, item.expires_on, item.checked_on) == (ItemStatus.EMPTY, None, None)


def test_the_files_of_the_case_before_are_found_until_there_are_new_ones() -> None:
    old = case_in(Status.SUSPENDED)
    file = EvidenceFactory.create(item=old.items.get(kind=ItemKind.IDENTITY))
    new = services.case_reopen(actor=officer(), case_id=old.public_id)

    item = item_of(new, ItemKind.IDENTITY)
    assert list(evidence_of(item)) == [file]
    newer = EvidenceFactory.create(item=item)
    assert list(evidence_of(item)) == [newer]


def test_a_suspended_doctor_stays_shut_out_while_the_new_case_waits_and_until_it_is_approved() -> None:
    desk, old = officer(), case_in(Status.SUSPENDED)

    new = services.case_reopen(actor=desk, case_id=old.public_id)
    assert Doctor.objects.get(pk=old.doctor_id).is_barred
    services.case_claim(actor=desk, case_id=new.public_id)
    services.case_approve(actor=desk, case_id=new.public_id)

    assert not Doctor.objects.get(pk=old.doctor_id).is_barred


def test_a_rejected_doctor_who_submits_again_stays_shut_out_too() -> None:
    actor, old = own_case(Status.REJECTED)
    draft = services.case_renew(actor=actor, case_id=old.public_id)
    complete(actor, draft)

    services.case_submit(actor=actor, case_id=draft.public_id)

    assert Doctor.objects.get(pk=old.doctor_id).is_barred


def test_what_was_still_asked_stops_the_clock_of_the_new_case_and_is_said() -> None:
    actor, old = own_case(Status.SUSPENDED)
    item_in(old, ItemKind.PHOTO, status=ItemStatus.ASKED, request="A sharper one.")

    new = services.case_reopen(actor=officer(), case_id=old.public_id)

    assert new.paused_at is not None
    message = Message.objects.get(user=actor)
    html, text = (
        render_to_string(f"notifications/email/{message.kind}.{end}", message.facts) for end in ("html", "txt")
    )
    assert "before we can decide: Photo" in html
    assert "before we can decide: Photo" in text


def test_the_doctor_is_told_that_their_case_is_looked_at_again() -> None:
    actor, old = own_case(Status.REJECTED)

    services.case_reopen(actor=officer(), case_id=old.public_id)

    assert told(actor) == ["verification_reopened"]


def test_a_doctor_whose_credential_ran_out_renews_it_and_submits_by_themselves() -> None:
    actor, old = own_case(Status.EXPIRED)
    item_in(old, ItemKind.INDEMNITY, expires_on=in_days(-1))

    draft = services.case_renew(actor=actor, case_id=old.public_id)
    assert services.case_renew(actor=actor, case_id=old.public_id) == draft
    assert Doctor.objects.get(pk=old.doctor_id).verification_status == Status.EXPIRED
    give(actor, draft, ItemKind.INDEMNITY)
    services.case_submit(actor=actor, case_id=draft.public_id)

    draft.refresh_from_db()
    assert (draft.status, draft.previous) == (Status.PENDING, old)
    assert Doctor.objects.get(pk=old.doctor_id).verification_status == Status.PENDING


def test_a_rejected_doctor_begins_again() -> None:
    actor, old = own_case(Status.REJECTED)

    draft = services.case_renew(actor=actor, case_id=old.public_id)
    complete(actor, draft)

    assert services.case_submit(actor=actor, case_id=draft.public_id).status == Status.PENDING


@pytest.mark.parametrize("status", [Status.DRAFT, Status.PENDING, Status.VERIFIED, Status.SUSPENDED])
def test_out_of_every_other_state_a_doctor_cannot_lead_themselves(status: Status) -> None:
    actor, case = own_case(status)

    with pytest.raises(Conflict) as refusal:
        services.case_renew(actor=actor, case_id=case.public_id)
    assert refusal.value.data == {"current": status.value}


def test_nobody_begins_again_for_a_doctor() -> None:
    _, case = own_case(Status.REJECTED)

    with pytest.raises(NotFound):
        services.case_renew(actor=officer(), case_id=case.public_id)
