"""What a case and its items say, for services and screens alike."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.models import User
from accounts.roles import Role
from common import clock
from common.errors import NotFound
from common.uploads.states import UploadState
from doctors.models import Doctor
from doctors.states import PROVED
from verification.models import ChecklistItem, Evidence, VerificationCase, VerificationSettings
from verification.selectors.files import evidence_of
from verification.states import BY_FILE, DECIDED, EXPIRING, OPEN, REQUIRED, TRANSITIONS, ItemKind, ItemStatus, Status


def verification_settings() -> VerificationSettings:
    settings: VerificationSettings = VerificationSettings.load()
    return settings


def today(now: datetime | None = None) -> date:
    """The day by the clinic's clock, in which credentials are counted."""
    return (now or clock.now()).astimezone(clock.clinic_zone()).date()


def case_by_id(case_id: UUID) -> VerificationCase:
    """One case with what its page shows. Raises `NotFound`."""
    cases = VerificationCase.objects.select_related(
        "doctor__user", "decided_by", "assignee", "first_approved_by", "previous", "next"
    )
    related = ("doctor__specialties", "doctor__locations", "items__evidence", "items__checked_by", "register_checks")
    case = cases.prefetch_related(*related).filter(public_id=case_id).first()
    if case is None:
        raise NotFound
    return case


def case_itself(case_id: UUID) -> VerificationCase:
    """One case with its doctor alone, for whoever does something to it. Raises `NotFound`."""
    case = VerificationCase.objects.select_related("doctor").filter(public_id=case_id).first()
    if case is None:
        raise NotFound
    return case


def item_by_id(item_id: UUID) -> ChecklistItem:
    """One item with its case and doctor. Raises `NotFound`."""
    item = ChecklistItem.objects.select_related("case__doctor").filter(public_id=item_id).first()
    if item is None:
        raise NotFound
    return item


def item_of(case: VerificationCase, kind: ItemKind) -> ChecklistItem:
    """Raises `NotFound`."""
    item = ChecklistItem.objects.filter(case=case, kind=kind).first()
    if item is None:
        raise NotFound
    item.case = case
    return item


def latest_case_of(user: User) -> VerificationCase | None:
    """The case on which the verification of this account's doctor stands; None for everybody else."""
    return VerificationCase.objects.select_related("doctor__user").filter(doctor__user=user).first()


def was_proved_once(doctor: Doctor) -> bool:
    """Whether the doctor has ever been verified, whatever became of it."""
    return VerificationCase.objects.filter(doctor=doctor, status__in=sorted(PROVED)).exists()


def can_be_suspended(case: VerificationCase) -> bool:
    """Whether a doctor's latest case leaves something to take away at once.

    An approval, also one that has run out: such a doctor has diary and appointments, and beginning to renew it takes
    them no further out of an officer's hands. Whoever applies for the first time, or is barred, has nothing yet.
    """
    if case.status in OPEN:
        return not case.doctor.is_barred and was_proved_once(case.doctor)
    return Status.SUSPENDED in TRANSITIONS[Status(case.status)]


def number_is_proved(gmc_number: str, *, but_for: Doctor) -> bool:
    """Whether the last decision about another doctor of that number is that they are who they say.

    Nobody changes such a number: not the doctor once it was proved, nobody else before that decision is replaced.
    """
    decided = VerificationCase.objects.filter(doctor=OuterRef("pk"), status__in=sorted(DECIDED)).order_by("-pk")
    others = Doctor.objects.filter(gmc_number=gmc_number).exclude(pk=but_for.pk)
    return others.alias(last=Subquery(decided.values("status")[:1])).filter(last__in=sorted(PROVED)).exists()


def is_somebody_else(case: VerificationCase) -> bool:
    """Whether the doctor's name or number was changed after the decision that this case follows."""
    before = case.previous
    if before is None or before.decided_at is None:
        return False
    then = case.doctor.history.filter(history_date__lte=before.decided_at).order_by("-history_date", "-pk").first()
    names = ("given_name", "family_name", "gmc_number")
    return then is not None and any(getattr(then, name) != getattr(case.doctor, name) for name in names)


def evidence_by_id(evidence_id: UUID, *, or_withdrawn: bool = False) -> Evidence | None:
    """One file that stands in its case, with item, case and doctor; who may see it is `policies`' matter.

    `or_withdrawn` finds also what was taken back.
    """
    files = Evidence.objects.select_related("item__case__doctor").filter(public_id=evidence_id)
    return (files if or_withdrawn else files.filter(withdrawn_at=None)).first()


