"""A doctor's files: taken in, checked by a scanner, refused, taken back, looked at."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from accounts.roles import Role
from audit.models import Event
from common import clock
from common.errors import Conflict, Invalid, NotFound
from common.uploads.states import UploadState
from common.uploads.storage import PrivateFolder, private_storage
from notifications.models import Message
from verification import locks, policies, services
from verification.models import ChecklistItem, Evidence
from verification.selectors import waits_for_check
from verification.states import ItemKind, ItemStatus, Status
from verification.tasks import check_evidence, sweep_evidence
from verification.tests.factories import EvidenceFactory, administrator, case_in, in_days, item_in, officer, person
from verification.tests.steps import a_file, away, clean, infected, own_case, told

pytestmark = pytest.mark.django_db


def opened_by(viewer: User, evidence: Evidence) -> Evidence:
    return services.evidence_open(actor=viewer, evidence_id=evidence.public_id, serve=lambda file: file)


def test_a_file_waits_in_quarantine_and_a_worker_is_woken_with_its_id_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    woken: list[tuple[object, ...]] = []
    monkeypatch.setattr("verification.services.evidence.wake", lambda *args: woken.append(args))
    actor, case = own_case()
    item = case.items.get(kind=ItemKind.IDENTITY)

    evidence = services.evidence_add(actor=actor, item_id=item.public_id, file=a_file("passport.pdf"))

    assert (evidence.state, evidence.name, evidence.uploaded_by) == (UploadState.QUARANTINED, "passport.pdf", actor)
    assert woken == [("verification.check_evidence", str(evidence.public_id))]
    [event] = Event.objects.filter(action="evidence.uploaded")
    assert event.object_id == str(evidence.public_id)
    assert "passport" not in str(event.data)


def test_what_we_do_not_take_is_refused_beside_its_field_and_nothing_is_kept() -> None:
    actor, case = own_case()
    item = case.items.get(kind=ItemKind.IDENTITY)

    with pytest.raises(Invalid) as refusal:
        services.evidence_add(actor=actor, item_id=item.public_id, file=SimpleUploadedFile("a.pdf", b"MZ not a PDF"))

    assert list(refusal.value.fields) == ["file"]
    assert not Evidence.objects.exists()
    item.refresh_from_db()
    assert item.status == ItemStatus.EMPTY


def test_a_clean_file_is_current_and_checked_once() -> None:
    actor, case = own_case()
    item = case.items.get(kind=ItemKind.IDENTITY)
    evidence = services.evidence_add(actor=actor, item_id=item.public_id, file=a_file())

    for scan in (clean, infected):
        assert services.evidence_check(evidence_id=evidence.public_id, scan=scan) == UploadState.CURRENT
    assert Event.objects.filter(action="evidence.checked").count() == 1
    assert told(actor) == []


def test_an_infected_file_is_sealed_its_uploader_told_and_the_item_open_again() -> None:
    actor, case = own_case()
    item = case.items.get(kind=ItemKind.IDENTITY)
    evidence = services.evidence_add(actor=actor, item_id=item.public_id, file=a_file("CANARY.pdf"))

    for _ in range(2):
        assert services.evidence_check(evidence_id=evidence.public_id, scan=infected) == UploadState.INFECTED

    item.refresh_from_db()
    assert item.status == ItemStatus.EMPTY
    [message] = Message.objects.filter(user=actor)
    assert (message.kind, message.facts["item"]) == ("evidence_refused", ItemKind.IDENTITY.label)
    assert "CANARY" not in str(message.facts)
    assert Event.objects.filter(action="evidence.infected").count() == 1


def test_an_infected_answer_to_what_was_asked_leaves_it_asked_and_the_clock_standing() -> None:
    desk = officer()
    actor, case = own_case(Status.PENDING, claimed_by=desk)
    item = case.items.get(kind=ItemKind.IDENTITY)
    services.item_ask(actor=desk, item_id=item.public_id, request="The page with the photo.")
    evidence = services.evidence_add(actor=actor, item_id=item.public_id, file=a_file())

    services.evidence_check(evidence_id=evidence.public_id, scan=infected)

    item.refresh_from_db()
    case.refresh_from_db()
    assert item.status == ItemStatus.ASKED
    assert case.paused_at is not None


def test_an_infected_renewal_leaves_what_was_accepted() -> None:
    actor, case = own_case(Status.VERIFIED)
    item = item_in(case, ItemKind.INDEMNITY, stated_expires_on=case.items.get(kind=ItemKind.INDEMNITY).expires_on)
    evidence = services.evidence_add(actor=actor, item_id=item.public_id, file=a_file())
    item.refresh_from_db()
    assert item.status == ItemStatus.PROVIDED

    services.evidence_check(evidence_id=evidence.public_id, scan=infected)

    item.refresh_from_db()
    assert item.status == ItemStatus.ACCEPTED


def test_what_was_accepted_on_a_file_that_turns_out_infected_is_open_again() -> None:
    _, case = own_case(Status.PENDING, ready=True, claimed_by=(desk := officer()))
    item = case.items.get(kind=ItemKind.IDENTITY)
    evidence = EvidenceFactory.create(item=item, state=UploadState.QUARANTINED)
    with pytest.raises(Conflict) as early:
        services.case_approve(actor=desk, case_id=case.public_id)
    assert (early.value.code, early.value.data) == ("still_being_checked", {"items": [ItemKind.IDENTITY]})

    # Its bytes are not those that came, so it cannot be read.
    private_storage().save(evidence.key, ContentFile(b"others"))
    services.evidence_check(evidence_id=evidence.public_id, scan=clean)

    item.refresh_from_db()
    assert (item.status, item.checked_by) == (ItemStatus.EMPTY, None)
    with pytest.raises(Conflict) as refusal:
        services.case_approve(actor=desk, case_id=case.public_id)
    assert refusal.value.code == "unproved"


def test_there_is_an_end_to_files_of_an_item_and_to_files_of_a_day() -> None:
    actor, case = own_case()
    identity, photo = (case.items.get(kind=kind) for kind in (ItemKind.IDENTITY, ItemKind.PHOTO))
    for _ in range(10):
        EvidenceFactory.create(item=identity, by=actor)
    with pytest.raises(Invalid, match="Take one back") as many:
        services.evidence_add(actor=actor, item_id=identity.public_id, file=a_file())
    assert list(many.value.fields) == ["file"]
    for _ in range(30):
        EvidenceFactory.create(item=identity, by=actor, state=UploadState.INFECTED)
    with pytest.raises(Invalid, match="tomorrow"):
        services.evidence_add(actor=actor, item_id=photo.public_id, file=a_file())


def test_a_file_is_judged_before_anybody_is_kept_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture takes its time, and bookings wait for the doctor's row."""
    actor, case = own_case()
    item = case.items.get(kind=ItemKind.IDENTITY)

    def never(*_: object) -> None:
        pytest.fail("locked before the file was judged")

    monkeypatch.setattr("verification.locks.item_locked", never)
    with pytest.raises(Invalid):
        services.evidence_add(actor=actor, item_id=item.public_id, file=SimpleUploadedFile("a.pdf", b"MZ not a PDF"))


