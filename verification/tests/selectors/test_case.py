from __future__ import annotations

import pytest

from accounts.tests.factories import PatientFactory
from common import clock
from doctors.tests.factories import DoctorFactory
from verification import selectors, services
from verification.states import ItemKind, ItemStatus, Status
from verification.tests.factories import CaseFactory, EvidenceFactory, case_in, in_days, item_in, officer
from verification.tests.steps import complete, own_case

pytestmark = pytest.mark.django_db


def test_other_doctors_with_the_same_number_file_or_phone_are_named() -> None:
    _, case = own_case(Status.PENDING)
    PatientFactory.create(user=case.doctor.user, phone="+447700900999")
    file = EvidenceFactory.create(item=case.items.get(kind=ItemKind.IDENTITY))
    number = DoctorFactory.create(gmc_number=case.doctor.gmc_number)
    _, document = own_case(Status.VERIFIED)
    EvidenceFactory.create(item=document.items.get(kind=ItemKind.IDENTITY), sha256=file.sha256)
    _, phone = own_case(Status.DRAFT)
    PatientFactory.create(user=phone.doctor.user, phone="+447700900999")
    own_case(Status.PENDING)

    found = selectors.duplicates_of(case)

    assert [(one.kind, one.doctor) for one in found] == [
        ("gmc-number", number),
        ("document", document.doctor),
        ("phone", phone.doctor),
    ]


def test_a_doctors_own_earlier_files_are_no_duplicate() -> None:
    old = case_in(Status.REJECTED)
    file = EvidenceFactory.create(item=old.items.get(kind=ItemKind.IDENTITY))
    new = services.case_reopen(actor=officer(), case_id=old.public_id)
    EvidenceFactory.create(item=new.items.get(kind=ItemKind.IDENTITY), sha256=file.sha256)

    assert selectors.duplicates_of(new) == []


def test_the_doctors_list_says_what_is_missing_what_comes_next_and_why_they_are_hidden() -> None:
    actor, case = own_case()

    tasks = selectors.tasks_of(actor)
    assert tasks
    assert [line.kind for line in tasks.lines] == list(ItemKind)
    assert [line.kind for line in tasks.lines if line.is_required and not line.is_done] == [
        ItemKind.IDENTITY,
        ItemKind.INDEMNITY,
    ]
    assert len(tasks.missing) == 2
    assert (tasks.can_submit, tasks.can_renew, tasks.can_change_particulars) == (False, False, True)
    assert "not submitted" in tasks.why_hidden

    complete(actor, case)
    tasks = selectors.tasks_of(actor)
    assert tasks
    assert (tasks.can_submit, tasks.missing) == (True, [])
    assert "5 days" in tasks.next_step


@pytest.mark.parametrize(
    ("status", "hidden", "renews"),
    [
        (Status.PENDING, "still checking", False),
        (Status.REJECTED, "could not verify you. The reason: evidence is missing or has run out.", True),
        (Status.SUSPENDED, "suspended. The reason: evidence is missing or has run out.", False),
        (Status.EXPIRED, "a credential has run out", True),
    ],
)
def test_each_standing_has_its_words(status: Status, hidden: str, renews: bool) -> None:  # noqa: FBT001
    actor, _ = own_case(status)

    tasks = selectors.tasks_of(actor)

    assert tasks
    assert hidden in tasks.why_hidden
    assert tasks.next_step
    assert tasks.can_renew is renews
    assert "March" not in str(tasks)


def test_a_verified_doctor_is_told_nothing_but_may_renew() -> None:
    actor, _ = own_case(Status.VERIFIED)

    tasks = selectors.tasks_of(actor)

    assert tasks
    assert (tasks.why_hidden, tasks.next_step) == ("", "")
    assert [line.kind for line in tasks.lines if line.is_open] == [ItemKind.INDEMNITY]


def test_what_an_officer_asks_for_stands_beside_its_item() -> None:
    actor, case = own_case(Status.PENDING)
    item_in(case, ItemKind.IDENTITY, status=ItemStatus.ASKED, request="The page with the photo.")

    tasks = selectors.tasks_of(actor)

    assert tasks
    assert {line.kind: line.request for line in tasks.lines if line.request} == {
        ItemKind.IDENTITY: "The page with the photo."
    }
    assert "identity document" in tasks.next_step


def test_whoever_has_not_applied_has_no_list() -> None:
    assert selectors.tasks_of(officer()) is None


def test_everything_about_one_list_is_read_in_few_statements(django_assert_max_num_queries: object) -> None:
    actor, case = own_case()
    complete(actor, case)

    with django_assert_max_num_queries(9):  # type: ignore[operator]
        selectors.tasks_of(actor)


def test_a_credential_that_has_run_out_is_unproved_from_the_day_after() -> None:
    case = CaseFactory.create(ready=True)
    item_in(case, ItemKind.INDEMNITY, expires_on=in_days(-1))

    assert [item.kind for item in selectors.unproved(case.items.all(), clock.now())] == [ItemKind.INDEMNITY]
