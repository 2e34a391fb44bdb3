"""What a person wants to be told, and how: by email, and as texts to a number that they have confirmed."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.notices.choices import texts_concern, topics_for, wanted_of
from accounts.notices.forms import CodeForm, NumberForm
from accounts.policies import SignedInRequest
from accounts.selectors import patient_of
from accounts.validators import phone_for_people
from common import clock
from common.errors import Conflict, Invalid
from common.forms import show_refusal
from notifications import selectors
from notifications import services as notifications


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def preferences(request: SignedInRequest) -> HttpResponse:
    """A checkbox for each kind and channel that may be chosen."""
    if request.method != "POST":
        return _show(request)
    # A page without the texts' checkboxes says nothing of them.
    shown = topics_for(request.user, with_texts="texts" in request.POST)
    notifications.preferences_set(actor=request.user, wanted=wanted_of(shown, request.POST))
    messages.success(request, "It is saved, and holds from the next message on.")
    return redirect("accounts:preferences")


@require_POST
@login_required
def number(request: SignedInRequest) -> HttpResponse:
    """Send a code to the number that was typed."""
    form = NumberForm(request.POST)
    if form.is_valid():
        try:
            notifications.contact_ask(actor=request.user, mobile=form.cleaned_data["mobile"], now=clock.now())
        except (Conflict, Invalid) as error:
            show_refusal(form, error)
        else:
            messages.success(request, f"We have sent a code to {phone_for_people(form.cleaned_data['mobile'])}.")
            return redirect(f"{reverse('accounts:preferences')}#texts")
    return _show(request, number_form=form)


@require_POST
@login_required
def confirm(request: SignedInRequest) -> HttpResponse:
    """The code has come back."""
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            notifications.contact_confirm(actor=request.user, code=form.cleaned_data["code"], now=clock.now())
        except Invalid as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Your number is confirmed. Choose below what we text you.")
            return redirect("accounts:preferences")
    return _show(request, code_form=form)


@require_POST
@login_required
def remove(request: SignedInRequest) -> HttpResponse:
    """Without asking twice: no more texts."""
    notifications.contact_remove(actor=request.user)
    messages.success(request, "We have forgotten your number, and text you no more.")
    return redirect("accounts:preferences")


@require_POST
@login_required
def try_again(request: SignedInRequest) -> HttpResponse:
    """The address works, the person says: the next email goes there."""
    try:
        notifications.address_try_again(actor=request.user)
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "The next email goes to your address again.")
    return redirect("accounts:notices")


def _show(
    request: SignedInRequest, *, number_form: NumberForm | None = None, code_form: CodeForm | None = None
) -> HttpResponse:
    """The whole page; with a form that was refused as it was sent."""
    user = request.user
    texts = selectors.texts_can_be_sent() and texts_concern(user)
    contact = selectors.contact_of(user) if texts else None
    patient = patient_of(user)
    refused = number_form or code_form
    context = {
        "topics": topics_for(user, with_texts=bool(contact and contact.confirmed_at)),
        "texts": texts,
        "contact": contact,
        "mobile": phone_for_people(contact.mobile) if contact else "",
        "number_form": number_form or NumberForm(initial={"mobile": patient.written_phone if patient else ""}),
        "code_form": code_form or CodeForm(),
        "refused": refused,
        "trouble": selectors.trouble_with(user.email),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "accounts/notices/preferences.html", context, status=status)


# A mail program sends this by itself, with nothing of ours but the address (RFC 8058): the address is the proof.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: SignedInRequest, token: str) -> HttpResponse:
    """No more emails of one kind, by the link in such an email and without a sign-in. Looking at it changes nothing."""
    person, kind = selectors.stop_of(token)
    if request.method == "POST":
        notifications.kind_switch_off(user=person, kind=kind)
    context = {"kind": selectors.told_to_you(kind), "is_done": request.method == "POST"}
    return render(request, "accounts/notices/stop.html", context)
