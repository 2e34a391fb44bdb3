from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.policies import has_role
from accounts.roles import Role
from accounts.selectors import patient_of
from common import clock
from home import selectors


@require_safe
@login_required
def signed_in_home(request: HttpRequest) -> HttpResponse:
    """Each person's own front door: a doctor's day, a clinic's, the admin, else a patient's home.

    Somebody who is both doctor and patient comes to the day; their appointments are one link away. A doctor to whom
    the day is closed comes to the page that says why.
    """
    user = cast(User, request.user)
    if has_role(user, Role.DOCTOR):
        doctor = getattr(user, "doctor", None)
        return redirect("credentials:tasks" if doctor and doctor.is_barred else "booking:day")
    if patient_of(user) is None and has_role(user, Role.CLINIC_STAFF):
        return redirect("booking:clinics")
    if patient_of(user) is None and user.has_perm("wagtailadmin.access_admin"):
        return redirect("wagtailadmin_home")
    return render(request, "home/signed_in.html", {"home": selectors.patient_home(user, now=clock.now())})


@require_safe
@cache_control(public=True, max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    return render(request, "home/robots.txt", {"base_url": settings.BASE_URL}, content_type="text/plain")
