"""Moderators compare what a doctor proposes for their page with what it says, beside the doctor's credentials."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views import View
from wagtail.admin.compare import diff_text

from accounts.models import User
from common import clock
from common.errors import Conflict, DomainError
from common.forms import show_refusal
from doctors import policies, profile, services
from doctors.models import DoctorPage, PageProposal
from doctors.selectors.proposals import proposal_for, proposals_for, waiting_proposals
from doctors.states import ProposalStatus
from verification.selectors import credentials_of

DECIDED_SHOWN = 20
_TOLD = {
    "approve": "Approved. The changes are public, and the doctor is told.",
    "ask": "Given back. The doctor is told, and reads what you wrote.",
    "reject": "Not taken over. The doctor is told, and reads why.",
}


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One field: what the page says now and what is proposed, in pieces that are marked where they differ."""

    label: str
    now: list[tuple[str, str]]
    proposed: list[tuple[str, str]]
    has_changed_since: bool
    loses_formatting: bool

    @property
    def is_of_qualifications(self) -> bool:
        return self.label == profile.LABELS["qualifications"]


class DecisionForm(forms.Form):
    """The moderator's words, and what they looked at."""

    comment = forms.CharField(
        label="What you write to the doctor",
        required=False,
        max_length=1000,
        help_text="Needed to ask for changes or to say no. The doctor reads it on their page; it is in no email.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class ModeratorView(View):
    """For content moderators alone."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not policies.may_moderate(self.moderator):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @property
    def moderator(self) -> User:
        return cast("User", self.request.user)


class ProposalsView(ModeratorView):
    """What waits, the oldest first, and what was decided lately."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found = proposals_for(self.moderator)
        decided = found.filter(status__in=[ProposalStatus.APPROVED, ProposalStatus.REJECTED])
        context = {
            "waiting": waiting_proposals(self.moderator),
            "asked": found.filter(status=ProposalStatus.ASKED),
            "decided": decided.order_by("-decided_at")[:DECIDED_SHOWN],
        }
        return render(request, "home/admin/proposals.html", context)


class ProposalView(ModeratorView):
    """One proposal, field by field, and the three things that a moderator can say to it."""

    def get(self, request: HttpRequest, proposal_id: UUID) -> HttpResponse:
        proposal = proposal_for(self.moderator, proposal_id)
        return self._show(proposal, DecisionForm(initial=_seen(proposal)))

    def post(self, request: HttpRequest, proposal_id: UUID) -> HttpResponse:
        proposal, do = proposal_for(self.moderator, proposal_id), request.POST.get("do", "")
        form = DecisionForm(request.POST)
        if do not in _TOLD or not form.is_valid():
            return self._show(proposal, form, HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            self._decide(do, proposal_id, form.cleaned_data)
        except Conflict as refusal:
            proposal = proposal_for(self.moderator, proposal_id)
            fresh = DecisionForm({**request.POST.dict(), **_seen(proposal)})
            fresh.is_valid()
            show_refusal(fresh, refusal)
            return self._show(proposal, fresh, refusal.status)
        except DomainError as refusal:
            show_refusal(form, refusal)
            return self._show(proposal, form, refusal.status)
        messages.success(request, _TOLD[do])
        return redirect("home_proposals")

    def _decide(self, do: str, proposal_id: UUID, said: dict[str, Any]) -> None:
        seen = services.Seen(version=said["version"], revision=said["revision"])
        if do == "approve":
            services.proposal_approve(actor=self.moderator, proposal_id=proposal_id, seen=seen, now=clock.now())
            return
        answer = services.proposal_ask if do == "ask" else services.proposal_reject
        answer(actor=self.moderator, proposal_id=proposal_id, seen=seen, comment=said["comment"], now=clock.now())

    def _show(self, proposal: PageProposal, form: DecisionForm, status: int = HTTPStatus.OK) -> HttpResponse:
        doctor = proposal.doctor
        context = {
            "proposal": proposal,
            "doctor": doctor,
            "page": doctor.page,
            "differences": differences(proposal),
            "credentials": credentials_of(doctor),
            "form": form,
            "is_waiting": proposal.status == ProposalStatus.WAITING,
        }
        return render(self.request, "home/admin/proposal.html", context, status=status)


def differences(proposal: PageProposal) -> list[Difference]:
    """Field by field against what the page says now, or for one that is decided, against what it said then."""
    is_open = proposal.status in {ProposalStatus.WAITING, ProposalStatus.ASKED}
    today = profile.content_of(proposal.doctor.page) if is_open else proposal.base
    return [
        _difference(profile.LABELS[name], today[name], value, proposal.base[name])
        for name, value in proposal.content.items()
    ]


def _difference(label: str, now: Any, proposed: Any, base: Any) -> Difference:
    before, after = ("\n".join(profile.readable(value)) for value in (now, proposed))
    changes = diff_text(before, after).changes
    return Difference(
        label=label,
        now=[piece for piece in changes if piece[0] != "addition"],
        proposed=[piece for piece in changes if piece[0] != "deletion"],
        has_changed_since=profile.readable(now) != profile.readable(base),
        loses_formatting=profile.loses_formatting(now, proposed),
    )


def _seen(proposal: PageProposal) -> dict[str, int]:
    page: DoctorPage = proposal.doctor.page
    return {"version": proposal.version, "revision": page.live_revision_id or 0}
