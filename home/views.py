from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from accounts import services as accounts
from accounts.models import GuideDismissal
from accounts.policies import SignedInRequest, has_role, patient_required
from accounts.roles import Role
from accounts.selectors import patient_of
from common import clock
from common.inputs import uuid_or_none
from doctors import services as doctors
from doctors.models import HOME_CRUMB
from home import search, sharing
from home.homes.doctor import doctor_home
from home.homes.patient import patient_home
from home.models import SiteSettings
from records import services as records

# Others may keep a picture so long: one of a new title has another address, and one that is taken down is soon gone.
SHARED_SECONDS = 24 * 3600
SECURITY_TXT_DAYS = 180


@require_safe
@login_required
def signed_in_home(request: SignedInRequest) -> HttpResponse:
    """Each person's own front door: a doctor's home, a clinic's diary, the admin's dashboard, else a patient's home.

    Somebody who is both doctor and patient comes to the doctor's; their appointments are one link away. A doctor to
    whom their practice is closed comes to the page that says why.
    """
    user = request.user
    if has_role(user, Role.DOCTOR):
        return _doctors_home(request)
    if patient_of(user) is None and has_role(user, Role.CLINIC_STAFF):
        return redirect("booking:clinics")
    if patient_of(user) is None and user.has_perm("wagtailadmin.access_admin"):
        return redirect("wagtailadmin_home")
    return render(request, "home/homes/patient.html", {"home": patient_home(user, now=clock.now())})


def _doctors_home(request: SignedInRequest) -> HttpResponse:
    doctor: Any = getattr(request.user, "doctor", None)
    if doctor is None or doctor.is_barred:
        return redirect("credentials:tasks" if doctor else "booking:day")
    now = clock.now()
    context = {"home": doctor_home(request.user, doctor, now=now), "now": now, "today": clock.clinic_day(now)}
    return render(request, "home/homes/doctor.html", context)


@require_POST
@patient_required
def news_read(request: SignedInRequest) -> HttpResponse:
    """Those that the page showed: what has come in since stays new."""
    shown = [thing for text in request.POST.getlist("thing") if (thing := uuid_or_none(text))]
    records.news_mark_read(actor=request.user, thing_ids=shown, now=clock.now())
    messages.success(request, "Marked as read. You find it in your health record.")
    return redirect("signed_in_home")


@require_POST
@login_required
def guide_dismiss(request: SignedInRequest, guide: GuideDismissal.Guide) -> HttpResponse:
    """Put one's own guide to the first steps away."""
    accounts.guide_dismiss(actor=request.user, guide=guide)
    return _back(guide)


@require_POST
@login_required
def guide_restore(request: SignedInRequest, guide: GuideDismissal.Guide) -> HttpResponse:
    accounts.guide_restore(actor=request.user, guide=guide)
    return _back(guide)


def _back(guide: GuideDismissal.Guide) -> HttpResponse:
    """To the page that shows the guide."""
    at_home = guide in (GuideDismissal.Guide.PATIENT, GuideDismissal.Guide.DOCTOR)
    if guide == GuideDismissal.Guide.RECEPTION:
        return redirect("booking:clinics")
    return redirect("signed_in_home" if at_home else "wagtailadmin_home")


@require_safe
def site_search(request: HttpRequest) -> HttpResponse:
    """The search of the whole site. While somebody types, htmx is answered what the words may be the beginning of."""
    text = " ".join(request.GET.get("q", "").replace("\x00", "").split())[: search.LONGEST]
    if getattr(request, "htmx", False):
        words = search.suggestions(text, now=clock.now())
        return render(request, "home/partials/suggestions.html", {"suggestions": words})
    found = search.site_search(text, now=clock.now(), page=request.GET.get("page"))
    if text and found.is_empty:
        doctors.empty_site_search_count(now=clock.now())
    return render(
        request, "home/search.html", {"text": text, "found": found, "longest": search.LONGEST, "crumbs": [HOME_CRUMB]}
    )


@require_safe
@cache_control(public=True, max_age=SHARED_SECONDS, immutable=True)
def shared_picture(request: HttpRequest, page_id: int, version: str) -> HttpResponse:
    """The picture of a page that everybody may see, at the address that its head names; else 404."""
    picture = sharing.shared_picture(page_id=page_id, version=version, site=SiteSettings.for_request(request))
    if picture is None:
        raise Http404("There is no such picture.")
    return HttpResponse(picture, content_type="image/jpeg")


@require_safe
@cache_control(public=True, max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    return render(request, "home/robots.txt", {"base_url": settings.BASE_URL}, content_type="text/plain")


@require_safe
@cache_control(public=True, max_age=3600)
def security_txt(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a hole, as RFC 9116 wants it; 404 where SECURITY_CONTACT is not set.

    It expires in so many days from when it is asked for: as long as this answers, somebody looks after it.
    """
    if not settings.SECURITY_CONTACT:
        raise Http404("Nobody is named.")
    expires = clock.now() + timedelta(days=SECURITY_TXT_DAYS)
    context = {
        "contact": settings.SECURITY_CONTACT,
        "expires": f"{expires:%Y-%m-%dT%H:%M:%SZ}",
        "base_url": settings.BASE_URL,
    }
    return render(request, "home/security.txt", context, content_type="text/plain; charset=utf-8")
