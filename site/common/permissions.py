"""The building blocks of "may this person": ownership, grants that expire, and lists scoped by both."""

from __future__ import annotations

from django.contrib.auth.backends import BaseBackend
from django.db import models
from guardian.backends import ObjectPermissionBackend
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase


class UserGrantBase(UserObjectPermissionBase):
    """A guardian row on one object; `expires_at` empty means until it is taken back."""

    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class GroupGrantBase(GroupObjectPermissionBase):
    class Meta:
        abstract = True


class OwnershipBackend(BaseBackend):
    """Answers `has_perm` from an object's own foreign keys."""


class GrantsBackend(ObjectPermissionBackend):
    """django-guardian's backend, with grants that end."""
