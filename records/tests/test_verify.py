"""What was changed behind the house's back is found: by `records_verify`, which says nothing of the text."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from accounts.tests.factories import UserFactory
from booking.tests.steps import user_of
from common.errors import Conflict
from common.fields import UNREADABLE, opened_or_words
from records.models import Allergy, NoteVersion, Prescription, VisitNote
from records.selectors import is_whole, readings_of
from records.services import prescription_cancel, prescription_check, prescription_hold
from records.tests.prescribing import allergic, code_of, rx_draft, rx_sign, rx_signed
from records.tests.prescribing import behind_its_back as signature_changed
from records.tests.steps import amended, other_byte, signed, visit

pytestmark = pytest.mark.django_db


def verify() -> str:
    out, err = StringIO(), StringIO()
    try:
        call_command("records_verify", stdout=out, stderr=err)
    except CommandError as error:
        return f"{err.getvalue()}{error}"
    return out.getvalue()


def behind_its_back(sql: str, *values: Any) -> None:
    """As somebody who owns the database."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE records_noteversion DISABLE TRIGGER records_keep_version")
        cursor.execute(sql, values)
        cursor.execute("ALTER TABLE records_noteversion ENABLE ALWAYS TRIGGER records_keep_version")


def test_what_is_as_it_was_signed_is_counted() -> None:
    amended(signed())
    signed()
    assert verify() == "2 signed notes with 3 versions and 0 signed prescriptions are as they were signed.\n"


@pytest.mark.parametrize(
    "change",
    [
        f"payload = {other_byte('payload')}",
        "signed_at = signed_at + interval '1 second'",
        "signer_name = 'Somebody'",
        "signer_gmc_number = '7000000'",
        "digest = repeat('0', 64)",
    ],
)
def test_one_change_is_found_and_names_the_note_alone(change: str) -> None:
    whole, note = signed(), amended(signed(plan="canaryplan"))
    behind_its_back(f"UPDATE records_noteversion SET {change} WHERE note_id = %s AND number = 1", note.pk)
    told = verify()
    assert str(note.public_id) in told
    assert str(whole.public_id) not in told
    assert "canary" not in told


def test_another_signer_another_patient_and_a_missing_version_are_found() -> None:
    notes = [amended(signed()) for _ in range(3)]
    behind_its_back(
        "UPDATE records_noteversion SET signed_by_id = %s WHERE note_id = %s", UserFactory.create().pk, notes[0].pk
    )
    VisitNote.objects.filter(pk=notes[1].pk).update(patient=notes[0].patient)
    behind_its_back("DELETE FROM records_noteversion WHERE note_id = %s AND number = 2", notes[2].pk)
    told = verify()
    assert all(str(note.public_id) in told for note in notes)


def test_a_last_version_that_was_cut_off_with_its_count_is_found_by_the_log() -> None:
    whole, note = amended(signed()), amended(signed())
    behind_its_back("DELETE FROM records_noteversion WHERE note_id = %s AND number = 2", note.pk)
    VisitNote.objects.filter(pk=note.pk).update(version_count=1)
    cut = VisitNote.objects.get(pk=note.pk)
    assert is_whole(cut, readings_of(cut))
    told = verify()
    assert str(note.public_id) in told
    assert str(whole.public_id) not in told


def test_a_note_that_was_taken_out_whole_is_found_by_the_log() -> None:
    note = signed()
    behind_its_back("DELETE FROM records_noteversion WHERE note_id = %s", note.pk)
    behind_its_back("DELETE FROM records_visitnote WHERE id = %s", note.pk)
    assert str(note.public_id) in verify()


def test_a_text_that_was_put_in_from_another_note_is_found() -> None:
    note, other = signed(), signed()
    payload = "(SELECT payload FROM records_noteversion WHERE note_id = %s)"
    behind_its_back(f"UPDATE records_noteversion SET payload = {payload} WHERE note_id = %s", other.pk, note.pk)
    assert str(note.public_id) in verify()
    assert NoteVersion.objects.count() == 2