def test_a_file_that_is_not_served_was_not_looked_at() -> None:
    actor, case = own_case()
    evidence = EvidenceFactory.create(item=case.items.get(kind=ItemKind.IDENTITY), by=actor)

    def refuse(_: Evidence) -> Evidence:
        raise NotFound

    with pytest.raises(NotFound):
        services.evidence_open(actor=actor, evidence_id=evidence.public_id, serve=refuse)
    assert not Event.objects.filter(action="evidence.viewed").exists()


def test_nobody_who_is_not_signed_in_is_the_doctor_without_an_account() -> None:
    evidence = EvidenceFactory.create(item=case_in(Status.DRAFT).items.get(kind=ItemKind.IDENTITY))

    assert not policies.may_see_evidence(cast("User", AnonymousUser()), evidence)


def test_a_second_file_that_is_infected_leaves_the_first_as_proof() -> None:
    actor, case = own_case()
    item = case.items.get(kind=ItemKind.IDENTITY)
    first, second = (services.evidence_add(actor=actor, item_id=item.public_id, file=a_file()) for _ in range(2))
    services.evidence_check(evidence_id=first.public_id, scan=clean)

    services.evidence_check(evidence_id=second.public_id, scan=infected)

    item.refresh_from_db()
    assert item.status == ItemStatus.PROVIDED


