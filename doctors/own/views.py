"""A doctor writes what their public page says, and sees what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.policies import SignedInRequest
from common import clock
from common.errors import Conflict, Forbidden, Invalid
from common.forms import show_refusal
from common.htmx import is_fragment
from common.typed import typed_before, typed_is_kept
from doctors import profile, selectors, services
from doctors.models import Doctor, DoctorPage
from doctors.own.forms import LONGEST_TEXT, PageForm
from doctors.policies import practice_required
from doctors.selectors.proposals import content_to_change, latest_proposal, public_page_of, version_seen


@require_http_methods(["GET", "HEAD", "POST"])
@typed_is_kept(longest=2 * LONGEST_TEXT)
@practice_required
def edit(request: SignedInRequest) -> HttpResponse:
    """The form with its preview; to htmx, which asks while somebody types, the preview alone."""
    doctor = selectors.doctor_of(request.user)
    page = public_page_of(doctor)
    if page is None:
        return render(request, "doctors/own/closed.html", {"doctor": doctor})
    proposal = latest_proposal(doctor)
    current = content_to_change(page, proposal)
    do = request.POST.get("do", "")
    typed = typed_before(request) if request.method == "GET" else {}
    form = PageForm(
        request.POST if request.method == "POST" else typed or None, current=current, add=do.removeprefix("add-")
    )
    status = HTTPStatus.OK
    if request.method == "POST" and do == "send":
        status = _sent(request, doctor, form)
        if status == HTTPStatus.OK:
            return redirect("own_page:edit")
        proposal = latest_proposal(doctor)
    shown = _as_shown(page, form, current)
    if is_fragment(request):
        return render(request, "doctors/own/partials/preview.html", {"page": shown, "doctor": doctor})
    if do.startswith("add-") or typed:
        # Nothing was sent yet, so nothing is judged.
        form.errors.clear()
    context = {
        "form": form,
        "page": shown,
        "doctor": doctor,
        "was_kept": bool(typed),
        "proposal": proposal,
        "is_open": version_seen(proposal) > 0,
        "seen": _number(typed) if typed else version_seen(proposal),
    }
    return render(request, "doctors/own/edit.html", context, status=status)


@require_POST
@practice_required
def take_back(request: SignedInRequest) -> HttpResponse:
    """Takes back what waits; the page was never changed by it."""
    doctor = selectors.doctor_of(request.user)
    services.proposal_withdraw(actor=request.user, doctor_id=doctor.public_id, now=clock.now())
    messages.success(request, "You have taken your changes back. Your page stays as it is.")
    return redirect("own_page:edit")


def _sent(request: SignedInRequest, doctor: Doctor, form: PageForm) -> HTTPStatus:
    """200 where it was sent; else what refused it, said in the form."""
    if not form.is_valid():
        return HTTPStatus.UNPROCESSABLE_ENTITY
    seen, content = _number(request.POST), form.content()
    try:
        services.proposal_send(
            actor=request.user, doctor_id=doctor.public_id, content=content, seen=seen, now=clock.now()
        )
    except (Invalid, Conflict, Forbidden) as refusal:
        show_refusal(form, refusal)
        return refusal.status
    messages.success(request, "Sent. A moderator looks at it, and we write to you. Your page stays as it is meanwhile.")
    return HTTPStatus.OK


def _number(sent: Mapping[str, str]) -> int:
    """The version of the proposal that the form was written on."""
    told = sent.get("seen", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 9 else 0  # noqa: PLR2004


def _as_shown(page: DoctorPage, form: PageForm, current: profile.Content) -> DoctorPage:
    """The page, never saved, as it would look."""
    if not form.is_bound:
        return profile.apply(page, current)
    form.is_valid()
    return profile.apply(page, form.content())