def test_an_allergy_that_stands_at_another_patient_or_says_nothing_is_found_by_the_log() -> None:
    whole, moved, empty = (visit().patient for _ in range(3))
    for patient in (whole, moved, empty):
        allergic(patient, "canarysubstance")
    kept, *found = Allergy.objects.order_by("pk")
    Allergy.objects.filter(patient=moved).update(patient=whole)
    Allergy.objects.filter(patient=empty).update(substance="")
    told = verify()
    assert all(f"Not as it was recorded: allergy {one.public_id}" in told for one in found)
    assert str(kept.public_id) not in told
    assert "canary" not in told


def test_it_says_what_is_to_be_done_until_only_what_is_bound_opens(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.FIELD_ENCRYPTION_BOUND_ONLY = False
    call_command("records_verify")
    assert "set FIELD_ENCRYPTION_BOUND_ONLY to true" in capsys.readouterr().err
    allergic(visit().patient, "Latex")
    behind_its_back("UPDATE records_allergy SET substance = 'of before'")
    assert "1 stored texts are bound to no row and column yet: run rotate_keys." in verify()
    settings.FIELD_ENCRYPTION_BOUND_ONLY = True
    assert "only where an older backup was restored." in verify(), "binding would make a planted one open"


def test_signatures_hold_under_another_key(settings: Settings) -> None:
    note, [old] = amended(signed()), settings.FIELD_ENCRYPTION_KEYS
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode(), old]
    call_command("rotate_keys", stdout=StringIO())
    settings.FIELD_ENCRYPTION_KEYS = settings.FIELD_ENCRYPTION_KEYS[:1]
    assert "1 signed notes with 2 versions" in verify()
    assert NoteVersion.objects.filter(note=note).count() == 2


@pytest.mark.parametrize(
    "change",
    [
        f"UPDATE records_prescriptionsignature SET payload = {other_byte('payload')}",
        "UPDATE records_prescriptionsignature SET signed_at = signed_at + interval '1 second'",
        "UPDATE records_prescriptionsignature SET code_digest = repeat('0', 64)",
        "UPDATE records_prescription SET valid_until = valid_until + 1",
        "DELETE FROM records_prescriptionsignature",
    ],
)
def test_one_change_of_a_prescription_is_found(change: str) -> None:
    prescription = rx_signed()
    assert "1 signed prescriptions are as they were signed" in verify()
    signature_changed(change)
    told = verify()
    assert f"prescription {prescription.public_id}" in told
    assert "Amoxicillin" not in told


def test_a_prescription_that_was_made_valid_again_or_taken_out_is_found_by_the_log() -> None:
    whole, revived, gone = rx_signed(), rx_signed(), rx_signed()
    prescription_cancel(actor=user_of(revived.doctor), prescription_id=revived.public_id, reason="Wrong")
    assert "3 signed prescriptions are as they were signed" in verify()
    Prescription.objects.filter(pk=revived.pk).update(status="active")
    signature_changed("DELETE FROM records_prescriptionsignature WHERE prescription_id = %s", gone.pk)
    signature_changed("DELETE FROM records_prescription WHERE id = %s", gone.pk)
    told = verify()
    assert str(revived.public_id) in told
    assert str(gone.public_id) in told
    assert str(whole.public_id) not in told


def test_one_changed_byte_of_a_reason_closes_nothing_else_and_is_found() -> None:
    prescription = rx_signed()
    facts: dict[str, Any] = {"actor": user_of(prescription.doctor), "prescription_id": prescription.public_id}
    prescription_hold(**facts, reason="canaryreason")
    signature_changed(f"UPDATE records_prescription SET reason = {other_byte('reason')}")
    found = Prescription.objects.defer("reason").get()
    assert opened_or_words(found, "reason") == UNREADABLE
    checked = prescription_check(code=code_of(found), birth_date=found.patient.birth_date)
    assert checked.status == "on-hold"
    assert not checked.is_altered
    told = verify()
    assert f"prescription {prescription.public_id}" in told
    assert "canary" not in told
    assert prescription_cancel(**facts, reason="Wrong").reason == "Wrong"


def test_one_changed_byte_of_a_draft_refuses_that_draft_alone_and_is_found() -> None:
    prescription = rx_draft()
    signature_changed(f"UPDATE records_prescription SET draft = {other_byte('draft')}")
    with pytest.raises(Conflict):
        rx_sign(prescription)
    assert f"prescription {prescription.public_id}" in verify()
