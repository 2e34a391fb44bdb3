"""A doctor applies, says who they are, and puts the case into the queue."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress

from accounts.roles import Role
from accounts.tests.factories import PatientFactory, UserFactory
from audit.models import Event
from common.errors import Conflict, Forbidden, Invalid, NotFound
from doctors.models import Doctor
from notifications.models import Message
from verification import services
from verification.models import VerificationCase
from verification.states import ItemKind, ItemStatus, Status
from verification.tests.factories import CaseFactory, case_in, item_in, officer, person
from verification.tests.steps import a_file, account_of, complete, doctor_with_account, give, own_case

pytestmark = pytest.mark.django_db

WHO = {"title": "Dr", "given_name": "Nia", "family_name": "Rees", "gmc_number": "7012345"}


def test_applying_makes_the_doctor_the_role_and_a_draft_with_an_item_of_each_kind() -> None:
    actor = UserFactory.create()

    case = services.doctor_apply(actor=actor, **WHO | {"given_name": "  Nia  Wyn ", "gmc_number": "c701 2345"})

    doctor = Doctor.objects.get(user=actor)
    assert (doctor.name, doctor.gmc_number, doctor.is_listed) == ("Dr Nia Wyn Rees", "C7012345", False)
    assert (case.doctor, case.status) == (doctor, Status.DRAFT)
    assert [item.kind for item in case.items.all()] == list(ItemKind)
    assert {item.status for item in case.items.exclude(kind=ItemKind.GMC_REGISTER)} == {ItemStatus.EMPTY}
    assert case.items.get(kind=ItemKind.GMC_REGISTER).status == ItemStatus.PROVIDED
    assert actor.groups.filter(name=Role.DOCTOR).exists()
    assert set(Event.objects.values_list("action", flat=True)) >= {"doctor.created", "verification.opened"}


def test_applying_again_answers_with_the_present_case_whatever_it_says() -> None:
    actor = UserFactory.create()
    first = services.doctor_apply(actor=actor, **WHO)

    assert services.doctor_apply(actor=actor, **WHO | {"gmc_number": "7099999"}) == first
    assert Doctor.objects.get(user=actor).gmc_number == "7012345"


def test_where_the_clinic_has_made_the_doctor_already_what_they_say_stands() -> None:
    doctor = doctor_with_account()
    Doctor.objects.filter(pk=doctor.pk).update(verification_status=Status.DRAFT)

    case = services.doctor_apply(actor=account_of(doctor), **WHO)

    assert case.doctor == doctor
    assert Doctor.objects.get(pk=doctor.pk).gmc_number == WHO["gmc_number"]


def test_a_case_that_comes_into_the_queue_with_something_asked_waits_on_its_doctor() -> None:
    actor, case = own_case()
    complete(actor, case)
    item_in(case, ItemKind.PHOTO, status=ItemStatus.ASKED, request="A sharper one.")

    assert services.case_submit(actor=actor, case_id=case.public_id).paused_at is not None
    assert Message.objects.get(user=actor).facts["asked"] == ["Photo"]


def test_a_patient_may_be_a_doctor_too() -> None:
    patient = PatientFactory.create()
    assert patient.user

    services.doctor_apply(actor=patient.user, **WHO)

    assert patient.user.groups.filter(name=Role.PATIENT).exists()


@pytest.mark.parametrize(
    ("field", "value"), [("gmc_number", "701234"), ("gmc_number", ""), ("given_name", "  "), ("family_name", "")]
)
def test_what_cannot_be_right_is_refused_beside_its_field_and_nobody_becomes_a_doctor(field: str, value: str) -> None:
    actor = UserFactory.create()

    with pytest.raises(Invalid) as refusal:
        services.doctor_apply(actor=actor, **WHO | {field: value})

    assert list(refusal.value.fields) == [field]
    assert not Doctor.objects.exists()
    assert not actor.groups.exists()


def test_particulars_are_corrected_while_the_case_is_a_draft() -> None:
    actor, case = own_case()

    services.particulars_change(actor=actor, case_id=case.public_id, **WHO)

    assert Doctor.objects.get(pk=case.doctor_id).name == "Dr Nia Rees"


def test_particulars_are_corrected_when_an_officer_asks_for_them_and_the_case_goes_on() -> None:
    actor, case = own_case(Status.PENDING, claimed_by=(desk := officer()))
    item = case.items.get(kind=ItemKind.GMC_REGISTER)
    with pytest.raises(Conflict) as closed:
        services.particulars_change(actor=actor, case_id=case.public_id, **WHO)
    assert closed.value.code == "item_closed"
    services.item_ask(actor=desk, item_id=item.public_id, request="Your name as on the register.")

    services.particulars_change(actor=actor, case_id=case.public_id, **WHO)

    item.refresh_from_db()
    case.refresh_from_db()
    assert (item.status, case.paused_at) == (ItemStatus.PROVIDED, None)
    assert Doctor.objects.get(pk=case.doctor_id).gmc_number == "7012345"


@pytest.mark.parametrize("status", [Status.VERIFIED, Status.SUSPENDED, Status.REJECTED, Status.EXPIRED])
def test_what_was_decided_on_is_not_corrected_afterwards(status: Status) -> None:
    actor, case = own_case(status)

    with pytest.raises(Conflict):
        services.particulars_change(actor=actor, case_id=case.public_id, **WHO)


def test_a_complete_draft_goes_into_the_queue_with_a_day_that_is_promised() -> None:
    actor, case = own_case()
    complete(actor, case)

    submitted = services.case_submit(actor=actor, case_id=case.public_id)

    assert submitted.status == Status.PENDING
    assert submitted.due_at
    assert submitted.submitted_at
    assert (submitted.due_at - submitted.submitted_at).days == 5
    assert Doctor.objects.get(pk=case.doctor_id).verification_status == Status.PENDING
    [message] = Message.objects.filter(user=actor)
    assert (message.kind, message.facts["days"]) == ("verification_submitted", 5)


@pytest.mark.parametrize("missing", [ItemKind.IDENTITY, ItemKind.INDEMNITY])
def test_a_draft_that_lacks_something_stays_one_and_says_what(missing: ItemKind) -> None:
    actor, case = own_case()
    for kind in {ItemKind.IDENTITY, ItemKind.INDEMNITY} - {missing}:
        give(actor, case, kind)

    with pytest.raises(Invalid) as refusal:
        services.case_submit(actor=actor, case_id=case.public_id)

    assert (refusal.value.code, list(refusal.value.fields)) == ("incomplete", [missing])
    case.refresh_from_db()
    assert case.status == Status.DRAFT


def test_a_file_that_waits_for_its_virus_check_keeps_the_draft_back() -> None:
    actor, case = own_case()
    give(actor, case, ItemKind.INDEMNITY)
    identity = case.items.get(kind=ItemKind.IDENTITY)
    services.evidence_add(actor=actor, item_id=identity.public_id, file=a_file())

    with pytest.raises(Invalid) as refusal:
        services.case_submit(actor=actor, case_id=case.public_id)

    [words] = refusal.value.fields[ItemKind.IDENTITY]
    assert "still being checked for viruses" in words


def test_an_address_that_nobody_has_confirmed_keeps_the_draft_back() -> None:
    actor, case = own_case()
    complete(actor, case)
    EmailAddress.objects.filter(user=actor).update(verified=False)

    with pytest.raises(Invalid) as refusal:
        services.case_submit(actor=actor, case_id=case.public_id)
    assert list(refusal.value.fields) == ["email"]


@pytest.mark.parametrize("demanded", [True, False])
def test_two_step_sign_in_is_needed_where_the_installation_demands_it(
    settings: Any,
    demanded: bool,  # noqa: FBT001
) -> None:
    settings.TWO_STEP_REQUIRED = demanded
    actor, case = own_case()
    complete(actor, case)

    if not demanded:
        assert services.case_submit(actor=actor, case_id=case.public_id).status == Status.PENDING
        return
    with pytest.raises(Invalid) as refusal:
        services.case_submit(actor=actor, case_id=case.public_id)
    assert list(refusal.value.fields) == ["two_step"]


def test_only_the_doctor_submits_where_they_have_an_account() -> None:
    actor, case = own_case()
    complete(actor, case)

    with pytest.raises(Forbidden) as refusal:
        services.case_submit(actor=officer(), case_id=case.public_id)
    assert refusal.value.code == "doctor_submits"
    with pytest.raises(Forbidden) as refusal:
        services.case_submit(actor=person(Role.DOCTOR), case_id=case.public_id)
    assert refusal.value.code == "not_an_officer"


def test_an_officer_submits_for_a_doctor_without_an_account() -> None:
    case = case_in(Status.DRAFT)

    assert services.case_submit(actor=officer(), case_id=case.public_id).status == Status.PENDING


def test_somebody_elses_case_and_items_do_not_exist() -> None:
    case = CaseFactory.create(status=Status.DRAFT)
    item = case.items.get(kind=ItemKind.IDENTITY)
    actor, _ = own_case()

    for attempt in (
        lambda: services.particulars_change(actor=actor, case_id=case.public_id, **WHO),
        lambda: services.item_answer(actor=actor, item_id=item.public_id, answer="Mine."),
        lambda: services.evidence_add(actor=actor, item_id=item.public_id, file=a_file()),
        lambda: services.case_renew(actor=actor, case_id=case.public_id),
        lambda: services.item_answer(actor=actor, item_id=uuid4(), answer="Mine."),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert VerificationCase.objects.count() == 2


def test_an_officer_cannot_answer_in_a_doctors_place() -> None:
    _, case = own_case()
    item = item_in(case, ItemKind.STATEMENT)

    with pytest.raises(NotFound):
        services.item_answer(actor=officer(), item_id=item.public_id, answer="On their behalf.")
