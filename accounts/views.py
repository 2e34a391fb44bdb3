from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import services
from accounts.asking import initial_needs
from accounts.forms import OwnProfileForm, ProfileForm, profile_of
from accounts.models import Gender, Patient, User
from accounts.policies import SignedInRequest, has_role
from accounts.roles import Role
from accounts.selectors import patient_of
from common.errors import Forbidden, Invalid
from common.fields import opened


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    """A person's own profile: a step on the way to a booking (`next`), and later the page to change it on."""
    patient = patient_of(request.user)
    asked = ProfileForm if patient is None else OwnProfileForm
    form = asked(request.POST if request.method == "POST" else None, initial=_initial(request.user, patient))
    if request.method == "POST" and form.is_valid() and _saved(request.user, form):
        messages.success(request, "Your details are saved.")
        return redirect(_next(request) or request.path)
    # Who is on the way to a first booking sees no menu that leads away from it.
    is_known = patient is not None or bool(request.user.role_names)
    context = {
        "form": form,
        "patient": patient,
        "is_known": is_known,
        "is_doctor": has_role(request.user, Role.DOCTOR),
        "next": _next(request),
        "layout": "ui/layout_app.html" if is_known else "ui/layout_public.html",
    }
    return render(request, "accounts/profile.html", context, status=422 if form.errors else 200)


def _saved(user: User, form: ProfileForm) -> bool:
    try:
        patient = services.profile_complete(actor=user, **profile_of(form))
    except Invalid as error:
        for name, problems in error.fields.items():
            form.add_error(name, problems)
        return False
    services.nhs_number_trace(actor=user, patient_id=patient.public_id)
    return True


def _initial(user: User, patient: Patient | None) -> dict[str, object]:
    if patient is None:
        return {"given_name": user.first_name, "family_name": user.last_name}
    return {
        "given_name": patient.given_name,
        "family_name": patient.family_name,
        "birth_date": patient.birth_date,
        "phone": patient.written_phone,
        "gender": "" if patient.gender == Gender.UNKNOWN else patient.gender,
        "nhs_number": patient.written_nhs_number,
        "address": opened(patient, "address") or "",
        **initial_needs(patient.needs),
    }


def _next(request: HttpRequest) -> str:
    """Where to go on to: a page of this site, or nowhere."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else ""


def admin_door(request: HttpRequest) -> HttpResponse:
    """Wagtail's sign-in page is ours. Somebody who is signed in without a right to the admin is told so."""
    if request.user.is_authenticated and not request.user.has_perm("wagtailadmin.access_admin"):
        raise Forbidden("staff_only", "This part of the site is for people who work here.")
    query = urlencode({"next": request.GET.get("next", "/admin/")}, safe="/")
    return redirect(f"{resolve_url('account_login')}?{query}")
