"""One item of the checklist: given, asked for again, checked, renewed; and the time that stands still meanwhile."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from audit.models import Event
from common import clock
from common.errors import Conflict, Invalid
from common.templatetags.when import long_date
from common.uploads.states import UploadState
from notifications.models import Message
from verification import services
from verification.models import Evidence, VerificationCase
from verification.states import ItemKind, ItemStatus, Status
from verification.tests.factories import CaseFactory, EvidenceFactory, in_days, item_in, officer
from verification.tests.steps import a_file, check, give, own_case, told
from verification.tests.views.desk import page_of

pytestmark = pytest.mark.django_db

# Where a doctor finds an item that they may change; what runs out has tests of its own.
OPEN_TO_THE_DOCTOR = {
    Status.DRAFT: {ItemStatus.EMPTY, ItemStatus.PROVIDED, ItemStatus.ASKED},
    Status.PENDING: {ItemStatus.EMPTY, ItemStatus.PROVIDED, ItemStatus.ASKED},
}


def as_it_stands(status: ItemStatus) -> dict[str, Any]:
    facts: dict[ItemStatus, dict[str, Any]] = {
        ItemStatus.EMPTY: {},
        ItemStatus.PROVIDED: {"provided_at": clock.now()},
        ItemStatus.ASKED: {"request": "A clearer one.", "asked_at": clock.now()},
        ItemStatus.ACCEPTED: {"source": "Seen", "checked_on": in_days(0), "checked_by": officer()},
    }
    return facts[status] | {"status": status}


@pytest.mark.parametrize(("standing", "status"), list(product(Status, ItemStatus)))
def test_a_doctor_answers_what_is_open_and_nothing_else(standing: Status, status: ItemStatus) -> None:
    actor, case = own_case(standing)
    item = item_in(case, ItemKind.IDENTITY, **as_it_stands(status))

    if status in OPEN_TO_THE_DOCTOR.get(standing, set()):
        services.item_answer(actor=actor, item_id=item.public_id, answer="My passport.")
        return
    with pytest.raises(Conflict) as refusal:
        services.item_answer(actor=actor, item_id=item.public_id, answer="My passport.")
    assert (refusal.value.code, refusal.value.data) == ("item_closed", {"current": status.value})
    with pytest.raises(Conflict):
        services.evidence_add(actor=actor, item_id=item.public_id, file=a_file())


@pytest.mark.parametrize("status", list(ItemStatus))
def test_an_officer_asks_from_every_state_and_accepts_from_every_state(status: ItemStatus) -> None:
    desk = officer()
    for act, target in (("ask", ItemStatus.ASKED), ("check", ItemStatus.ACCEPTED)):
        _, case = own_case(Status.PENDING, claimed_by=desk)
        item = item_in(case, ItemKind.IDENTITY, **as_it_stands(status))
        if act == "ask":
            item = services.item_ask(actor=desk, item_id=item.public_id, request="The page with the photo.")
        else:
            item = check(desk, item, source="Passport seen")
        item.refresh_from_db()
        assert item.status == target
        assert item.history.first().history_user == desk


@pytest.mark.parametrize("standing", [status for status in Status if status != Status.PENDING])
def test_nothing_is_checked_or_asked_in_a_case_that_does_not_wait(standing: Status) -> None:
    desk = officer()
    _, case = own_case(standing)
    VerificationCase.objects.filter(pk=case.pk).update(assignee=desk, claimed_at=clock.now())
    item = case.items.get(kind=ItemKind.IDENTITY)

    for attempt in (
        lambda: check(desk, item),
        lambda: services.item_ask(actor=desk, item_id=item.public_id, request="Another one."),
    ):
        with pytest.raises(Conflict) as refusal:
            attempt()
        assert (refusal.value.code, refusal.value.data) == ("nothing_to_check", {"current": standing.value})


def test_only_whoever_has_taken_the_case_checks_and_asks() -> None:
    _, case = own_case(Status.PENDING, claimed_by=officer())
    item = case.items.get(kind=ItemKind.IDENTITY)

    for attempt in (
        lambda: check(officer(), item),
        lambda: services.item_ask(actor=officer(), item_id=item.public_id, request="Another one."),
    ):
        with pytest.raises(Conflict) as refusal:
            attempt()
        assert refusal.value.code == "not_claimed"


def test_an_item_shown_by_a_file_waits_for_a_check_with_its_first_file() -> None:
    actor, case = own_case()
    item = case.items.get(kind=ItemKind.QUALIFICATIONS)

    assert services.item_answer(actor=actor, item_id=item.public_id, answer="MBBS").status == ItemStatus.EMPTY
    services.evidence_add(actor=actor, item_id=item.public_id, file=a_file())

    item.refresh_from_db()
    assert (item.status, item.answer) == (ItemStatus.PROVIDED, "MBBS")
    assert Event.objects.filter(action="verification.item_provided").count() == 1


def test_a_statement_is_words_and_needs_some() -> None:
    actor, case = own_case()
    item = case.items.get(kind=ItemKind.STATEMENT)

    with pytest.raises(Invalid) as refusal:
        services.item_answer(actor=actor, item_id=item.public_id, answer="  ")
    assert list(refusal.value.fields) == ["answer"]
    done = services.item_answer(actor=actor, item_id=item.public_id, answer=" I look after hearts. ")
    assert (done.status, done.answer) == (ItemStatus.PROVIDED, "I look after hearts.")


@pytest.mark.parametrize("days", [None, -1])
def test_what_runs_out_needs_a_last_day_that_has_not_passed(days: int | None) -> None:
    actor, case = own_case()
    item = case.items.get(kind=ItemKind.INDEMNITY)
    expires_on = None if days is None else in_days(days)

    with pytest.raises(Invalid) as refusal:
        services.item_answer(actor=actor, item_id=item.public_id, stated_expires_on=expires_on)
    assert list(refusal.value.fields) == ["stated_expires_on"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"source": " "}, "source"),
        ({"checked_on": in_days(2)}, "checked_on"),
        ({"expires_on": None}, "expires_on"),
        ({"expires_on": in_days(-1)}, "expires_on"),
    ],
)
def test_a_check_says_where_and_when_and_until_when(changes: dict[str, Any], field: str) -> None:
    desk = officer()
    case = CaseFactory.create(claimed_by=desk)
    item = case.items.get(kind=ItemKind.INDEMNITY)

    with pytest.raises(Invalid) as refusal:
        check(desk, item, **changes)

    assert list(refusal.value.fields) == [field]
    item.refresh_from_db()
    assert item.status == ItemStatus.EMPTY


def test_a_check_keeps_all_of_it_and_the_same_again_writes_nothing() -> None:
    desk = officer()
    case = CaseFactory.create(claimed_by=desk)
    item = case.items.get(kind=ItemKind.INDEMNITY)

    for _ in range(2):
        check(desk, item, source="Insurer's letter", note="Rang them.", expires_on=in_days(90))

    item.refresh_from_db()
    assert (item.source, item.checked_on, item.checked_by) == ("Insurer's letter", in_days(0), desk)
    assert (item.expires_on, item.note) == (in_days(90), "Rang them.")
    [event] = Event.objects.filter(action="verification.item_checked")
    assert event.data["item"] == ItemKind.INDEMNITY
    assert "Rang" not in str(event.data)


def test_what_the_doctor_changed_while_the_officer_looked_is_not_accepted_unseen() -> None:
    desk = officer()
    actor, case = own_case(Status.PENDING, claimed_by=desk)
    give(actor, case, ItemKind.IDENTITY)
    seen = case.items.get(kind=ItemKind.IDENTITY).provided_at
    item = give(actor, case, ItemKind.IDENTITY)

    with pytest.raises(Conflict) as refusal:
        check(desk, item, seen_at=seen)
    assert refusal.value.code == "item_changed"
    item.refresh_from_db()
    assert check(desk, item, seen_at=item.provided_at).status == ItemStatus.ACCEPTED


def test_a_file_that_the_doctor_took_back_while_the_officer_looked_proves_nothing() -> None:
    desk = officer()
    actor, case = own_case(Status.PENDING, claimed_by=desk)
    item = give(actor, case, ItemKind.IDENTITY)
    seen = item.provided_at
    services.evidence_withdraw(actor=actor, evidence_id=Evidence.objects.get(item=item).public_id)

    for stale in (seen, None):
        with pytest.raises(Conflict) as refusal:
            check(desk, item, seen_at=stale)
        assert refusal.value.code == "item_changed"


def test_nothing_is_accepted_while_a_file_of_it_waits_for_its_virus_check() -> None:
    desk = officer()
    _, case = own_case(Status.PENDING, claimed_by=desk)
    item = case.items.get(kind=ItemKind.IDENTITY)
    EvidenceFactory.create(item=item, state=UploadState.QUARANTINED)

    with pytest.raises(Conflict) as refusal:
        check(desk, item)
    assert refusal.value.code == "still_being_checked"


def test_a_request_is_answered_by_something_new_alone() -> None:
    desk = officer()
    actor, case = own_case(Status.PENDING, claimed_by=desk)
    item = give(actor, case, ItemKind.INDEMNITY)
    first = Evidence.objects.get(item=item)
    services.evidence_add(actor=actor, item_id=item.public_id, file=a_file())
    services.item_ask(actor=desk, item_id=item.public_id, request="All pages.")

    services.evidence_withdraw(actor=actor, evidence_id=first.public_id)
    again = services.item_answer(
        actor=actor, item_id=item.public_id, answer=item.answer, stated_expires_on=item.stated_expires_on
    )
    assert again.status == ItemStatus.ASKED

    newer = services.evidence_add(actor=actor, item_id=item.public_id, file=a_file())
    item.refresh_from_db()
    assert item.status == ItemStatus.PROVIDED
    services.evidence_withdraw(actor=actor, evidence_id=newer.public_id)
    item.refresh_from_db()
    assert item.status == ItemStatus.ASKED


def test_other_words_than_those_that_were_checked_are_checked_anew() -> None:
    """Of a draft that begins with what was accepted; taking the newer file back does not bring the check back."""
    actor, case = own_case(Status.DRAFT)
    item = item_in(
        case, ItemKind.QUALIFICATIONS, **as_it_stands(ItemStatus.ACCEPTED), answer="MB BS", provided_at=clock.now()
    )
    EvidenceFactory.create(item=item, by=actor, uploaded_at=clock.now() - timedelta(days=1))
    newer = services.evidence_add(actor=actor, item_id=item.public_id, file=a_file())

    services.item_answer(actor=actor, item_id=item.public_id, answer="MB BS, MRCP")
    services.evidence_withdraw(actor=actor, evidence_id=newer.public_id)

    item.refresh_from_db()
    assert (item.status, item.checked_on, item.checked_by) == (ItemStatus.PROVIDED, None, None)


def test_a_later_last_day_that_nothing_shows_is_no_claim_that_an_officer_reads() -> None:
    desk = officer()
    actor, case = own_case(Status.VERIFIED, ready=True)
    item = item_in(case, ItemKind.INDEMNITY, stated_expires_on=in_days(300))
    services.item_answer(actor=actor, item_id=item.public_id, stated_expires_on=in_days(600))
    assert long_date(in_days(600)) not in page_of(desk, case)

    newer = services.evidence_add(actor=actor, item_id=item.public_id, file=a_file())
    assert long_date(in_days(600)) in page_of(desk, case)

    services.evidence_withdraw(actor=actor, evidence_id=newer.public_id)
    assert long_date(in_days(600)) not in page_of(desk, case)


def test_asking_stops_the_clock_tells_the_doctor_and_answering_lets_it_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk, start = officer(), clock.now()
    actor, case = own_case(Status.PENDING, claimed_by=desk)
    due = case.due_at
    item = case.items.get(kind=ItemKind.IDENTITY)
    services.item_ask(actor=desk, item_id=item.public_id, request="CANARY: the page with the photo.")
    case.refresh_from_db()
    assert (case.status, case.paused_at is not None) == (Status.PENDING, True)
    assert told(actor) == ["verification_item_asked"]
    assert "CANARY" not in str(list(Message.objects.values()) + list(Event.objects.values("data")))

    monkeypatch.setattr(clock, "now", lambda: start + timedelta(days=3))
    services.evidence_add(actor=actor, item_id=item.public_id, file=a_file())

    case.refresh_from_db()
    assert case.paused_at is None
    assert due
    assert case.due_at
    assert timedelta(days=2, hours=23) < case.due_at - due < timedelta(days=3, hours=1)


def test_the_clock_goes_on_when_nothing_is_asked_any_more_and_not_before() -> None:
    desk = officer()
    actor, case = own_case(Status.PENDING, claimed_by=desk)
    for kind in (ItemKind.IDENTITY, ItemKind.PHOTO):
        services.item_ask(actor=desk, item_id=case.items.get(kind=kind).public_id, request="Please.")

    give(actor, case, ItemKind.IDENTITY)
    case.refresh_from_db()
    assert case.paused_at is not None

    check(desk, case.items.get(kind=ItemKind.PHOTO))
    case.refresh_from_db()
    assert case.paused_at is None


def test_asking_twice_with_the_same_words_is_asking_once() -> None:
    desk = officer()
    actor, case = own_case(Status.PENDING, claimed_by=desk)
    item = case.items.get(kind=ItemKind.IDENTITY)

    for words in ("The back.", "The back.", "Both sides."):
        services.item_ask(actor=desk, item_id=item.public_id, request=words)

    assert told(actor) == ["verification_item_asked"] * 2


def test_asking_needs_words_and_somebody_to_read_them() -> None:
    desk = officer()
    _, case = own_case(Status.PENDING, claimed_by=desk)
    nobody = CaseFactory.create(claimed_by=desk)

    with pytest.raises(Invalid) as refusal:
        services.item_ask(actor=desk, item_id=case.items.get(kind=ItemKind.IDENTITY).public_id, request=" ")
    assert list(refusal.value.fields) == ["request"]
    with pytest.raises(Conflict) as unread:
        services.item_ask(actor=desk, item_id=nobody.items.get(kind=ItemKind.IDENTITY).public_id, request="Please.")
    assert unread.value.code == "no_account"


def test_a_verified_doctor_renews_what_runs_out_and_stays_verified_while_it_waits() -> None:
    actor, case = own_case(Status.VERIFIED)
    item = case.items.get(kind=ItemKind.INDEMNITY)
    assert item.provided_at
    EvidenceFactory.create(item=item, by=actor, uploaded_at=item.provided_at - timedelta(minutes=1))
    last = item.expires_on

    assert (
        services.item_answer(actor=actor, item_id=item.public_id, stated_expires_on=in_days(400)).status
        == ItemStatus.ACCEPTED
    )  # a new day alone renews nothing
    services.evidence_add(actor=actor, item_id=item.public_id, file=a_file())

    item.refresh_from_db()
    case.refresh_from_db()
    assert (item.status, item.expires_on, case.status) == (ItemStatus.PROVIDED, last, Status.VERIFIED)

    desk = officer()
    services.case_claim(actor=desk, case_id=case.public_id)
    Evidence.objects.update(state=UploadState.CURRENT, checked_at=clock.now())
    check(desk, item, expires_on=in_days(400))
    item.refresh_from_db()
    case.refresh_from_db()
    assert (item.status, item.expires_on, case.status) == (ItemStatus.ACCEPTED, in_days(400), Status.VERIFIED)
    assert case.assignee is None
    [message] = Message.objects.filter(user=actor)
    assert (message.kind, message.facts["expires_on"]) == ("credential_renewed", long_date(in_days(400)))


def test_a_renewal_that_cannot_be_read_is_asked_for_again() -> None:
    desk = officer()
    actor, case = own_case(Status.VERIFIED)
    item = give(actor, case, ItemKind.INDEMNITY)
    services.case_claim(actor=desk, case_id=case.public_id)

    services.item_ask(actor=desk, item_id=item.public_id, request="All pages, please.")

    case.refresh_from_db()
    assert (case.status, case.paused_at) == (Status.VERIFIED, None)
    assert Message.objects.get(user=actor).facts["is_renewal"]
    assert give(actor, case, ItemKind.INDEMNITY).status == ItemStatus.PROVIDED
