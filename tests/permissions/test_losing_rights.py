"""A right that is lost is gone with the next request: in a session that stands open, and for a token given before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import transaction

from accounts.models import ApiToken, Carer, User
from accounts.roles import Role
from accounts.services import account_close, carer_revoke, role_revoke
from accounts.states import ALL_SCOPES, CloseReason
from booking.models import AppointmentUserGrant
from booking.services import appointment_unshare
from common import clock
from doctors.services import staff_leave
from tests.permissions.matrix.asking import Asker
from tests.permissions.matrix.people import Who
from tests.permissions.matrix.world import World
from verification.services import doctor_suspend


@dataclass(frozen=True)
class Loss:
    """`page` and `api` are open to `who` before `happens`, and closed after. What of it is empty has no such door."""

    name: str
    who: Who
    happens: Callable[[World], object]
    page: str
    api: str = ""


def group_removed(world: World) -> None:
    role_revoke(actor=None, user_id=world.people[Who.OFFICER].public_id, role=Role.VERIFICATION_OFFICER)


def suspended(world: World) -> None:
    officer, doctor = world.people[Who.OFFICER], world.doctor_a.public_id
    doctor_suspend(actor=officer, doctor_id=doctor, reason="Found out.", reason_code="evidence")


def closed(world: World) -> None:
    account_close(actor=None, user_id=world.people[Who.PATIENT_A].public_id, reason=CloseReason.ASKED)


def deactivated(world: World) -> None:
    User.objects.filter(pk=world.people[Who.PATIENT_A].pk).update(is_active=False)


def carer_taken_back(world: World) -> None:
    carer_revoke(actor=world.people[Who.PATIENT_A], carer_id=world.carer_a.public_id)


def carer_run_out(world: World) -> None:
    Carer.objects.filter(pk=world.carer_a.pk).update(expires_at=clock.now() - timedelta(seconds=1))


def staff_left(world: World) -> None:
    staff_leave(actor=None, location_id=world.place_a.pk, user_id=world.people[Who.STAFF_HERE].public_id)


def grant_taken_back(world: World) -> None:
    actor, visit, share = world.people[Who.PATIENT_A], world.visit_a.public_id, world.share_a.public_id
    appointment_unshare(actor=actor, appointment_id=visit, share_id=share)


def grant_run_out(world: World) -> None:
    AppointmentUserGrant.objects.filter(user=world.people[Who.COLLEAGUE]).update(
        expires_at=clock.now() - timedelta(seconds=1)
    )


VISIT, API_VISIT = "/appointments/{visit}/", "/api/v1/appointments/{visit}/"
LOSSES = (
    Loss("a group is left", Who.OFFICER, group_removed, "/admin/verification/"),
    Loss("a doctor is suspended, the diary", Who.DOCTOR_A, suspended, "/my-day/"),
    Loss("a doctor is suspended, a visit", Who.DOCTOR_A, suspended, VISIT, API_VISIT),
    Loss("an account is closed", Who.PATIENT_A, closed, VISIT, API_VISIT),
    Loss("an account is made inactive", Who.PATIENT_A, deactivated, VISIT, API_VISIT),
    Loss("a carer is taken back", Who.CARER_A, carer_taken_back, VISIT, API_VISIT),
    Loss("a carer's time is over", Who.CARER_A, carer_run_out, VISIT, API_VISIT),
    Loss("somebody leaves the desk, the diary", Who.STAFF_HERE, staff_left, "/clinic/{place}/"),
    Loss("somebody leaves the desk, a visit", Who.STAFF_HERE, staff_left, VISIT, API_VISIT),
    Loss("a grant is taken back", Who.COLLEAGUE, grant_taken_back, VISIT, API_VISIT),
    Loss("a grant has run out", Who.COLLEAGUE, grant_run_out, VISIT, API_VISIT),
)


@pytest.mark.parametrize("loss", LOSSES, ids=lambda one: one.name)
def test_a_right_that_is_lost_is_gone_with_the_next_request(asker: Asker, loss: Loss) -> None:
    world = asker.world
    names = {"visit": world.visit_a.public_id, "place": world.place_a.slug}
    page, api = loss.page.format(**names), loss.api.format(**names)
    with transaction.atomic():
        _, token = ApiToken.objects.issue(world.people[loss.who], scopes=list(ALL_SCOPES))
        bearer = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
        assert asker.ask(loss.who, "GET", page, keeps=True).status == 200
        assert not api or asker.ask(Who.VISITOR, "GET", api, headers=bearer, keeps=True).status == 200
        loss.happens(world)
        after = asker.ask(loss.who, "GET", page, keeps=True)
        assert after.is_denied, after.status
        assert not after.leaked(world.canaries)
        if api:
            by_token = asker.ask(Who.VISITOR, "GET", api, headers=bearer, keeps=True)
            assert by_token.status in {401, 403, 404}
            assert not by_token.leaked(world.canaries)
        transaction.set_rollback(True)
