"""Whatever is sent besides a form's own fields changes nothing: status, price, role, owner, and the like.

Every form and API call that the table opens is sent twice, plainly and with all of that beside it, and must leave the
same rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import models, transaction

from accounts.models import Carer, ConsentRecord, Patient, User
from billing.models import Payment, Refund
from booking.models import Appointment, AppointmentShare, AppointmentUserGrant, AvailabilityException, AvailabilityRule
from doctors.models import Doctor, LocationMembership, VisitType
from records.models import Document, NoteVersion, VisitNote
from tests.permissions.matrix.arguments import Arguments, Case
from tests.permissions.matrix.asking import Asker
from tests.permissions.matrix.bodies import BODIES, body_of, query_of
from tests.permissions.matrix.judging import lets_in
from tests.permissions.matrix.people import Who
from tests.permissions.matrix.routes import Route, all_routes
from tests.permissions.matrix.table import rows_of
from tests.permissions.matrix.world import World
from verification.models import ChecklistItem, Evidence, VerificationCase

# What nobody's form decides, by model. Rows that a request makes are compared by these too, so no ids of such.
KEPT: dict[type[models.Model], tuple[str, ...]] = {
    User: ("email", "is_superuser", "is_staff", "is_active", "groups"),
    Patient: ("user", "given_name", "nhs_number", "nhs_number_status"),
    Carer: ("patient", "user", "state", "can_see", "can_book", "can_pay", "expires_at"),
    Appointment: (
        "doctor",
        "patient",
        "location",
        "visit_type",
        "booked_by",
        "status",
        "cancel_reason",
        "start",
        "end",
        "lane",
        "price_minor",
        "currency",
        "amount_due_minor",
        "vat_rate_percent",
        "hold_extended_at",
    ),
    AppointmentShare: ("appointment", "user", "state", "email"),
    AppointmentUserGrant: ("user", "permission__codename", "content_object"),
    AvailabilityRule: ("doctor", "location", "weekday"),
    AvailabilityException: ("doctor", "kind"),
    Doctor: ("user", "family_name", "verification_status", "is_active", "gmc_number"),
    VisitType: ("doctor", "price_minor", "deposit_minor", "vat_rate_percent", "minutes", "needs_approval"),
    LocationMembership: ("user", "location"),
    VerificationCase: ("doctor__family_name", "status", "assignee", "first_approved_by", "decided_by", "reason_code"),
    ChecklistItem: ("case__doctor__family_name", "kind", "status", "source", "checked_by", "expires_on"),
    Evidence: ("item", "state", "uploaded_by", "media_type"),
    ConsentRecord: ("question", "patient", "given_by", "version", "status"),
    Payment: ("appointment", "started_by", "purpose", "method", "status", "amount_minor", "captured_minor", "currency"),
    Refund: ("payment__appointment", "amount_minor", "currency", "status", "reason", "requested_by", "needs_second"),
    VisitNote: ("appointment", "patient", "doctor", "status", "version_count", "error_second"),
    Document: ("patient", "doctor", "status", "state", "uploaded_by", "replaces", "moved_from"),
    NoteVersion: ("note__appointment", "number", "signed_by", "signer_name", "signer_gmc_number"),
}
# What may be named in full: somebody to book for.
MEANT = {"api_appointments": {"patient"}}


def poison(world: World) -> dict[str, Any]:
    """Each name that a field of ours has, with a value that would be somebody's gain."""
    stranger, patient = world.people[Who.SUPERUSER], world.patient_b
    people = ("user", "owner", "actor", "booked_by", "assignee", "decided_by", "uploaded_by", "checked_by", "account")
    flags = ("is_superuser", "is_staff", "is_active", "verified", "can_book", "can_pay", "needs_approval", "signed")
    return {
        **{name: str(stranger.pk) for name in people},
        **{f"{name}_id": str(stranger.pk) for name in people},
        **dict.fromkeys(flags, "on"),
        **dict.fromkeys(("id", "pk", "public_id"), "1"),
        **dict.fromkeys(("status", "state", "verification_status", "nhs_number_status"), "verified"),
        **dict.fromkeys(
            ("price", "price_minor", "amount", "amount_due_minor", "deposit_minor", "lane", "minutes"), "1"
        ),
        **dict.fromkeys(("role", "roles", "groups"), "1"),
        **dict.fromkeys(("now", "expires_at", "verified_at", "decided_at", "cancelled_at"), "2020-01-01T00:00:00Z"),
        "currency": "usd",
        "reference": "POISONED",
        "slug": "poisoned",
        "cancel_reason": "clinic",
        "permission": "cancel_appointment",
        "signature": "me",
        "patient": str(patient.public_id),
        "patient_id": str(patient.pk),
        "doctor": str(world.doctor_b.public_id),
        "doctor_id": str(world.doctor_b.pk),
    }


