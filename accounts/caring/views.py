"""The patient's page of who helps them, and the carer's of whom they help."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import selectors, services
from accounts.caring.forms import InviteForm, TermsForm, last_day, terms_of
from accounts.models import Carer
from accounts.policies import SignedInRequest, patient_required, recently_authenticated
from accounts.selectors import patient_of
from accounts.states import InvitationState, Scope
from common import clock
from common.errors import Conflict, Invalid
from common.forms import show_refusal


@dataclass(frozen=True, kw_only=True)
class Relation:
    """A carer as both pages show one: `may` in words, `last_day` by the clinic's clock."""

    carer: Carer
    may: list[str]
    last_day: date | None
    is_asked: bool
    is_over: bool


def _relation(carer: Carer) -> Relation:
    return Relation(
        carer=carer,
        may=[str(scope.label) for scope in Scope if getattr(carer, scope.value)],
        last_day=last_day(carer),
        is_asked=carer.state == InvitationState.INVITED,
        is_over=carer.has_expired(clock.now()),
    )


@never_cache
@require_safe
@patient_required
def carers(request: SignedInRequest) -> HttpResponse:
    """Who helps the patient, and who is asked to. It never says whether an address has an account."""
    patient = patient_of(request.user)
    assert patient is not None, "patient_required"
    return render(
        request, "accounts/carers.html", {"relations": [_relation(one) for one in selectors.carers_of(patient)]}
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@recently_authenticated
@patient_required
def invite(request: SignedInRequest) -> HttpResponse:
    """Ask somebody to help: by their address, whether or not they have an account."""
    form = InviteForm(request.POST if request.method == "POST" else None, initial={"scopes": [Scope.SEE]})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            services.carer_invite(
                actor=request.user, email=given["email"], relation=given["relation"], terms=form.terms
            )
        except (Conflict, Invalid) as error:
            show_refusal(form, error)
        else:
            messages.success(request, f"We have written to {given['email'].lower()}. You see here when they say yes.")
            return redirect("accounts:carers")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "accounts/carer_invite.html", {"form": form}, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@recently_authenticated
@patient_required
def change(request: SignedInRequest, carer_id: UUID) -> HttpResponse:
    """What a carer may do, and until when."""
    carer = selectors.carer_of(request.user, carer_id)
    form = TermsForm(request.POST if request.method == "POST" else None, initial=terms_of(carer))
    if request.method == "POST" and form.is_valid():
        try:
            services.carer_change(actor=request.user, carer_id=carer_id, terms=form.terms)
        except (Conflict, Invalid) as error:
            show_refusal(form, error)
        else:
            messages.success(request, "It is changed. It holds from now on.")
            return redirect("accounts:carers")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "accounts/carer_change.html", {"form": form, "carer": carer}, status=status)


@require_POST
@patient_required
def revoke(request: SignedInRequest, carer_id: UUID) -> HttpResponse:
    """Without asking who it is once more: taking back is never to be in the way of anybody."""
    carer = services.carer_revoke(actor=request.user, carer_id=carer_id)
    messages.success(request, f"{carer.email} can no longer do anything for you.")
    return redirect("accounts:carers")


@never_cache
@require_safe
@login_required
def caring(request: SignedInRequest) -> HttpResponse:
    """Whom the person helps, and who asks them to."""
    context = {
        "asked": [_relation(one) for one in selectors.invitations_to(request.user)],
        "relations": [_relation(one) for one in selectors.caring_of(request.user)],
        "is_confirmed": selectors.is_confirmed(request.user),
    }
    return render(request, "accounts/caring.html", context)


@require_POST
@login_required
def accept(request: SignedInRequest, carer_id: UUID) -> HttpResponse:
    return _answered(request, carer_id, services.carer_accept, "You can help {name} from now on.")


@require_POST
@login_required
def decline(request: SignedInRequest, carer_id: UUID) -> HttpResponse:
    return _answered(request, carer_id, services.carer_decline, "You have said no to {name}.")


@require_POST
@login_required
def leave(request: SignedInRequest, carer_id: UUID) -> HttpResponse:
    return _answered(request, carer_id, services.carer_leave, "You no longer help {name}.")


def _answered(request: SignedInRequest, carer_id: UUID, service: Callable[..., Carer], done: str) -> HttpResponse:
    """A refusal is shown on the page itself, which says how things stand now."""
    try:
        carer = service(actor=request.user, carer_id=carer_id)
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(request, done.format(name=carer.patient.name))
    return redirect("accounts:caring")
