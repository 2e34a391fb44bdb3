"""The two backends that answer `user.has_perm(permission, obj)` for guarded objects; nobody signs in by them."""

from __future__ import annotations

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from guardian.backends import ObjectPermissionBackend

from common import permissions

AnyUser = AbstractBaseUser | AnonymousUser


class OwnershipBackend(BaseBackend):
    """Answers from an object's own foreign keys, by the rule its app gave to `permissions.guard()`."""

    def has_perm(self, user_obj: AnyUser, perm: str, obj: models.Model | None = None) -> bool:
        return obj is not None and permissions.owns(user_obj, perm, obj)


class GrantsBackend(ObjectPermissionBackend):
    """django-guardian's backend over the direct grant tables alone, without superusers, groups or expired rows."""

    def has_perm(self, user_obj: AnyUser, perm: str, obj: models.Model | None = None) -> bool:
        return obj is not None and permissions.has_grant(user_obj, perm, obj)

    def get_group_permissions(self, user_obj: AnyUser, obj: models.Model | None = None) -> set[str]:
        return set()

    def get_all_permissions(self, user_obj: AnyUser, obj: models.Model | None = None) -> set[str]:
        return set() if obj is None else set(permissions.granted_codenames(user_obj, obj))
