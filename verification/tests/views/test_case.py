"""The case page: what it shows, and what it offers to whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from wagtail.users.models import UserProfile

from accounts.models import User
from accounts.roles import Role
from common import clock
from common.uploads.models import MediaType
from common.uploads.states import UploadState
from doctors.models import Doctor
from doctors.tests.factories import DoctorFactory
from verification import services
from verification.models import RegisterCheck
from verification.states import ItemKind, ItemStatus, RegisterResult, Status
from verification.tests.factories import (
    EvidenceFactory,
    case_in,
    in_days,
    item_in,
    officer,
    person,
    two_persons_approve,
)
from verification.tests.views.desk import case_path, item_path, page_of, signed_in

pytestmark = pytest.mark.django_db

CASE_ACTIONS = (
    "claim", "release", "assign", "look_up", "submit", "approve", "reject", "suspend", "reopen", "cancel_appointments",
)  # fmt: skip


def offered(page: str, case: Any) -> set[str]:
    return {action for action in CASE_ACTIONS if f'action="{case_path(case, action)}"' in page}


def viewer() -> User:
    """Somebody who may look at cases and decide none."""
    user = person()
    user.user_permissions.set(
        Permission.objects.filter(codename__in=("view_verificationcase", "access_admin")),
    )
    return User.objects.get(pk=user.pk)


def test_it_shows_claim_evidence_and_timeline_in_the_clinics_zone() -> None:
    moment = clock.now().replace(month=7, day=1, hour=11, minute=20)
    case = case_in(Status.PENDING, submitted_at=moment)
    item_in(case, ItemKind.STATEMENT, answer="I see adults.", status=ItemStatus.PROVIDED)
    item_in(case, ItemKind.INDEMNITY, stated_expires_on=in_days(90))

    page = page_of(officer(), case)

    assert case.doctor.gmc_number in page
    assert "12:20pm (BST)" in page
    assert "I see adults." in page
    assert "Put into the queue" in page


def test_a_suspension_is_not_shown_as_a_late_answer_to_the_doctor() -> None:
    now = clock.now()
    case = case_in(Status.SUSPENDED, submitted_at=now - timedelta(days=60), decided_at=now - timedelta(days=3))

    page = page_of(officer(), case)

    assert "Suspended 3\xa0days ago" in page
    assert "Decided after" not in page


def test_an_expiry_is_told_by_its_day_and_is_nobodys_decision() -> None:
    now = clock.now()
    case = case_in(Status.VERIFIED, submitted_at=now - timedelta(days=370), decided_at=now - timedelta(days=365))
    item_in(case, ItemKind.INDEMNITY, expires_on=in_days(-4))
    services.credentials_expire(now=now)

    page = page_of(officer(), case)

    assert "Expired 3\xa0days ago" in page
    assert f"Verified by {case.decided_by}" in page
    assert f"Expired by {case.decided_by}" not in page


def test_it_costs_the_same_however_much_evidence_there_is(django_assert_num_queries: Any) -> None:
    user = officer()
    client, case = signed_in(user), case_in(Status.PENDING, claimed_by=user)
    identity = item_in(case, ItemKind.IDENTITY)
    EvidenceFactory.create(item=identity)
    client.get(case_path(case))
    with django_assert_num_queries(40, exact=False) as few:
        client.get(case_path(case))
    for _ in range(5):
        EvidenceFactory.create(item=identity)

    with django_assert_num_queries(len(few)):
        client.get(case_path(case))


@pytest.mark.parametrize(
    ("status", "actions"),
    [
        (Status.DRAFT, {"look_up"}),
        (Status.PENDING, {"look_up", "claim", "assign"}),
        (Status.VERIFIED, {"look_up", "suspend"}),
        (Status.REJECTED, {"look_up", "reopen"}),
        (Status.SUSPENDED, {"look_up", "reopen"}),
        (Status.EXPIRED, {"look_up", "reopen", "suspend"}),
    ],
)
def test_it_offers_the_moves_of_its_stage_and_no_others(status: Status, actions: set[str]) -> None:
    officer()
    case = case_in(status, doctor=DoctorFactory.create(user=person(Role.DOCTOR)))

    assert offered(page_of(officer(), case), case) == actions


def test_a_draft_of_a_doctor_without_an_account_is_put_into_the_queue_by_an_officer() -> None:
    case = case_in(Status.DRAFT)

    assert "submit" in offered(page_of(officer(), case), case)


@pytest.mark.parametrize(("ready", "actions"), [(True, {"approve", "reject"}), (False, {"reject"})])
def test_whoever_has_claimed_decides_and_approves_once_everything_is_checked(ready: bool, actions: set[str]) -> None:  # noqa: FBT001
    user = officer()
    case = case_in(Status.PENDING, claimed_by=user, ready=ready)

    page = page_of(user, case)

    assert offered(page, case) - {"assign"} == {"look_up", "release"} | actions
    assert ("these have to be checked" in page) is not ready


def test_a_colleagues_case_is_read_and_can_be_taken_over() -> None:
    case = case_in(Status.PENDING, claimed_by=officer(), ready=True)

    page = page_of(officer(), case)

    assert offered(page, case) == {"look_up", "assign"}
    assert "Claimed by" in page
    assert item_path(item_in(case, ItemKind.IDENTITY), "check") not in page


def test_only_the_one_who_has_claimed_is_offered_the_items_forms() -> None:
    user = officer()
    case = case_in(Status.PENDING, claimed_by=user, doctor=DoctorFactory.create(user=person(Role.DOCTOR)))
    item = item_in(case, ItemKind.IDENTITY)

    page = page_of(user, case)

    assert item_path(item, "check") in page
    assert item_path(item, "ask") in page


@pytest.mark.parametrize("is_own", [True, False])
def test_what_colleagues_noted_of_ones_own_case_is_theirs(*, is_own: bool) -> None:
    user = officer()
    doctor = DoctorFactory.create(user=user) if is_own else DoctorFactory.create()
    case = case_in(Status.REJECTED, doctor=doctor, note="CANARY-note", reason="CANARY-reason")
    item_in(case, ItemKind.IDENTITY, note="CANARY-item")

    page = page_of(user, case)

    assert [f"CANARY-{what}" in page for what in ("note", "reason", "item")] == [not is_own] * 3


@pytest.mark.parametrize("who", ["own", "viewer"])
def test_who_may_not_decide_reads_and_is_offered_nothing(who: str) -> None:
    user = officer() if who == "own" else viewer()
    doctor = DoctorFactory.create(user=user) if who == "own" else DoctorFactory.create()
    case = case_in(Status.PENDING, doctor=doctor)

    page = page_of(user, case)

    assert case.doctor.gmc_number in page
    assert "idempotency_key" not in page
    words = {"own": "a colleague decides it", "viewer": "Verification officers decide it"}
    assert words[who] in page


def test_a_first_approval_is_said_to_both() -> None:
    two_persons_approve()
    first, second = officer(), officer()
    case = case_in(Status.PENDING, claimed_by=first, ready=True)
    services.case_approve(actor=first, case_id=case.public_id)

    to_first, to_second = page_of(first, case), page_of(second, case)

    said = f"Approved once by {first} on"
    assert said in to_first
    assert "a second person decides" in to_first
    assert "approve" not in offered(to_first, case)
    assert said in to_second
    assert "approve" in offered(to_second, case)


@pytest.mark.parametrize(
    ("state", "media_type", "shown", "words"),
    [
        (UploadState.CURRENT, MediaType.PDF, "<iframe", ""),
        (UploadState.CURRENT, MediaType.PNG, "<img src", ""),
        (UploadState.QUARANTINED, MediaType.PDF, "", "Waiting for the virus check"),
        (UploadState.INFECTED, MediaType.PDF, "", "Sealed: the scanner found a virus"),
        (UploadState.UNREADABLE, MediaType.PNG, "", "could not be read"),
    ],
)
def test_a_file_is_shown_beside_its_item_or_says_why_not(
    state: UploadState, media_type: MediaType, shown: str, words: str
) -> None:
    case = case_in(Status.PENDING)
    file = EvidenceFactory.create(item=item_in(case, ItemKind.IDENTITY), state=state, media_type=media_type)

    page = page_of(officer(), case)

    assert (f"/admin/verification/evidence/{file.public_id}/" in page) is bool(shown)
    assert shown in page
    assert words in page


def test_files_of_an_earlier_case_are_shown_as_such_and_those_taken_back_are_not() -> None:
    old = case_in(Status.REJECTED)
    EvidenceFactory.create(item=item_in(old, ItemKind.IDENTITY), name="passport.pdf")
    EvidenceFactory.create(item=item_in(old, ItemKind.IDENTITY), name="wrong.pdf", withdrawn_at=clock.now())
    new = services.case_reopen(actor=officer(), case_id=old.public_id, note="")

    page = page_of(officer(), new)

    assert "passport.pdf" in page
    assert "with an earlier case" in page
    assert "wrong.pdf" not in page
    assert case_path(old) in page


def test_what_another_doctor_has_too_is_warned_of() -> None:
    case = case_in(Status.PENDING)
    other = DoctorFactory.create(gmc_number=case.doctor.gmc_number)

    assert f"{other.name} has the same GMC number" in page_of(officer(), case)


def test_the_last_look_into_the_register_is_shown_with_its_time() -> None:
    case = case_in(Status.PENDING)
    RegisterCheck.objects.create(
        case=case,
        provider="sample",
        subject=case.doctor.gmc_number,
        result=RegisterResult.NAME_DIFFERS,
        has_licence=True,
        has_conditions=False,
        on_specialist_register=True,
        on_gp_register=False,
        retrieved_at=clock.now(),
    )

    page = page_of(officer(), case)

    assert "On the register under another name" in page
    assert "which proves nothing" in page
    assert "Not on the GP register" in page


def test_a_change_of_the_doctors_particulars_stands_in_the_timeline() -> None:
    case = case_in(Status.PENDING)
    doctor = Doctor.objects.get(pk=case.doctor_id)
    doctor.gmc_number = "C7654321"
    doctor.save()

    page = page_of(officer(), case)

    assert "Particulars changed" in page


def test_the_timeline_tells_each_step_once_with_its_item_or_reason_in_words() -> None:
    user, colleague = officer(), officer()
    case = case_in(Status.PENDING, doctor=DoctorFactory.create(user=person(Role.DOCTOR)))
    services.case_claim(actor=user, case_id=case.public_id)
    services.item_ask(actor=user, item_id=item_in(case, ItemKind.IDENTITY).public_id, request="Another page.")
    services.case_reject(actor=user, case_id=case.public_id, reason="Not the same person.", reason_code="name-differs")

    entries = signed_in(colleague).get(case_path(case)).context["timeline"]

    assert [(entry.what, entry.detail) for entry in reversed(entries)] == [
        ("Put into the queue", ""),
        ("Took the case", ""),
        ("Asked the doctor for one item", "Identity document"),
        ("Rejected the doctor", "The name differs from the register: Not the same person."),
    ]
    assert entries[0].who == str(user)


def test_next_and_previous_walk_along_the_list_and_beyond_a_case_that_has_left_it() -> None:
    now, user = clock.now(), officer()
    first, middle, last = (case_in(Status.PENDING, submitted_at=now - timedelta(days=days)) for days in (3, 2, 1))
    decided = case_in(Status.VERIFIED, submitted_at=now - timedelta(days=2, hours=1))

    assert neighbours(user, middle) == (first.public_id, last.public_id)
    assert neighbours(user, first) == (None, middle.public_id)
    assert neighbours(user, decided) == (first.public_id, middle.public_id)


def test_it_keeps_to_the_saved_filter_that_the_officer_came_by() -> None:
    now, user = clock.now(), officer()
    mine, other, mine_too = (case_in(Status.PENDING, submitted_at=now - timedelta(days=days)) for days in (3, 2, 1))
    for case in (mine, mine_too):
        services.case_claim(actor=user, case_id=case.public_id)

    page = signed_in(user).get(f"{case_path(mine)}?list=mine").content.decode()

    assert f'href="{case_path(mine_too)}?list=mine"' in page
    assert case_path(other) not in page
    assert f'action="{case_path(mine, "release")}?list=mine"' in page


def neighbours(user: User, case: Any) -> tuple[Any, Any]:
    found = signed_in(user).get(case_path(case)).context["neighbours"]
    return found.previous, found.next


def test_the_keys_are_named_unless_wagtails_preference_switches_them_off() -> None:
    user = officer()
    case, _ = case_in(Status.PENDING), case_in(Status.PENDING)

    assert "<kbd>n</kbd>" in page_of(user, case)
    UserProfile.objects.update_or_create(user=user, defaults={"keyboard_shortcuts": False})
    assert "<kbd>n</kbd>" not in page_of(User.objects.get(pk=user.pk), case)


def test_there_is_no_way_to_edit_add_or_delete_a_case_in_the_admin() -> None:
    case_in(Status.PENDING)
    client = signed_in(officer())

    for path in ("new/", "edit/1/", "delete/1/", "copy/1/", "history/1/", "usage/1/", "results/"):
        assert client.get(f"/admin/verification/{path}").status_code == 404
