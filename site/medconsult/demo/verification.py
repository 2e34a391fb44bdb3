"""How far the demo's doctors have come in their verification: made by the services, at the time it would have been."""

from __future__ import annotations

from datetime import date, timedelta
from typing import BinaryIO

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.roles import Role
from common import clock
from common.uploads.verdicts import Verdict
from doctors.models import Doctor
from doctors.services import doctor_changed
from medconsult.demo import diary, documents, past
from medconsult.demo.content import shapes
from medconsult.demo.people import Cast, account
from verification import selectors, services
from verification.models import ChecklistItem, VerificationCase
from verification.states import EXPIRING, REQUIRED, ItemKind, ReasonCode

COVERED_DAYS = 300
# One whose indemnity runs out soon, and those who wait, each at another point.
RUNS_OUT_SOON, SOON_DAYS = "9900102", 25
OVER_TARGET, CLAIMED, ASKED = "9900121", "9900122", "9900123"
WAITED = {OVER_TARGET: timedelta(days=9), CLAIMED: timedelta(days=2), ASKED: timedelta(days=3)}
APPLICANT = "applicant"
NEWCOMER, JOINED, JOINED_NUMBER = "newcomer", ("Imogen", "Castle"), "9900125"
SUSPENDED_AGO = timedelta(hours=20)
_SOURCES = {
    ItemKind.GMC_REGISTER: "GMC register, read by hand",
    ItemKind.IDENTITY: "Passport, seen in person",
    ItemKind.INDEMNITY: "Certificate, seen on paper",
}


def decide(doctor: Doctor, sample: shapes.Doctor, people: Cast) -> None:
    """A case as far as the sample says. Its doctor has no account yet, so the officer has seen the proofs on paper."""
    if sample.standing == "pending":
        _wait(doctor, sample, people)
        return
    decided_at = clock.now() - _decided_ago(sample)
    with past.at(decided_at - _took(sample)):
        case = services.case_open(actor=people.verifier, doctor_id=doctor.public_id)
        services.case_submit(actor=people.verifier, case_id=case.public_id)
    covered = selectors.today() + timedelta(days=SOON_DAYS if sample.gmc_number == RUNS_OUT_SOON else COVERED_DAYS)
    with past.at(decided_at):
        services.case_claim(actor=people.verifier, case_id=case.public_id)
        if sample.standing == "rejected":
            _reject(case, people)
            return
        for kind in sorted(REQUIRED):
            _accept(case, kind, people, covered)
        services.case_approve(actor=people.verifier, case_id=case.public_id)
    if sample.standing == "suspended":
        doctor.refresh_from_db()
        diary.visits_ahead(doctor, people.patients)
        with past.at(clock.now() - SUSPENDED_AGO):
            _suspend(doctor, people)


def link(doctor: Doctor, people: Cast) -> None:
    """Gives a doctor the account of the cast's doctor."""
    doctor.user = people.doctor
    doctor.save(update_fields=["user"])
    doctor_changed(actor=people.admin, doctor_id=doctor.public_id)


def newcomer() -> None:
    """Somebody who joined a moment ago: an identity document and no certificate yet, nothing submitted."""
    user = account(NEWCOMER, *JOINED, Role.DOCTOR)
    if selectors.latest_case_of(user) is not None:
        return
    given_name, family_name = JOINED
    case = services.doctor_apply(
        actor=user, title="Dr", given_name=given_name, family_name=family_name, gmc_number=JOINED_NUMBER
    )
    _upload(case, ItemKind.IDENTITY, documents.identity(case.doctor.name, JOINED_NUMBER))


def _reject(case: VerificationCase, people: Cast) -> None:
    services.case_reject(
        actor=people.verifier,
        case_id=case.public_id,
        reason="The register has another first name.",
        reason_code=ReasonCode.NAME_DIFFERS,
    )


def _suspend(doctor: Doctor, people: Cast) -> None:
    """With visits still to come for which somebody has to be told."""
    services.doctor_suspend(
        actor=people.verifier,
        doctor_id=doctor.public_id,
        reason="The insurer says that the cover was cancelled.",
        reason_code=ReasonCode.EVIDENCE,
    )


def _accept(case: VerificationCase, kind: ItemKind, people: Cast, covered: date) -> None:
    item = selectors.item_of(case, kind)
    services.item_check(
        actor=people.verifier,
        item_id=item.public_id,
        seen_at=item.provided_at,
        source=_SOURCES[kind],
        checked_on=selectors.today(),
        expires_on=covered if kind in EXPIRING else None,
    )


def _wait(doctor: Doctor, sample: shapes.Doctor, people: Cast) -> None:
    """An applicant with an account, who has sent files; one is over the target, one taken, one asked for more."""
    now, waited = clock.now(), WAITED[sample.gmc_number]
    name = APPLICANT if sample.gmc_number == ASKED else f"{sample.given_name}.{sample.family_name}".lower()
    user = doctor.user = account(name, sample.given_name, sample.family_name, Role.DOCTOR)
    doctor.save(update_fields=["user"])
    particulars = {key: getattr(doctor, key) for key in ("title", "given_name", "family_name", "gmc_number")}
    with past.at(now - waited):
        case = services.doctor_apply(actor=user, **particulars)
        _send(case, sample)
        services.case_submit(actor=user, case_id=case.public_id)
    with past.at(now - waited / 2):
        if sample.gmc_number in {CLAIMED, ASKED}:
            services.case_claim(actor=people.verifier, case_id=case.public_id)
            _accept(case, ItemKind.GMC_REGISTER, people, selectors.today())
        if sample.gmc_number == ASKED:
            services.item_ask(
                actor=people.verifier,
                item_id=selectors.item_of(case, ItemKind.INDEMNITY).public_id,
                request="The certificate’s first page, please: this one does not show who is covered.",
            )


def _send(case: VerificationCase, sample: shapes.Doctor) -> None:
    doctor = case.doctor
    assert doctor.user is not None
    until = selectors.today() + timedelta(days=COVERED_DAYS)
    proofs = {
        ItemKind.IDENTITY: documents.identity(doctor.name, sample.gmc_number),
        ItemKind.INDEMNITY: documents.certificate(doctor.name, until),
    }
    for kind, file in proofs.items():
        item = _upload(case, kind, file)
        services.item_answer(actor=doctor.user, item_id=item.public_id, stated_expires_on=until)
    statement = selectors.item_of(case, ItemKind.STATEMENT)
    services.item_answer(actor=doctor.user, item_id=statement.public_id, answer=sample.biography[0])


def _upload(case: VerificationCase, kind: ItemKind, file: SimpleUploadedFile) -> ChecklistItem:
    assert case.doctor.user is not None
    item = selectors.item_of(case, kind)
    evidence = services.evidence_add(actor=case.doctor.user, item_id=item.public_id, file=file)
    services.evidence_check(evidence_id=evidence.public_id, scan=_drawn_here)
    return item


def _drawn_here(_file: BinaryIO) -> Verdict:
    return Verdict.clean()


def _decided_ago(sample: shapes.Doctor) -> timedelta:
    """The first of them the longest, before the visits of the diary."""
    return timedelta(days=2 + 3 * (25 - int(sample.gmc_number) % 100))


def _took(sample: shapes.Doctor) -> timedelta:
    return timedelta(days=1 + int(sample.gmc_number) % 4, hours=int(sample.gmc_number) % 7)
