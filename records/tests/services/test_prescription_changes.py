"""What becomes of a signed prescription: every verb from every state, its last day, replacing, and the sweeper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from audit.models import Event
from booking.tests.factories import bookable_doctor
from booking.tests.steps import told, user_of
from common import clock
from common.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from doctors.models import Doctor
from records import services
from records.models import Prescription
from records.prescription_content import from_text
from records.selectors import changed_by, standing_of
from records.states import PRESCRIPTION_TRANSITIONS, PrescriptionStatus, ShareKind
from records.tests.prescribing import at, bar, items, prescriber, rx_draft, rx_sign, rx_signed
from records.tests.steps import visit

pytestmark = pytest.mark.django_db
S = PrescriptionStatus
WITH_REASON = {
    S.ON_HOLD: services.prescription_hold,
    S.CANCELLED: services.prescription_cancel,
    S.STOPPED: services.prescription_stop,
    S.ENTERED_IN_ERROR: services.prescription_enter_in_error,
}
BARE = {S.ACTIVE: services.prescription_resume, S.COMPLETED: services.prescription_complete}


def verb(prescription: Prescription, target: PrescriptionStatus) -> Callable[[], Prescription]:
    facts: dict[str, Any] = {"actor": prescriber(prescription), "prescription_id": prescription.public_id}
    if target in BARE:
        return partial(BARE[target], **facts)
    return partial(WITH_REASON[target], **facts, reason="For a reason")


def after_last_day(prescription: Prescription) -> datetime:
    assert prescription.valid_until
    return clock.end_of_day(prescription.valid_until, clock.clinic_zone())


@pytest.fixture
def prescription() -> Prescription:
    return rx_signed()


@pytest.mark.parametrize("old", [one for one in S if one != S.DRAFT])
def test_every_verb_from_every_state(prescription: Prescription, old: PrescriptionStatus) -> None:
    for target in [*WITH_REASON, *BARE]:
        Prescription.objects.filter(pk=prescription.pk).update(status=old)
        changes = Event.objects.filter(object_id=str(prescription.public_id)).count()
        can_move = target in PRESCRIPTION_TRANSITIONS[old] or target == old
        if can_move:
            verb(prescription, target)()
        else:
            with pytest.raises(Conflict) as refused:
                verb(prescription, target)()
            assert refused.value.code == "illegal_transition"
            assert refused.value.data == {"current": old}
        reached = target if can_move else old
        assert Prescription.objects.get().status == reached
        # Repeating what is done says nothing new.
        assert Event.objects.filter(object_id=str(prescription.public_id)).count() == changes + (reached != old)


@pytest.mark.parametrize("target", [*WITH_REASON, *BARE])
def test_no_verb_moves_a_draft(target: PrescriptionStatus) -> None:
    draft = rx_draft()
    with pytest.raises(Conflict):
        verb(draft, target)()
    assert Prescription.objects.get().status == "draft"


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_a_reason_is_needed(prescription: Prescription, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        services.prescription_cancel(
            actor=prescriber(prescription), prescription_id=prescription.public_id, reason=reason
        )
    assert "reason" in refused.value.fields
    assert Prescription.objects.get().status == "active"


def test_the_last_day_counts_with_every_worker_dead(prescription: Prescription) -> None:
    end = after_last_day(prescription)
    for now, status in ((end - timedelta(seconds=1), S.ACTIVE), (end, S.EXPIRED)):
        assert prescription.status_at(now) == status
    assert Prescription.objects.get().status == "active"
    doctor = prescriber(prescription)
    assert standing_of(doctor, prescription.patient, now=clock.now()) == [prescription]
    with at(end):
        for target in (S.COMPLETED, S.ON_HOLD, S.CANCELLED, S.STOPPED):
            with pytest.raises(Conflict) as refused:
                verb(prescription, target)()
            assert refused.value.data == {"current": S.EXPIRED}
        assert verb(prescription, S.ENTERED_IN_ERROR)().status == "entered-in-error"


def test_the_sweeper_writes_it_down_once(prescription: Prescription) -> None:
    held = rx_signed()
    verb(held, S.ON_HOLD)()
    cancelled = rx_signed()
    verb(cancelled, S.CANCELLED)()
    end = after_last_day(prescription)
    assert services.prescriptions_expire(now=end - timedelta(seconds=1)) == 0
    assert services.prescriptions_expire(now=end) == 2
    assert services.prescriptions_expire(now=end) == 0
    statuses = dict(Prescription.objects.values_list("pk", "status"))
    assert statuses == {prescription.pk: "expired", held.pk: "expired", cancelled.pk: "cancelled"}
    told = Event.objects.filter(action="prescription.expired")
    assert [one.data["before"] for one in told.order_by("pk")] == ["active", "on-hold"]


def test_cancelled_and_replaced_in_one(prescription: Prescription) -> None:
    told: dict[str, Any] = {"actor": prescriber(prescription), "prescription_id": prescription.public_id}
    replace = partial(services.prescription_replace, **told, reason="Another dose")
    draft = replace()
    assert replace() == draft
    assert (draft.status, draft.replaces, from_text(draft.draft)) == ("draft", prescription, items())
    assert Prescription.objects.get(pk=prescription.pk).status == "cancelled"
    # What replaced it warns of nothing: the old one counts no more.
    assert rx_sign(draft).status == "active"
    assert replace() == draft


def test_what_is_dispensed_is_not_replaced_and_a_refusal_leaves_no_draft(prescription: Prescription) -> None:
    verb(prescription, S.COMPLETED)()
    with pytest.raises(Conflict):
        services.prescription_replace(
            actor=prescriber(prescription), prescription_id=prescription.public_id, reason="Another"
        )
    assert Prescription.objects.count() == 1


def test_the_state_is_told_before_the_text_and_what_is_cancelled_is_not_signed_once_more() -> None:
    draft = rx_draft()
    facts: dict[str, Any] = {"actor": prescriber(draft), "prescription_id": draft.public_id}
    with pytest.raises(Conflict) as refused:
        services.prescription_replace(**facts, reason="Another")
    assert refused.value.code == "illegal_transition"
    signed = rx_sign(draft)
    assert rx_sign(draft) == signed
    verb(signed, S.CANCELLED)()
    with pytest.raises(Conflict) as refused:
        rx_sign(draft)
    assert refused.value.code == "illegal_transition"


def test_what_was_entered_in_error_is_shared_with_nobody(prescription: Prescription) -> None:
    patient, colleague = user_of(prescription.patient), bookable_doctor()
    told: dict[str, Any] = {"kind": ShareKind.PRESCRIPTION, "object_id": prescription.public_id}
    services.record_share(actor=patient, doctor_id=colleague.public_id, **told)
    verb(prescription, S.ENTERED_IN_ERROR)()
    with pytest.raises(Conflict):
        services.record_share(actor=patient, doctor_id=bookable_doctor().public_id, **told)


def test_a_suspended_doctor_changes_nothing(prescription: Prescription) -> None:
    bar(Doctor.objects.get(pk=prescription.doctor_id))
    for target in (*WITH_REASON, S.COMPLETED):
        with pytest.raises(DomainError):
            verb(Prescription.objects.get(), target)()
    assert Prescription.objects.get().status == "active"


def test_only_who_could_sign_it_today_makes_it_valid_again() -> None:
    held = verb(rx_signed(), S.ON_HOLD)()
    Doctor.objects.update(verification_status="expired")
    with pytest.raises(DomainError) as refused:
        verb(held, S.ACTIVE)()
    assert refused.value.code == "not_verified"
    held.refresh_from_db()
    assert held.status == S.ON_HOLD
    assert verb(held, S.STOPPED)().status == S.STOPPED


BY_COLLEAGUES = frozenset({S.ON_HOLD, S.CANCELLED, S.STOPPED})


def by_colleague(colleague: Doctor, prescription: Prescription, target: PrescriptionStatus) -> Prescription:
    facts: dict[str, Any] = {"actor": user_of(colleague), "prescription_id": prescription.public_id}
    return BARE[target](**facts) if target in BARE else WITH_REASON[target](**facts, reason="It does harm")


@pytest.mark.parametrize("target", [*WITH_REASON, *BARE])
def test_a_doctor_who_treats_the_patient_ends_what_a_suspended_colleague_signed(
    prescription: Prescription, target: PrescriptionStatus
) -> None:
    """And does nothing else with it."""
    colleague = visit(patient=prescription.patient).doctor
    bar(prescription.doctor)
    if target not in BY_COLLEAGUES:
        with pytest.raises(Forbidden):
            by_colleague(colleague, prescription, target)
        return
    before = told(prescription.patient).count("record_new")
    ended = by_colleague(colleague, prescription, target)
    assert ended.status == target
    assert changed_by(ended) == user_of(colleague).shown_name
    assert told(prescription.patient).count("record_new") == before + 1
    assert not told(prescription.doctor).count("prescription_ended")


def test_the_doctor_who_signed_it_is_told_and_reads_who_ended_it(prescription: Prescription) -> None:
    colleague = visit(patient=prescription.patient).doctor
    by_colleague(colleague, prescription, S.ON_HOLD)
    assert told(prescription.doctor).count("prescription_ended") == 1
    resumed = services.prescription_resume(actor=prescriber(prescription), prescription_id=prescription.public_id)
    assert changed_by(resumed) == ""
    assert told(prescription.doctor).count("prescription_ended") == 1


@pytest.mark.parametrize("fields", [{"is_barred": True}, {"verification_status": "expired"}, {"is_active": False}])
def test_a_colleague_whose_verification_does_not_stand_ends_nothing(
    prescription: Prescription, fields: dict[str, Any]
) -> None:
    colleague = visit(patient=prescription.patient).doctor
    Doctor.objects.filter(pk=colleague.pk).update(**fields)
    with pytest.raises((Forbidden, NotFound)):
        by_colleague(Doctor.objects.get(pk=colleague.pk), prescription, S.STOPPED)
    assert Prescription.objects.get().status == "active"