def test_taking_the_only_file_back_opens_the_item_and_keeps_the_record() -> None:
    actor, case = own_case()
    item = case.items.get(kind=ItemKind.IDENTITY)
    evidence = services.evidence_add(actor=actor, item_id=item.public_id, file=a_file())

    for _ in range(2):
        assert services.evidence_withdraw(actor=actor, evidence_id=evidence.public_id).withdrawn_at is not None

    item.refresh_from_db()
    assert item.status == ItemStatus.EMPTY
    assert Evidence.objects.filter(pk=evidence.pk).exists()
    assert Event.objects.filter(action="evidence.withdrawn").count() == 1


def test_what_was_checked_is_not_taken_back_and_somebody_elses_not_at_all() -> None:
    actor, case = own_case(Status.PENDING, ready=True)
    evidence = EvidenceFactory.create(item=case.items.get(kind=ItemKind.IDENTITY), by=actor)

    with pytest.raises(Conflict) as refusal:
        services.evidence_withdraw(actor=actor, evidence_id=evidence.public_id)
    assert refusal.value.code == "item_closed"
    with pytest.raises(NotFound):
        services.evidence_withdraw(actor=officer(), evidence_id=evidence.public_id)


def test_a_file_is_opened_by_its_doctor_and_the_officers_and_each_look_is_written_down() -> None:
    actor, case = own_case()
    evidence = EvidenceFactory.create(item=case.items.get(kind=ItemKind.IDENTITY), by=actor)

    for viewer in (actor, officer(), administrator()):
        assert opened_by(viewer, evidence) == evidence
        assert Event.objects.filter(action="evidence.viewed", actor_id=viewer.public_id).count() == 1


@pytest.mark.parametrize("role", [None, Role.PATIENT, Role.DOCTOR, Role.CONTENT_EDITOR, Role.CLINIC_STAFF])
def test_nobody_else_learns_that_a_file_exists(role: Role | None) -> None:
    actor, case = own_case()
    evidence = EvidenceFactory.create(item=case.items.get(kind=ItemKind.IDENTITY), by=actor)

    with pytest.raises(NotFound):
        opened_by(person(*([role] if role else [])), evidence)
    assert not Event.objects.filter(action="evidence.viewed").exists()


def test_a_file_that_was_taken_back_is_opened_by_nobody() -> None:
    actor, case = own_case()
    item = case.items.get(kind=ItemKind.IDENTITY)
    evidence = services.evidence_add(actor=actor, item_id=item.public_id, file=a_file())
    services.evidence_withdraw(actor=actor, evidence_id=evidence.public_id)

    for viewer in (actor, officer()):
        with pytest.raises(NotFound):
            opened_by(viewer, evidence)


@pytest.mark.usefixtures("virus_scanner")
def test_the_worker_asks_the_real_scanner() -> None:
    actor, case = own_case()
    item = case.items.get(kind=ItemKind.IDENTITY)
    evidence = services.evidence_add(actor=actor, item_id=item.public_id, file=a_file())

    assert check_evidence(str(evidence.public_id)) == UploadState.CURRENT


def test_with_the_scanner_away_files_wait_and_the_sweeper_leaves_them() -> None:
    actor, case = own_case()
    item = case.items.get(kind=ItemKind.IDENTITY)
    evidence = services.evidence_add(actor=actor, item_id=item.public_id, file=a_file())

    assert services.evidence_check(evidence_id=evidence.public_id, scan=away) == UploadState.QUARANTINED
    assert sweep_evidence() == 0


@pytest.mark.usefixtures("virus_scanner")
def test_the_sweeper_checks_what_a_crash_left_and_not_what_a_worker_is_about_to() -> None:
    actor, case = own_case()
    item = case.items.get(kind=ItemKind.IDENTITY)
    old, new = (services.evidence_add(actor=actor, item_id=item.public_id, file=a_file()) for _ in range(2))
    Evidence.objects.filter(pk=old.pk).update(uploaded_at=old.uploaded_at.replace(year=2025))

    assert sweep_evidence() == 1

    assert set(Evidence.objects.values_list("pk", "state")) == {
        (old.pk, UploadState.CURRENT),
        (new.pk, UploadState.QUARANTINED),
    }


