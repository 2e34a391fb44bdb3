"""What doctors propose for their pages, for themselves and for moderators."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet

from accounts.models import User
from common.errors import Conflict, NotFound
from doctors.models import Doctor, DoctorPage, PageProposal
from doctors.profile import Content, content_of
from doctors.states import OPEN_PROPOSALS, ProposalStatus

# The permission of whoever decides about proposals.
MODERATE = "doctors.change_pageproposal"


def latest_proposal(doctor: Doctor) -> PageProposal | None:
    """What the doctor proposed last, whatever became of it; what they took back counts as nothing."""
    sent = PageProposal.objects.filter(doctor=doctor).exclude(status=ProposalStatus.WITHDRAWN)
    return sent.order_by("-sent_at", "-pk").first()


def public_page_of(doctor: Doctor) -> DoctorPage | None:
    """The doctor's page, while patients can read it."""
    page = DoctorPage.objects.filter(doctor=doctor).first() if doctor.is_listed else None
    return page if page is not None and page.live else None


def page_to_change(doctor: Doctor) -> DoctorPage:
    """As `public_page_of`. Raises `Conflict` (`no_public_page`)."""
    page = public_page_of(doctor)
    if page is None:
        raise Conflict("no_public_page", "Your page is not public at the moment. The clinic can tell you why.")
    return page


def content_to_change(page: DoctorPage, proposal: PageProposal | None) -> Content:
    """What a doctor goes on writing: what their page says, with what they have proposed and nobody has decided."""
    said: Content = dict(proposal.content) if proposal and proposal.status in OPEN_PROPOSALS else {}
    return content_of(page) | said


def version_seen(proposal: PageProposal | None) -> int:
    """The version that whoever writes on has before them; 0 where nothing is open."""
    return proposal.version if proposal and proposal.status in OPEN_PROPOSALS else 0


def open_proposal_of(doctor: Doctor) -> PageProposal | None:
    """What the doctor proposes and nobody has decided yet; at most one."""
    return PageProposal.objects.filter(doctor=doctor, status__in=OPEN_PROPOSALS).first()


def is_taken_back(doctor: Doctor) -> bool:
    """Whether the one before the open proposal was taken back before any moderator had said a word."""
    before = PageProposal.objects.filter(doctor=doctor).exclude(status__in=OPEN_PROPOSALS).order_by("-sent_at", "-pk")
    last = before.first()
    return last is not None and last.status == ProposalStatus.WITHDRAWN and not last.comment


def proposals_for(user: User) -> QuerySet[PageProposal]:
    """All proposals with their doctors for a moderator; for everybody else, and of one's own page, none."""
    found = PageProposal.objects.select_related("doctor", "doctor__page", "decided_by")
    return found.exclude(doctor__user=user) if user.has_perm(MODERATE) else found.none()


def moderators_of(doctor: Doctor) -> QuerySet[User]:
    """Whoever may decide about the doctor's page: not the doctor, and nobody for being a superuser alone."""
    label, codename = MODERATE.split(".")
    holding = Permission.objects.filter(content_type__app_label=label, codename=codename)
    holders = User.objects.filter(Q(groups__permissions__in=holding) | Q(user_permissions__in=holding), is_active=True)
    return holders.exclude(doctor=doctor).distinct().order_by("pk")


def waiting_proposals(user: User) -> QuerySet[PageProposal]:
    """Those that wait for the person's word, the oldest first."""
    return proposals_for(user).filter(status=ProposalStatus.WAITING)


def proposal_for(user: User, proposal_id: UUID) -> PageProposal:
    """Raises `NotFound`."""
    found = proposals_for(user).filter(public_id=proposal_id).first()
    if found is None:
        raise NotFound
    return found
