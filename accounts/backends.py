from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef
from django.db.models.functions import Extract, JSONObject

from accounts.models import WORKS_HERE, AccountSession, User


class AccountBackend(AuthenticationBackend):
    """allauth's, which loads a request's account with everything that every request asks of it, in one statement.

    That is the roles, whether it works here and has two-step sign-in, and the sessions that are open: so taking any of
    them away works on the next request, and asking for them costs nothing more.
    """

    def get_user(self, user_id: Any) -> User | None:
        mine = OuterRef("pk")
        sessions = AccountSession.objects.filter(user=mine).order_by()
        user = (
            User.objects.filter(pk=user_id)
            .annotate(
                loaded_roles=ArraySubquery(Group.objects.filter(user=mine).values("name")),
                loaded_two_step=Exists(
                    Authenticator.objects.filter(user=mine).exclude(type=Authenticator.Type.RECOVERY_CODES)
                ),
                loaded_works_here=Exists(User.objects.filter(WORKS_HERE, pk=mine)),
                open_sessions=ArraySubquery(
                    sessions.values(
                        row=JSONObject(
                            id="public_id",
                            started=Extract("started_at", "epoch"),
                            used=Extract("last_used_at", "epoch"),
                            second_step="second_step",
                        )
                    )
                ),
            )
            .first()
        )
        if user is None or not self.user_can_authenticate(user):
            return None
        user.role_names = frozenset(user.loaded_roles)
        user.works_here = user.loaded_works_here
        user.has_two_step = user.loaded_two_step
        return user