def renewed(desk: User) -> tuple[User, ChecklistItem, Evidence]:
    """A verified doctor with an accepted certificate, who has sent the next one."""
    actor, case = own_case(Status.PENDING, claimed_by=desk, ready=True)
    item = case.items.get(kind=ItemKind.INDEMNITY)
    EvidenceFactory.create(item=item, by=actor, uploaded_at=item.provided_at or clock.now() - timedelta(days=30))
    services.case_approve(actor=desk, case_id=case.public_id)
    evidence = services.evidence_add(actor=actor, item_id=item.public_id, file=a_file())
    services.item_answer(actor=actor, item_id=item.public_id, stated_expires_on=in_days(600))
    item.refresh_from_db()
    assert item.status == ItemStatus.PROVIDED
    return actor, item, evidence


def test_a_renewal_that_is_taken_back_leaves_what_was_accepted_and_nobodys_work() -> None:
    desk = officer()
    actor, item, evidence = renewed(desk)
    last_day = item.expires_on
    services.case_claim(actor=desk, case_id=item.case.public_id)

    services.evidence_withdraw(actor=actor, evidence_id=evidence.public_id)

    item = ChecklistItem.objects.select_related("case").get(pk=item.pk)
    assert (item.status, item.expires_on) == (ItemStatus.ACCEPTED, last_day)
    assert (item.case.status, item.case.assignee) == (Status.VERIFIED, None)
    assert not waits_for_check(item.case)


def test_a_renewal_of_two_files_waits_until_both_are_taken_back() -> None:
    actor, item, first = renewed(officer())
    second = services.evidence_add(actor=actor, item_id=item.public_id, file=a_file())
    for evidence, status in ((first, ItemStatus.PROVIDED), (second, ItemStatus.ACCEPTED)):
        services.evidence_withdraw(actor=actor, evidence_id=evidence.public_id)
        item.refresh_from_db()
        assert item.status == status


def test_a_renewal_in_which_the_virus_check_finds_something_leaves_what_was_accepted() -> None:
    _, item, evidence = renewed(officer())
    services.evidence_check(evidence_id=evidence.public_id, scan=infected)
    item.refresh_from_db()
    assert item.status == ItemStatus.ACCEPTED


def test_after_a_renewal_was_taken_back_the_next_one_waits_again() -> None:
    actor, item, evidence = renewed(officer())
    services.evidence_withdraw(actor=actor, evidence_id=evidence.public_id)
    services.evidence_add(actor=actor, item_id=item.public_id, file=a_file())
    item.refresh_from_db()
    assert item.status == ItemStatus.PROVIDED


def test_a_renewal_that_is_put_in_place_of_one_taken_back_while_its_bytes_are_written_waits_for_its_check(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    actor, item, first = renewed(officer())
    save = PrivateFolder.save

    def slowly(*args: Any, **kwargs: Any) -> str:
        services.evidence_withdraw(actor=actor, evidence_id=first.public_id)
        return save(*args, **kwargs)

    monkeypatch.setattr(PrivateFolder, "save", slowly)
    services.evidence_add(actor=actor, item_id=item.public_id, file=a_file())
    item = ChecklistItem.objects.select_related("case").get(pk=item.pk)
    assert item.status == ItemStatus.PROVIDED
    assert waits_for_check(item.case)


def test_a_case_that_is_decided_while_the_bytes_are_written_takes_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = officer()
    actor, case = own_case(Status.PENDING, claimed_by=desk, ready=True)
    item = case.items.get(kind=ItemKind.QUALIFICATIONS)
    save = PrivateFolder.save

    def slowly(*args: Any, **kwargs: Any) -> str:
        services.case_approve(actor=desk, case_id=case.public_id)
        return save(*args, **kwargs)

    monkeypatch.setattr(PrivateFolder, "save", slowly)
    with pytest.raises(Conflict) as refusal:
        services.evidence_add(actor=actor, item_id=item.public_id, file=a_file())
    assert refusal.value.code == "item_closed"
    assert not Evidence.objects.exists()


def test_the_bytes_are_written_before_the_doctors_row_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    actor, case = own_case()
    item = case.items.get(kind=ItemKind.IDENTITY)
    order: list[str] = []
    save, lock = PrivateFolder.save, locks.item_locked

    def saving(*args: Any, **kwargs: Any) -> str:
        order.append("bytes")
        return save(*args, **kwargs)

    def locking(item_id: UUID) -> ChecklistItem:
        order.append("lock")
        return lock(item_id)

    monkeypatch.setattr(PrivateFolder, "save", saving)
    monkeypatch.setattr(locks, "item_locked", locking)
    services.evidence_add(actor=actor, item_id=item.public_id, file=a_file())
    assert order == ["bytes", "lock"]