def kept_now() -> Counter[tuple[Any, ...]]:
    """What stands in the database of all that, without the rows' own ids."""
    return Counter(
        (model.__name__, *row) for model, names in KEPT.items() for row in model._default_manager.values_list(*names)
    )


def left_by(asker: Asker, who: Who, route: Route, case: Case, more: dict[str, Any]) -> Counter[tuple[Any, ...]]:
    """The rows after a POST, which is undone."""
    own = {**body_of(asker.world, route.key), **dict(case.body)}
    allowed = {name: value for name, value in more.items() if name not in own and name not in MEANT.get(route.key, ())}
    with transaction.atomic():
        answer = asker.ask(
            who, "POST", case.path + query_of(asker.world, route.key), data={**allowed, **own}, keeps=True
        )
        assert not answer.is_fault, f"{route.key} fails with {answer.status}"
        found = kept_now()
        transaction.set_rollback(True)
    return found


def opened_to(asker: Asker, who: Who) -> Iterator[tuple[Route, Case]]:
    """Everything that the person may send, once for each thing that they may send it about."""
    arguments = Arguments(asker.world)
    for route in all_routes():
        for case in arguments.cases(route):
            relations = case.relations(asker.world, who)
            if any(
                row.methods and "POST" in row.methods and lets_in(row, who, relations, case)
                for row in rows_of(route.key)
            ):
                yield route, case


SENDERS = (
    Who.VISITOR,
    Who.PATIENT_A,
    Who.CARER_A,
    Who.COLLEAGUE,
    Who.DOCTOR_A,
    Who.DOCTOR_NEW,
    Who.STAFF_HERE,
    Who.OFFICER,
    Who.ADMINISTRATOR,
)


@pytest.mark.parametrize("who", SENDERS)
def test_what_is_sent_beside_a_form_changes_nothing(asker: Asker, who: Who) -> None:
    changed, before, extra = set(), kept_now(), poison(asker.world)
    for route, case in opened_to(asker, who):
        plain = left_by(asker, who, route, case, {})
        assert left_by(asker, who, route, case, extra) == plain, f"{route.key} ({case}) takes more than its fields"
        if plain != before:
            changed.add(route.key)
    assert EFFECTS.get(who, set()) - changed == set(), "the control: these do what they are for"


EFFECTS = {
    Who.PATIENT_A: {
        "accounts:profile",
        "accounts:carer_invite",
        "accounts:carer_change",
        "accounts:carer_revoke",
        "accounts:consent_take_back",
        "api_appointments",
        "api_cancel",
        "booking:confirm",
        "booking:cancel",
        "booking:share",
        "booking:unshare",
        "credentials:start",
    },
    Who.CARER_A: {"booking:confirm", "api_appointments", "booking:cancel", "accounts:caring_leave"},
    Who.COLLEAGUE: {"booking:share_accept", "booking:share_decline", "accounts:caring_accept"},
    Who.DOCTOR_A: {"booking:cancel", "booking:rule_add", "booking:rule_remove", "booking:leave_add"},
    Who.DOCTOR_NEW: {"credentials:particulars", "credentials:item"},
    Who.STAFF_HERE: {"booking:cancel"},
    Who.OFFICER: {"verification:release", "verification:reject", "verification:item_check", "verification:assign"},
    Who.ADMINISTRATOR: {"location:staff", "wagtailusers_users:access_change"},
}


def test_the_admins_form_of_an_account_takes_names_alone(asker: Asker) -> None:
    """Wagtail's own form, which the table leaves to Wagtail."""
    route = next(one for one in all_routes() if one.key == "wagtailusers_users:edit")
    case = next(Arguments(asker.world).cases(route))
    before = kept_now()
    extra = poison(asker.world) | {"email": "taken@example.org", "groups": ["1", "2", "8"]}
    with transaction.atomic():
        body = {**extra, **body_of(asker.world, route.key)}
        answer = asker.ask(Who.ADMINISTRATOR, "POST", case.path, data=body, keeps=True)
        assert answer.status == 302
        assert User.objects.get(pk=asker.world.people[Who.PATIENT_A].pk).first_name == "New"
        assert kept_now() == before
        transaction.set_rollback(True)


def test_every_body_belongs_to_a_route() -> None:
    assert BODIES.keys() <= {route.key for route in all_routes()}
