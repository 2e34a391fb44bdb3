"""Sharing a record, or one thing in it, with a doctor: find the doctor, say until when; and ending it."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.policies import SignedInRequest, patient_required, recently_authenticated
from common import clock
from common.errors import Conflict, Invalid
from common.forms import show_refusal
from common.templatetags.when import long_date
from common.typed import as_initial, typed_before, typed_is_kept
from doctors.models import Doctor
from doctors.selectors import doctor_chosen, doctors_called
from records import services
from records.forms.access import ShareForm
from records.services.access.share import SHARE_REASON_LENGTH
from records.shareable import shareable_of, shareable_to
from records.states import ShareKind

LONGEST_SEARCH = 100


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What is to be shared, as its pages show it; `back` is where it was asked from. A patient with an account is told
    of what somebody else shares."""

    kind: str
    object_id: UUID | None
    title: str
    is_by_patient: bool
    back: str
    has_account: bool = True


@require_http_methods(["GET", "HEAD", "POST"])
@typed_is_kept(longest=2 * SHARE_REASON_LENGTH)
@recently_authenticated
@patient_required
def share_record(request: SignedInRequest) -> HttpResponse:
    """The whole record, by its patient."""
    title = "The whole health record"
    asked = _Asked(
        kind=ShareKind.RECORD, object_id=None, title=title, is_by_patient=True, back=reverse("records:who_can_see")
    )
    return _share(request, asked)


@require_http_methods(["GET", "HEAD", "POST"])
@typed_is_kept(longest=2 * SHARE_REASON_LENGTH)
@recently_authenticated
def share_part(request: SignedInRequest, kind: str, object_id: UUID) -> HttpResponse:
    """One thing of a record, by its patient or by the doctor who wrote it."""
    one = shareable_of(kind)
    thing = shareable_to(request.user, kind, object_id)
    is_by_patient = thing.patient.user_id == request.user.pk
    title = one.title(thing)
    back = reverse(one.route, args=[object_id]) if one.route else reverse("records:record")
    asked = _Asked(
        kind=kind,
        object_id=object_id,
        title=title,
        is_by_patient=is_by_patient,
        back=back,
        has_account=thing.patient.user_id is not None,
    )
    return _share(request, asked)


def _share(request: SignedInRequest, asked: _Asked) -> HttpResponse:
    if request.method == "POST":
        return _shared(request, asked, ShareForm(request.POST, is_by_patient=asked.is_by_patient))
    doctor = doctor_chosen(slug=request.GET.get("doctor", ""))
    form, typed = None, typed_before(request)
    if doctor is not None:
        initial = {**as_initial(ShareForm, typed), "doctor": doctor.public_id}
        form = ShareForm(initial=initial, is_by_patient=asked.is_by_patient)
    return _show(request, asked, form, doctor, was_kept=bool(typed))


def _shared(request: SignedInRequest, asked: _Asked, form: ShareForm) -> HttpResponse:
    doctor, status = None, HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid():
        told = form.cleaned_data
        doctor = doctor_chosen(public_id=told["doctor"])
        try:
            share = services.record_share(
                actor=request.user,
                kind=asked.kind,
                object_id=asked.object_id,
                doctor_id=told["doctor"],
                until=told["until"],
                reason=told.get("reason", ""),
            )
        except (Conflict, Invalid) as error:
            show_refusal(form, error)
            status = error.status
        else:
            messages.success(
                request, f"{share.doctor.name} can read it until {long_date(clock.last_day(share.expires_at))}."
            )
            return redirect("records:who_can_see" if asked.is_by_patient else "records:open_to_me")
    elif "doctor" in form.cleaned_data:
        doctor = doctor_chosen(public_id=form.cleaned_data["doctor"])
    return _show(request, asked, form, doctor, status)


def _show(
    request: SignedInRequest,
    asked: _Asked,
    form: ShareForm | None,
    doctor: Doctor | None,
    status: int = HTTPStatus.OK,
    *,
    was_kept: bool = False,
) -> HttpResponse:
    words = request.GET.get("q", "")[:LONGEST_SEARCH]
    context: dict[str, Any] = {
        "asked": asked,
        "form": form,
        "doctor": doctor,
        "words": words,
        "was_kept": was_kept,
        "found": doctors_called(words) if words and doctor is None else [],
    }
    return render(request, "records/access/share.html", context, status=status)


@require_POST
@login_required
def unshare(request: SignedInRequest, share_id: UUID) -> HttpResponse:
    """Without asking who it is once more: taking back is never to be in the way of anybody."""
    share = services.record_unshare(actor=request.user, share_id=share_id)
    messages.success(request, f"{share.doctor.name} can no longer read it by this.")
    is_own = share.patient.user_id == request.user.pk
    return redirect("records:who_can_see" if is_own else "records:open_to_me")
