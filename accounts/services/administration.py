from __future__ import annotations

from uuid import UUID

from django.db import transaction

from accounts.locks import lock_role, lock_user
from accounts.models import User
from accounts.policies import may_change_roles
from accounts.roles import Role
from accounts.services.outside_tokens import outside_tokens_forget
from accounts.services.sessions import sessions_end
from accounts.states import CloseReason
from audit.services import event_record
from common.errors import Conflict, Forbidden


@transaction.atomic
def account_close(*, actor: User | None, user_id: UUID, reason: CloseReason) -> User:
    """Nobody signs in with the account any more, and who is signed in with it is out at the next request.

    What the person has done and what is theirs stays. Closing twice is no error. `actor` None is the system. Raises
    `NotFound`, `Forbidden` (`administrators_only`, `superusers_only`) and `Conflict` (`own_account`,
    `last_administrator`).
    """
    user = _manageable(actor, user_id)
    if not user.is_active:
        return user
    administrators = lock_role(Role.ADMINISTRATOR)
    others = User.objects.filter(groups=administrators, is_active=True).exclude(pk=user.pk)
    if user.groups.filter(pk=administrators.pk).exists() and not others.exists():
        raise Conflict("last_administrator", "Somebody must stay an administrator.")
    user.is_active = False
    user.save(update_fields=["is_active"])
    event_record("account.closed", user, actor=actor, reason=reason.value)
    sessions_end(user_id=user_id, actor=actor)
    outside_tokens_forget(user=user)
    return user


@transaction.atomic
def account_reopen(*, actor: User | None, user_id: UUID) -> User:
    """The person can sign in again, with the roles that they have. Twice is no error. Raises as `account_close`."""
    user = _manageable(actor, user_id)
    if user.is_active:
        return user
    user.is_active = True
    user.save(update_fields=["is_active"])
    event_record("account.reopened", user, actor=actor)
    return user


def _manageable(actor: User | None, user_id: UUID) -> User:
    user = lock_user(user_id)
    if not may_change_roles(actor):
        raise Forbidden("administrators_only", "Only an administrator can close or reopen accounts.")
    if actor is not None and actor.pk == user.pk:
        raise Conflict("own_account", "You cannot close your own account here.")
    if user.is_superuser and actor is not None and not actor.is_superuser:
        raise Forbidden("superusers_only", "Only a superuser can close or reopen a superuser’s account.")
    return user
