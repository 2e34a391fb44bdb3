from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from common.fields import opened
from records.digests import digest_of
from records.models import Prescription, PrescriptionSignature
from records.prescription_content import PrescriptionContent, from_payload, from_text
from records.selectors.texts import drafted


@dataclass(frozen=True, kw_only=True)
class SignedPrescription:
    """What was signed: the items, and the particulars that the law asks for, as they were on that day."""

    content: PrescriptionContent
    prescriber: Mapping[str, str]
    patient: Mapping[str, str]
    code: str

    @property
    def born(self) -> date:
        """The patient's date of birth as it was signed."""
        return date.fromisoformat(self.patient["birth_date"])


@dataclass(frozen=True, kw_only=True)
class PrescriptionReading:
    """`signed` is None where the text or anything about its signature was changed or is missing."""

    signature: PrescriptionSignature | None
    signed: SignedPrescription | None

    @property
    def is_intact(self) -> bool:
        return self.signed is not None


def prescription_facts(signature: PrescriptionSignature, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that a signature covers, by names that last."""
    prescription = signature.prescription
    appointment, replaced = prescription.appointment, prescription.replaces
    return {
        "form": 1,
        "prescription": str(prescription.public_id),
        "patient": str(prescription.patient.public_id),
        "doctor": str(prescription.doctor.public_id),
        "appointment": str(appointment.public_id) if appointment else "",
        "replaces": str(replaced.public_id) if replaced else "",
        "payload": payload,
        "code_digest": signature.code_digest,
        "draft_version": signature.draft_version,
        "signed_at": signature.signed_at.isoformat(),
        "signed_by": str(signature.signed_by.public_id),
        "valid_until": signature.valid_until.isoformat(),
    }


def reading_of(prescription: Prescription) -> PrescriptionReading:
    """What was signed, held against its digest and against what the prescription itself says."""
    return prescription_readings([prescription])[0]


def prescription_readings(prescriptions: Sequence[Prescription]) -> list[PrescriptionReading]:
    """As `reading_of`, of several in their order with one statement."""
    rows = PrescriptionSignature.objects.filter(prescription__in=prescriptions).select_related("signed_by")
    found = {one.prescription_id: one for one in rows}
    return [_reading(prescription, found.get(prescription.pk)) for prescription in prescriptions]


def _reading(prescription: Prescription, signature: PrescriptionSignature | None) -> PrescriptionReading:
    if signature is None:
        return PrescriptionReading(signature=None, signed=None)
    signature.prescription = prescription
    return PrescriptionReading(signature=signature, signed=_signed(signature))


def draft_of(prescription: Prescription) -> PrescriptionContent:
    """What its doctor is writing. Raises `Conflict` (`altered`) where that cannot be read any more."""
    return drafted(prescription, from_text)


def _signed(signature: PrescriptionSignature) -> SignedPrescription | None:
    prescription = signature.prescription
    says = (prescription.signed_at, prescription.valid_until)
    try:
        payload = json.loads(opened(signature, "payload") or "")
        is_intact = digest_of(prescription_facts(signature, payload)) == signature.digest
        if is_intact and says == (signature.signed_at, signature.valid_until):
            return SignedPrescription(
                content=from_payload(payload),
                prescriber=payload["prescriber"],
                patient=payload["patient"],
                code=payload["code"],
            )
    except (ValueError, KeyError, TypeError):
        pass
    return None
