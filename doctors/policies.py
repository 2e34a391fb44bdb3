from __future__ import annotations

from wagtail.permission_policies.pages import PagePermissionPolicy

from accounts.models import User
from common.errors import Forbidden
from doctors.models import Doctor, DoctorIndexPage
from doctors.states import VerificationStatus

_PROVED = ("given_name", "family_name", "gmc_number")


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


def refused_changes(edited: Doctor, *, actor: User | None) -> dict[str, str]:
    """Why an edit may not be saved, by field; `edited` carries the new values, the row still the old ones.

    What an officer has proved stays as it is while the doctor is verified. Whose account a doctor has decides who
    reads the doctor's appointments, so it is linked once, before the verification, and never to one's own.
    """
    held = Doctor.objects.filter(pk=edited.pk).first()
    refused: dict[str, str] = {}
    is_linked_anew = edited.user_id != (held.user_id if held else None)
    if held and held.verification_status == VerificationStatus.VERIFIED:
        message = "This was checked when the doctor was verified. Suspend the doctor first, then verify anew."
        refused = {name: message for name in _PROVED if getattr(edited, name) != getattr(held, name)}
        if is_linked_anew:
            refused["account"] = message
    if is_linked_anew and held and held.user_id:
        refused["account"] = "A linked account stays: it opens the doctor's appointments."
    elif is_linked_anew and actor is not None and edited.user_id == actor.pk:
        refused["account"] = "You cannot make your own account a doctor's."
    return refused
