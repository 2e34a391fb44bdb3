"""Signing, saving, suspending, cancelling and dispensing at the same moment, each on a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from audit.models import Event
from records.locks import prescription_locked
from records.models import Prescription, PrescriptionSignature
from records.models.prescriptions import PRESCRIPTION_TEXTS
from records.selectors import reading_of
from records.services import (
    prescription_begin,
    prescription_cancel,
    prescription_complete,
    prescription_replace,
    prescription_save,
    prescription_sign,
)
from records.services.prescriptions.draft import assert_current, assert_is_draft
from records.states import assert_prescription_can_move
from records.tests.prescribing import AMOXICILLIN, DIAZEPAM, items, prescriber, read, rx_draft, rx_signed
from records.tests.steps import visit
from tests.races.conftest import Together, refusals, winners
from verification.services import doctor_suspend
from verification.states import Status
from verification.tests.factories import case_in, officer

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 20


def facts(prescription: Prescription) -> dict[str, Any]:
    return {"actor": prescriber(prescription), "prescription_id": prescription.public_id}


def signer(prescription: Prescription) -> Callable[[], Prescription]:
    told: dict[str, Any] = {"version": prescription.draft_version, "particulars_seen": read(prescription)}
    return partial(prescription_sign, **facts(prescription), **told)


def saver(prescription: Prescription, dose: str) -> Callable[[], Prescription]:
    content = items({**AMOXICILLIN, "dose": dose})
    return partial(prescription_save, **facts(prescription), version=prescription.draft_version, content=content)


def canceller(prescription: Prescription) -> Callable[[], Prescription]:
    return partial(prescription_cancel, **facts(prescription), reason="Another medicine is better")


def suspender(prescription: Prescription) -> Callable[[], object]:
    case_in(Status.VERIFIED, doctor=prescription.doctor)
    told: dict[str, Any] = {"reason": "A concern.", "reason_code": "concern"}
    return partial(doctor_suspend, actor=officer(), doctor_id=prescription.doctor.public_id, **told)


def changes_of(prescription: Prescription) -> list[str]:
    """What the log says became of it."""
    ended = ["prescription.cancelled", "prescription.completed"]
    found = Event.objects.filter(object_id=str(prescription.public_id), action__in=ended).order_by("pk")
    return list(found.values_list("action", flat=True))


def signed_first(prescription: Prescription) -> bool:
    """Whether the log has the signature before the suspension."""
    signature = Event.objects.get(action="prescription.signed", object_id=str(prescription.public_id))
    suspension = Event.objects.get(
        action="doctor.verification_changed",
        object_id=str(prescription.doctor.public_id),
        data__after=Status.SUSPENDED.value,
    )
    return signature.pk < suspension.pk


@pytest.mark.usefixtures("no_deadlock")
def test_one_is_begun_once_in_many_windows(together: Together) -> None:
    appointment = visit()
    begin = partial(prescription_begin, actor=prescriber(appointment), appointment_id=appointment.public_id)
    assert {outcome.value for outcome in together([begin] * 6)} == {Prescription.objects.get()}


@pytest.mark.usefixtures("no_deadlock")
def test_signed_twice_and_saved_at_once_it_says_what_was_read(together: Together, rounds: int) -> None:
    for _ in range(rounds):
        draft = rx_draft(None, {**AMOXICILLIN, "dose": "as read"})
        work = [signer(draft), saver(draft, "written over"), signer(draft), saver(draft, "as well")]
        outcomes = together(work)
        assert set(refusals(outcomes)) <= {"stale_draft", "illegal_transition"}
        assert PrescriptionSignature.objects.filter(prescription=draft).count() <= 1
        now = Prescription.objects.select_related("doctor", "patient", "appointment", "replaces").get(pk=draft.pk)
        if now.is_signed:
            signed = reading_of(now).signed
            assert signed
            assert signed.content.items[0].dose == "as read"


def unlocked(prescription_id: UUID) -> Prescription:
    """As `prescription_locked` and `prescription_with_doctor_locked`, of a row that nobody holds."""
    with_people = Prescription.objects.select_related("doctor", "patient__user", "appointment__location", "replaces")
    return with_people.defer(*PRESCRIPTION_TEXTS).get(public_id=prescription_id)


def test_control_without_the_lock_what_nobody_has_read_is_signed(
    together: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If this fails, the test above proves nothing: the dose on the paper is another than the doctor has read."""
    has_read, is_saved = threading.Event(), threading.Event()
    draft = rx_draft(None, {**AMOXICILLIN, "dose": "as read"})
    save_over = saver(draft, "written over")

    def when_saved(prescription: Prescription, version: int) -> None:
        assert_current(prescription, version)
        has_read.set()
        assert is_saved.wait(PATIENCE)

    def save_between() -> Prescription:
        assert has_read.wait(PATIENCE)
        saved = save_over()
        is_saved.set()
        return saved

    module = "records.services.prescriptions.sign"
    monkeypatch.setattr(f"{module}.prescription_with_doctor_locked", unlocked)
    monkeypatch.setattr(f"{module}.assert_current", when_saved)
    assert refusals(together([signer(draft), save_between])) == []
    now = Prescription.objects.select_related("doctor", "patient", "appointment", "replaces").get(pk=draft.pk)
    signed = reading_of(now).signed
    assert signed
    assert signed.content.items[0].dose == "written over"