def has_what_it_needs(item: ChecklistItem) -> bool:
    """Whether the doctor's part of an item is there: the words, the last day, a file that is not older than a check."""
    if item.kind == ItemKind.STATEMENT and not item.answer:
        return False
    if item.kind in EXPIRING and item.stated_expires_on is None:
        return False
    if item.kind not in BY_FILE:
        return True
    files = evidence_of(item)
    accepted = _accepted_as_of(item)
    if accepted is not None:
        return any(file.uploaded_at > accepted for file in files)
    return bool(files)


def _accepted_as_of(item: ChecklistItem) -> datetime | None:
    """Up to when the files of an item were accepted, also while a renewal of it waits; None where none were."""
    if item.status == ItemStatus.ACCEPTED:
        return item.provided_at
    if item.status != ItemStatus.PROVIDED or item.checked_on is None or item.request:
        return None
    before = item.history.filter(status=ItemStatus.ACCEPTED).first()
    return before.provided_at if before else None


def answers_what_was_asked(item: ChecklistItem) -> bool:
    """Whether a file has come since an officer asked for the item again, if they did."""
    if not item.request or item.asked_at is None:
        return True
    return any(file.uploaded_at > item.asked_at for file in evidence_of(item))


def waits_for_scanner(items: Iterable[ChecklistItem]) -> list[ChecklistItem]:
    """Those items of which a file is still being checked for viruses."""
    return [
        item
        for item in items
        if item.kind in BY_FILE and any(file.state == UploadState.QUARANTINED for file in evidence_of(item))
    ]


def gaps_of(case: VerificationCase) -> dict[str, str]:
    """What a draft still lacks before it can be submitted, as words by the kind of item."""
    gaps = {}
    for item in ChecklistItem.objects.filter(case=case, kind__in=sorted(REQUIRED)):
        item.case = case
        if words := _gap(item):
            gaps[item.kind] = words
    return gaps


def _gap(item: ChecklistItem) -> str:
    if item.status in (ItemStatus.EMPTY, ItemStatus.ASKED):
        return f"{ItemKind(item.kind).label}: this is still to do."
    if item.status == ItemStatus.PROVIDED and item.kind in BY_FILE:
        states = {file.state for file in evidence_of(item)}
        if UploadState.CURRENT not in states:
            return f"{ItemKind(item.kind).label}: still being checked for viruses. Try again in a minute."
    return ""


def unproved(items: Iterable[ChecklistItem], now: datetime) -> list[ChecklistItem]:
    """Those required items of a case that are not accepted, or have run out."""
    day = today(now)
    return [
        item
        for item in items
        if item.kind in REQUIRED
        and (item.status != ItemStatus.ACCEPTED or (item.expires_on is not None and item.expires_on < day))
    ]


def waits_for_check(case: VerificationCase) -> bool:
    """Whether there is work for an officer: a case that is submitted, or a renewal of a verified doctor's."""
    if case.status == Status.PENDING:
        return True
    waiting = (ItemStatus.PROVIDED, ItemStatus.ASKED)
    return case.status == Status.VERIFIED and case.items.filter(kind__in=sorted(EXPIRING), status__in=waiting).exists()


def officers() -> QuerySet[User]:
    """The active verification officers and administrators, by name."""
    roles = [Role.VERIFICATION_OFFICER.value, Role.ADMINISTRATOR.value]
    people = User.objects.filter(is_active=True, groups__name__in=roles).distinct()
    return people.order_by("first_name", "last_name", "pk")


def officers_for(case: VerificationCase) -> QuerySet[User]:
    """Those who may be given the case: everybody but its own doctor."""
    return officers().exclude(pk=case.doctor.user_id) if case.doctor.user_id else officers()


def second_approvers_for(case: VerificationCase) -> QuerySet[User]:
    """Who can complete what one person has approved: the other officers, or where there is none, administrators."""
    others = (
        officers_for(case).exclude(pk=case.first_approved_by_id) if case.first_approved_by_id else officers_for(case)
    )
    officers_left = others.filter(groups__name=Role.VERIFICATION_OFFICER.value)
    return officers_left if officers_left.exists() else others
