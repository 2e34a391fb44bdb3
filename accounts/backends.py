from __future__ import annotations

import json
from datetime import UTC
from functools import cache
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef
from django.db.models.functions import Extract, JSONObject

from accounts.models import WORKS_HERE, AccountSession, Carer, Patient, User
from accounts.states import InvitationState

# Stands in the composed statement where the account's key goes: no account has it.
_NOBODY = -1


class AccountBackend(AuthenticationBackend):
    """allauth's, which loads a request's account with everything that every request asks of it, in one statement.

    That is the roles, whether it works here and has two-step sign-in, is a patient or helps one, and the sessions that
    are open: so taking any of them away works on the next request, and asking for them costs nothing more.
    """

    def get_user(self, user_id: Any) -> User | None:
        sql, parameters = _statement()
        own = tuple(int(user_id) if one == _NOBODY else one for one in parameters)
        user: Any = next(iter(User.objects.raw(sql, own)), None)
        if user is None or not self.user_can_authenticate(user):
            return None
        user.role_names = frozenset(user.loaded_roles)
        user.works_here = user.loaded_works_here
        user.has_two_step = user.loaded_two_step
        user.may_be_patient, user.may_be_carer = user.loaded_patient, user.loaded_carer
        user.open_sessions = [json.loads(one) for one in user.loaded_sessions]
        return user


@cache
def _statement() -> tuple[str, tuple[Any, ...]]:
    """The SQL and its parameters, composed once a process: it takes several times as long as the rest of `get_user`.

    So nothing of one request may be in it: the zone is named, which would else be the one that is active just now.
    """
    mine = OuterRef("pk")
    accounts = User.objects.filter(pk=_NOBODY).annotate(
        loaded_roles=ArraySubquery(Group.objects.filter(user=mine).values("name")),
        loaded_two_step=Exists(Authenticator.objects.filter(user=mine).exclude(type=Authenticator.Type.RECOVERY_CODES)),
        loaded_works_here=Exists(User.objects.filter(WORKS_HERE, pk=mine)),
        loaded_patient=Exists(Patient.objects.filter(user=mine)),
        loaded_carer=Exists(Carer.objects.filter(user=mine, state=InvitationState.ACCEPTED)),
        loaded_sessions=ArraySubquery(
            AccountSession.objects.filter(user=mine)
            .order_by()
            .values(
                row=JSONObject(
                    id="public_id",
                    started=Extract("started_at", "epoch", tzinfo=UTC),
                    used=Extract("last_used_at", "epoch", tzinfo=UTC),
                    second_step="second_step",
                )
            )
        ),
    )
    sql, parameters = accounts.query.sql_with_params()
    return sql, tuple(parameters)