@pytest.mark.usefixtures("no_deadlock")
def test_a_signature_comes_before_a_suspension_or_not_at_all(together: Together, rounds: int) -> None:
    for _ in range(rounds):
        draft = rx_draft()
        signing, suspension = together([signer(draft), suspender(draft)])
        assert suspension.error is None
        assert set(refusals([signing])) <= {"not_verified", "prescriber_only", "not_treating", "not_found"}
        assert PrescriptionSignature.objects.filter(prescription=draft).count() == len(winners([signing]))
        if winners([signing]):
            assert signed_first(draft)


def test_control_without_the_doctors_row_a_signature_comes_after_the_suspension(
    together: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If this fails, the test above proves nothing: the right to sign was asked before, and used after."""
    asked, is_suspended = threading.Event(), threading.Event()
    draft = rx_draft()
    suspend = suspender(draft)

    def when_suspended(prescription: Prescription) -> None:
        asked.set()
        assert is_suspended.wait(PATIENCE)
        assert_is_draft(prescription)

    def suspend_between() -> None:
        assert asked.wait(PATIENCE)
        suspend()
        is_suspended.set()

    module = "records.services.prescriptions.sign"
    monkeypatch.setattr(f"{module}.prescription_with_doctor_locked", prescription_locked)
    monkeypatch.setattr(f"{module}.assert_is_draft", when_suspended)
    # What else asks for the doctor's standing, and would refuse by luck of the order.
    monkeypatch.setattr(f"{module}.assert_may_prescribe_to", lambda *_: None)
    monkeypatch.setattr(f"{module}.warnings_for", lambda *_, **__: [])
    assert refusals(together([signer(draft), suspend_between])) == []
    assert PrescriptionSignature.objects.filter(prescription=draft).exists()
    assert not signed_first(draft)


@pytest.mark.usefixtures("no_deadlock")
def test_of_cancelled_and_dispensed_at_once_one_happens(together: Together, rounds: int) -> None:
    for _ in range(rounds):
        prescription = rx_signed()
        complete = partial(prescription_complete, **facts(prescription))
        outcomes = together([canceller(prescription), complete])
        assert len(winners(outcomes)) == 1
        assert refusals(outcomes) == ["illegal_transition"]
        [change] = changes_of(prescription)
        assert Prescription.objects.get(pk=prescription.pk).status == change.removeprefix("prescription.")


def test_control_without_the_lock_it_is_cancelled_and_dispensed(
    together: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If this fails, the test above proves nothing: a pharmacy and a patient hear of two ends."""
    both = threading.Barrier(2, timeout=PATIENCE)

    def at_once(*told: Any) -> None:
        assert_prescription_can_move(*told)
        both.wait()

    monkeypatch.setattr("records.services.prescriptions.change.prescription_locked", unlocked)
    monkeypatch.setattr("records.services.prescriptions.change.assert_prescription_can_move", at_once)
    prescription = rx_signed(None, DIAZEPAM)
    complete = partial(prescription_complete, **facts(prescription))
    assert len(winners(together([canceller(prescription), complete]))) == 2
    assert sorted(changes_of(prescription)) == ["prescription.cancelled", "prescription.completed"]


@pytest.mark.usefixtures("no_deadlock")
def test_replaced_in_several_windows_there_is_one_in_its_place(together: Together, rounds: int) -> None:
    for _ in range(rounds):
        prescription = rx_signed()
        replace = partial(prescription_replace, **facts(prescription), reason="Another dose")
        outcomes = together([replace] * 4)
        assert refusals(outcomes) == []
        assert {outcome.value for outcome in outcomes} == {Prescription.objects.get(replaces=prescription)}
        assert changes_of(prescription) == ["prescription.cancelled"]
