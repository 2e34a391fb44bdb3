from __future__ import annotations

from uuid import UUID

from django.db import transaction

from accounts.models import User
from accounts.services import address_keep
from audit.services import event_record
from common import clock
from common.errors import Forbidden, Invalid
from common.fields import opened, sealed
from records.errors import DraftOver, StalePrescription
from records.locks import patient_locked, prescription_locked
from records.models import Prescription
from records.policies import assert_may_prescribe_to, assert_may_write_prescription
from records.prescription_content import MOST_ITEMS, PrescriptionContent, to_text
from records.quantities import LARGEST
from records.selectors import draft_of
from records.services.prescriptions.steps import read_before_change, write
from records.states import PrescriptionStatus

ADDRESS_LENGTH = 300


@transaction.atomic
def prescription_save(
    *, actor: User, prescription_id: UUID, version: int, content: PrescriptionContent
) -> Prescription:
    """Keep what the doctor has typed. `version` is the `draft_version` of what they began with; the same content again
    changes nothing, whatever the version. It leaves no event: a draft is read by nobody else.

    Raises `NotFound`, `Forbidden`, `Busy`, `Invalid` (`too_many`, `quantity`), `DraftOver`
    for what is signed or thrown away, and `StalePrescription`, which carries what is stored.
    """
    read_before_change(actor, prescription_id)
    prescription = prescription_locked(prescription_id)
    assert_may_write_prescription(actor, prescription)
    assert_is_draft(prescription)
    if len(content.items) > MOST_ITEMS:
        raise Invalid("too_many", f"One prescription has at most {MOST_ITEMS} medicines.")
    assert_counts_fit(content)
    if content == draft_of(prescription):
        return prescription
    assert_current(prescription, version)
    prescription.draft, prescription.draft_version = to_text(content), prescription.draft_version + 1
    # What is kept of it in the history is what was signed.
    draft = sealed(prescription, "draft", prescription.draft)
    Prescription.objects.filter(pk=prescription.pk).update(draft=draft, draft_version=prescription.draft_version)
    return prescription


@transaction.atomic
def prescription_discard(*, actor: User, prescription_id: UUID, version: int) -> Prescription:
    """Throw away what nobody has signed: it stays as entered in error, without its text. Again is answered like first.

    Raises `NotFound`, `Forbidden`, `Busy`, `StalePrescription` and `DraftOver` once signed.
    """
    read_before_change(actor, prescription_id)
    prescription = prescription_locked(prescription_id)
    assert_may_write_prescription(actor, prescription)
    if prescription.status == PrescriptionStatus.ENTERED_IN_ERROR and not prescription.is_signed:
        return prescription
    assert_is_draft(prescription)
    assert_current(prescription, version)
    write(
        prescription,
        actor=actor,
        status=PrescriptionStatus.ENTERED_IN_ERROR,
        changed_at=clock.now(),
        draft="",
        draft_version=prescription.draft_version + 1,
    )
    event_record("prescription.discarded", prescription, actor=actor)
    return prescription


@transaction.atomic
def prescription_address_give(*, actor: User, prescription_id: UUID, address: str) -> None:
    """The doctor writes down where the patient lives, for the prescription that they draft, where nobody has yet.

    Raises `NotFound`, `Forbidden`, `Busy`, `DraftOver` and `Invalid` (field `address`).
    """
    read_before_change(actor, prescription_id)
    prescription = prescription_locked(prescription_id)
    assert_may_write_prescription(actor, prescription)
    assert_is_draft(prescription)
    assert_may_prescribe_to(actor, prescription.patient)
    patient = patient_locked(prescription.patient)
    if opened(patient, "address") not in {None, "", address}:
        raise Forbidden("address_known", "The patient has given an address. Only they can change it.")
    if not address.strip() or len(address) > ADDRESS_LENGTH:
        problem = f"Enter the address, in at most {ADDRESS_LENGTH} characters."
        raise Invalid("address_needed", problem, fields={"address": [problem]})
    address_keep(actor=actor, patient=patient, address=address)


def assert_is_draft(prescription: Prescription) -> None:
    if not prescription.is_draft:
        raise DraftOver(prescription.status, is_signed=prescription.is_signed)


def assert_counts_fit(content: PrescriptionContent) -> None:
    """A quantity that cannot be written in words cannot be signed; none at all is still to be said."""
    if any(not 0 <= item.quantity <= LARGEST for item in content.items):
        raise Invalid("quantity", f"A quantity is a whole number from 1 to {LARGEST:,}.")


def assert_current(prescription: Prescription, version: int) -> None:
    """Raises `StalePrescription` where the draft is not the one that the person has seen."""
    if version != prescription.draft_version:
        raise StalePrescription(draft_of(prescription), prescription.draft_version)
