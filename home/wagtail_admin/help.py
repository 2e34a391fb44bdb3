"""Who may do what in the admin, for those who ask themselves, and how the things are done that people ask for most."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from wagtail.admin.auth import require_admin_access

from accounts.models import User
from accounts.policies import may_change_roles
from accounts.roles import Role


@dataclass(frozen=True, kw_only=True)
class Group:
    role: Role
    does: str
    never: str


GROUPS = (
    Group(
        role=Role.CONTENT_EDITOR,
        does="Write, translate and schedule pages, with pictures and documents; keep navigation, search words and what"
        " messages say.",
        never="See anything of patients, their records or money.",
    ),
    Group(
        role=Role.CONTENT_MODERATOR,
        does="All that editors do; approve pages sent for approval; decide about what doctors propose for their pages.",
        never="See anything of patients, their records or money.",
    ),
    Group(
        role=Role.VERIFICATION_OFFICER,
        does="Check who doctors are, and decide who is listed.",
        never="Decide about themselves, or see health records.",
    ),
    Group(
        role=Role.BILLING_OFFICER,
        does="See payments, give money back, answer disputes and complaints.",
        never="See why anybody comes.",
    ),
    Group(role=Role.AUDITOR, does="Read the audit log, and review emergency access.", never="Change anything else."),
    Group(
        role=Role.ADMINISTRATOR,
        does="Give and take offices; keep doctors, places and settings; see which appointments there are.",
        never="Read a health record, but in an emergency that others review.",
    ),
)


@require_safe
@require_admin_access
def groups_help(request: HttpRequest) -> HttpResponse:
    """The offices, the reader's own marked."""
    user = request.user
    assert isinstance(user, User)
    context = {
        "groups": [(group, group.role.value in user.role_names) for group in GROUPS],
        "gives_offices": may_change_roles(user),
    }
    return render(request, "home/admin/help.html", context)
