from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from audit.services import event_record
from common import clock
from common.errors import Conflict, Invalid
from records.check_codes import digest_of_code, new_code
from records.digests import canonical, digest_of
from records.locks import prescription_with_doctor_locked
from records.models import Prescription, PrescriptionSignature
from records.policies import assert_may_prescribe_to, assert_may_sign_prescription
from records.prescription_content import Item, PrescriptionContent
from records.quantities import in_words
from records.selectors import (
    draft_of,
    drugs_named,
    missing_particulars,
    particulars_digest,
    particulars_of,
    prescription_facts,
    refusals_of,
    schedule_of,
    warnings_digest,
    warnings_for,
)
from records.services.prescriptions.draft import assert_current, assert_is_draft
from records.services.prescriptions.steps import last_of_months, read_before_change, tell_the_patient, write
from records.states import STANDING, PrescriptionStatus, Schedule, assert_prescription_can_move

# Human Medicines Regulations 2012, regulation 217; Misuse of Drugs Regulations 2001, regulation 16, for Schedule 4.
VALID_MONTHS = 6
VALID_CONTROLLED = timedelta(days=28)
_NEEDED = {
    "form": "form",
    "strength": "strength",
    "dose": "dose",
    "frequency": "how often",
    "quantity": "quantity",
    "unit": "what is counted",
}


@transaction.atomic
def prescription_sign(
    *, actor: User, prescription_id: UUID, version: int, particulars_seen: str, warnings_seen: str = ""
) -> Prescription:
    """Sign a draft: from now on it may be dispensed, for 6 months, or 28 days with a Schedule 4 drug.

    The view proves who signs. `version` is the `draft_version` of what the doctor has read, `particulars_seen` the
    `particulars_digest` of what stood beside it, `warnings_seen` the `warnings_digest` of those in spite of which they
    sign. The same draft again is answered like the first time, while what was signed stands.
    Raises `NotFound`, `Forbidden` (`prescriber_only`, `not_treating`, `not_verified`), `Busy`, `StalePrescription`,
    `Conflict` (`illegal_transition`, `particulars_missing` with data `missing`, `particulars`, `warnings`) and
    `Invalid` (`empty`, `incomplete`, `not_listed`, `controlled`), whose message names each medicine and rule.
    """
    read_before_change(actor, prescription_id)
    prescription = prescription_with_doctor_locked(prescription_id)
    assert_may_sign_prescription(actor, prescription)
    is_standing = prescription.status_at(clock.now()) in STANDING
    if is_standing and PrescriptionSignature.objects.filter(prescription=prescription, draft_version=version).exists():
        return prescription
    assert_is_draft(prescription)
    assert_may_prescribe_to(actor, prescription.patient)
    assert_current(prescription, version)
    assert_prescription_can_move(prescription.status, PrescriptionStatus.ACTIVE)
    now = clock.now()
    content = draft_of(prescription)
    schedules = assert_can_be_signed(content)
    particulars = _particulars_as_read(prescription, particulars_seen, now)
    warnings = warnings_for(actor, prescription, content, now=now)
    if warnings and warnings_seen != warnings_digest(warnings):
        raise Conflict("warnings", "Read the warnings, and say that you sign in spite of them.")
    items = [_signed_item(item, schedules[item.drug.lower()]) for item in content.items]
    valid_until = last_day(clock.clinic_day(now), schedules)
    signature = _signature_add(
        prescription, {"items": items, **particulars}, valid_until=valid_until, actor=actor, now=now
    )
    write(
        prescription,
        actor=actor,
        status=PrescriptionStatus.ACTIVE,
        signed_at=signature.signed_at,
        valid_until=signature.valid_until,
        changed_at=now,
        draft="",
        draft_version=prescription.draft_version + 1,
    )
    # Sealed with the log: who changes text and digest together is found there.
    event_record(
        "prescription.signed", prescription, actor=actor, digest=signature.digest, after=PrescriptionStatus.ACTIVE.value
    )
    tell_the_patient(prescription, "signed", now)
    return prescription


def _particulars_as_read(prescription: Prescription, seen: str, now: datetime) -> dict[str, Any]:
    """What is signed beside the medicines, which is what the doctor has read."""
    if missing := missing_particulars(prescription):
        message = "The law asks for more on a prescription: give what is missing first."
        raise Conflict("particulars_missing", message, missing=missing)
    particulars = particulars_of(prescription, now=now)
    if seen != particulars_digest(particulars):
        message = "The names or addresses on this prescription have changed since you read it. Read them once more."
        raise Conflict("particulars", message)
    return particulars


def assert_can_be_signed(content: PrescriptionContent) -> dict[str, int | None]:
    """The schedule of each medicine by its name in small letters. Raises `Invalid`, which names what is wrong."""
    if content.is_empty:
        raise Invalid("empty", "There is no medicine on this prescription yet.")
    if any(not item.drug for item in content.items):
        raise Invalid("not_listed", "There is a medicine without a name. Choose one from the list.")
    if refusals := refusals_of(content):
        code = refusals[0].code
        raise Invalid(code, " ".join(refusal.text for refusal in refusals if refusal.code == code))
    if incomplete := [told for item in content.items if (told := _lacking(item))]:
        raise Invalid("incomplete", " ".join(incomplete))
    drugs = drugs_named(item.drug for item in content.items)
    return {name: schedule_of(drug) for name, drug in drugs.items()}


def _lacking(item: Item) -> str:
    lacking = [word for name, word in _NEEDED.items() if not getattr(item, name)]
    return f"{item.drug} still needs: {', '.join(lacking)}." if lacking else ""


def last_day(day: date, schedules: Mapping[str, int | None]) -> date:
    """The last day on which what is signed on `day` may be dispensed: of six months that begin with that day (Human
    Medicines Regulations 2012, regulation 217), or 28 days after it."""
    is_controlled = Schedule.FOUR in schedules.values()
    return day + VALID_CONTROLLED if is_controlled else last_of_months(day, VALID_MONTHS)


def _signature_add(
    prescription: Prescription, facts: Mapping[str, Any], *, valid_until: date, actor: User, now: datetime
) -> PrescriptionSignature:
    code = new_code()
    signature = PrescriptionSignature(
        prescription=prescription,
        payload=canonical({**facts, "code": code, "salt": secrets.token_hex(16)}),
        code_digest=digest_of_code(code),
        draft_version=prescription.draft_version,
        signed_at=now,
        valid_until=valid_until,
        signed_by=actor,
    )
    signature.digest = digest_of(prescription_facts(signature, json.loads(signature.payload)))
    signature.save(force_insert=True)
    return signature


def _signed_item(item: Item, schedule: int | None) -> dict[str, Any]:
    return {**item.facts, "quantity_words": in_words(item.quantity), "schedule": schedule}
