from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from wagtail.permission_policies.pages import PagePermissionPolicy

from accounts.models import User
from accounts.policies import doctor_required, may_change_roles
from common.errors import Forbidden, NotFound
from doctors.models import Doctor, DoctorIndexPage, LocationMembership
from doctors.selectors.proposals import MODERATE
from doctors.states import PROVED, VerificationStatus

ViewT = TypeVar("ViewT", bound=Callable[..., HttpResponse])

_PROVED = ("given_name", "family_name", "gmc_number")


def is_staff_of(user: User, location_id: int) -> bool:
    """Whether the person works at the desk of that place."""
    return LocationMembership.objects.filter(user=user, location=location_id).exists()


def assert_may_keep_staff(actor: User | None) -> None:
    """Administrators say who works at a place; None stands for the system itself. Raises `Forbidden`."""
    if not may_change_roles(actor):
        raise Forbidden("administrators_only", "Only an administrator can change who works at a place.")


def practice_required(view: ViewT) -> ViewT:
    """As `doctor_required`, for what a doctor does with patients: closed to whoever is barred (403)."""

    @doctor_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        assert_not_barred(request.user)
        return view(request, *args, **kwargs)

    return cast("ViewT", guarded)


def assert_not_barred(user: User | AnonymousUser) -> None:
    """Raises `Forbidden` for a doctor whose verification does not stand."""
    if Doctor.objects.filter(user=user.pk, is_barred=True).exists():
        message = "Your verification does not stand at the moment, so this is closed to you."
        path, action = reverse("credentials:tasks"), "See your verification"
        raise Forbidden("doctor_barred", message, path=path, action=action)


def may_see_searches(actor: User | AnonymousUser) -> bool:
    """Which searches found nobody: whoever keeps the specialties and words by which patients find a doctor."""
    return actor.has_perm("doctors.change_specialty")


def may_create_page(actor: User | None) -> bool:
    """Whether they may add pages where doctors' pages stand; None, the system itself, may."""
    if actor is None:
        return True
    index = DoctorIndexPage.objects.first()
    if index is None:
        return PagePermissionPolicy().user_has_permission(actor, "add")
    return PagePermissionPolicy().user_has_permission_for_instance(actor, "add", index)


def assert_may_create_page(actor: User | None) -> None:
    if not may_create_page(actor):
        raise Forbidden("page_not_yours_to_create", "You may not create doctors' pages.")


def may_moderate(user: User | AnonymousUser) -> bool:
    """Whether the person decides about what doctors propose for their pages."""
    return user.has_perm(MODERATE)


def assert_may_moderate(actor: User) -> None:
    """Raises `Forbidden` for whoever is no moderator."""
    if not may_moderate(actor):
        raise Forbidden("moderators_only", "Content moderators decide about doctors' pages.")


def assert_not_own_page(actor: User, doctor: Doctor) -> None:
    """Raises `Forbidden` for a moderator whose own page it is."""
    if doctor.user_id == actor.pk:
        raise Forbidden("own_page", "This is your own page, so a colleague decides.")


def assert_own_page(actor: User, doctor: Doctor) -> None:
    """Raises `NotFound` for whoever is not that doctor."""
    if doctor.user_id != actor.pk:
        raise NotFound


def assert_may_propose(actor: User, doctor: Doctor) -> None:
    """A doctor proposes for their own page alone, while they are listed. Raises `NotFound` and `Forbidden`."""
    assert_own_page(actor, doctor)
    if not doctor.is_listed:
        raise Forbidden("doctor_not_listed", "You can propose changes once you are verified and take part.")


def refused_changes(edited: Doctor, *, actor: User | None) -> dict[str, str]:
    """Why an edit may not be saved, by field; `edited` carries the new values, the row still the old ones.

    What an officer checks, or has proved, stays as it is until a case is rejected: a number is proved for whoever has
    it. Whose account a doctor has decides who
    reads the doctor's appointments, so it is linked once, before the verification, and never to one's own.
    """
    held = Doctor.objects.filter(pk=edited.pk).first()
    refused: dict[str, str] = {}
    is_linked_anew = edited.user_id != (held.user_id if held else None)
    if held and (held.verification_status in PROVED or held.verification_status == VerificationStatus.PENDING):
        message = "This was checked, or is being checked. It can be corrected once the case has been rejected."
        refused = {name: message for name in _PROVED if getattr(edited, name) != getattr(held, name)}
    if held and held.verification_status == VerificationStatus.VERIFIED and is_linked_anew:
        refused["account"] = "This doctor is verified. Suspend them first, then verify anew."
    if is_linked_anew and held and held.user_id:
        refused["account"] = "A linked account stays: it opens the doctor's appointments."
    elif is_linked_anew and actor is not None and edited.user_id == actor.pk:
        refused["account"] = "You cannot make your own account a doctor's."
    return refused
