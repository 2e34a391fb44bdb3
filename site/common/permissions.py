"""The building blocks of "may this person": ownership, grants that expire, and lists scoped by both.

A model is guarded from the moment its app's `ready()` calls `guard()`. Its objects are then opened by the two backends
of `common.backends` behind `user.has_perm(permission, obj)` and by nothing else: the object's own foreign keys, or a
row for this person on this object. No role, no superuser, no group opens them; what is not guarded stays closed here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from django.contrib.auth.models import AbstractBaseUser, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import EmptyResultSet, ImproperlyConfigured
from django.db import models
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase
from guardian.utils import get_group_obj_perms_model, get_user_obj_perms_model

from common import clock
from common.among import AmongFound, OfEach, Statement

Owns = Callable[[Any, str, Any], bool]
ModelT = TypeVar("ModelT", bound=models.Model)

_owners: dict[type[models.Model] | None, Owns] = {}


class UserGrantBase(UserObjectPermissionBase):
    """A person's right on one object; `expires_at` empty means until it is taken back."""

    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class GroupGrantBase(GroupObjectPermissionBase):
    """The table that django-guardian asks for beside the user's. The database refuses every row of it:

    a group's grant would open an object to people whom nobody chose for it.
    """

    class Meta:
        abstract = True
        constraints = [models.CheckConstraint(condition=Q(pk__isnull=True), name="%(class)s_refused")]


def guard(model: type[models.Model], *, owns: Owns) -> None:
    """Put a model behind ownership and grants. `owns(user, codename, obj)` answers from the object's foreign keys.

    Raises `ImproperlyConfigured` where the model lacks its two direct grant tables: without them django-guardian
    would fall back to its generic ones.
    """
    if not (_has_own_table(model, UserGrantBase) and _has_own_table(model, GroupGrantBase)):
        raise ImproperlyConfigured(f"{model.__name__} needs a UserGrantBase and a GroupGrantBase model of its own.")
    _owners[model] = owns


def _grant_models(model: Any) -> tuple[Any, Any]:
    return get_user_obj_perms_model(model), get_group_obj_perms_model(model)


def _has_own_table(model: type[models.Model], base: type[models.Model]) -> bool:
    """Asked of the models alone: django-guardian's own look-up asks the database, which may be away at the start."""
    related = (relation.related_model for relation in model._meta.related_objects)
    return any(issubclass(candidate, base) for candidate in related)


def is_guarded(model: type[models.Model]) -> bool:
    return model._meta.concrete_model in _owners


def concerns_guarded(perm: str, obj: object) -> bool:
    """Whether a check is about a guarded model: by its object, or by the permission's name where none is given.

    The user model asks this before Django's short cut for superusers.
    """
    if obj is not None:
        return isinstance(obj, models.Model) and type(obj)._meta.concrete_model in _owners
    app_label, _, codename = perm.rpartition(".")
    return any(app_label == model._meta.app_label and codename in _codenames(model) for model in _owners if model)


def _codenames(model: type[models.Model]) -> set[str]:
    options = model._meta
    standard = {f"{action}_{options.model_name}" for action in options.default_permissions}
    return standard | {codename for codename, _ in options.permissions}


def owns(user: Any, perm: str, obj: models.Model) -> bool:
    """Whether the object's own foreign keys give this person the permission; False for what is not guarded."""
    codename = _codename(perm, obj)
    if not user.is_active or not is_guarded(type(obj)) or codename not in _codenames(type(obj)):
        return False
    return _owners[obj._meta.concrete_model](user, codename, obj)


def has_grant(user: Any, perm: str, obj: models.Model) -> bool:
    """Whether an unexpired row gives this person the permission on this very object."""
    codename = _codename(perm, obj)
    return codename is not None and granted_codenames(user, obj).filter(permission__codename=codename).exists()


def granted_codenames(user: Any, obj: models.Model) -> QuerySet[Any, Any]:
    """The permissions that a person holds on an object by unexpired grants."""
    grants = _grant_models(obj)[0]._default_manager
    if not user.is_active or not is_guarded(type(obj)):
        return grants.none()
    live: QuerySet[Any] = grants.filter(_unexpired(), user=user, content_object=obj)
    return live.values_list("permission__codename", flat=True)


def _codename(perm: str, obj: models.Model) -> str | None:
    """The permission's bare name, or None where it is another app's."""
    app_label, _, codename = perm.rpartition(".")
    return codename if app_label in ("", obj._meta.app_label) else None


def _unexpired(prefix: str = "", now: datetime | Now | None = None) -> Q:
    return Q(**{f"{prefix}expires_at": None}) | Q(**{f"{prefix}expires_at__gt": now or clock.now()})


def granted_keys(
    model: type[models.Model], user: AbstractBaseUser, codename: str, *, now: datetime | Now
) -> QuerySet[Any, Any]:
    """The primary keys of a guarded model's rows on which a person holds an unexpired grant, as a subquery."""
    grants = _grant_models(model)[0]._default_manager
    live = grants.filter(_unexpired(now=now), user=user, permission=_permission_key(model, codename))
    keys: QuerySet[Any, Any] = live.order_by().values("content_object")
    return keys


def visible_rows(
    queryset: QuerySet[ModelT],
    *,
    user: AbstractBaseUser,
    permission: str,
    owned: Sequence[Q | OfEach],
    filters: Q = Q(),
    order_by: Sequence[str] = (),
    limit: int | None = None,
    is_narrow: bool = False,
) -> QuerySet[ModelT]:
    """The rows of a guarded model that a person owns, by any of `owned`, or holds an unexpired grant on.

    Filters, order and limit go into each arm before they are united, so each walks its own index and stops
    (docs/decisions/0002 has the figures). What comes back can be prefetched, counted and filtered.
    `permission` is a bare codename; "" where no grant opens anything to them. An empty `owned` leaves the grants alone.
    `is_narrow` says that the filters alone find few rows by an index (those of one patient, say): then each of these
    is asked whether any arm holds it, for which no arm may reach over a relation that has several rows.
    """
    ways = [*owned, *([_granted(queryset.model, user, permission)] if permission else [])]
    if not ways:
        return queryset.none()
    found = queryset.filter(filters).order_by(*order_by)
    if is_narrow or len(ways) == 1:
        return found.filter(any_of(ways))[:limit]
    # What all arms share is put together once: at a million rows composing them costs more than finding the rows.
    keys = found.values("pk")
    arms = [arm for one in ways if (arm := _arm(found, keys, one, order_by, limit))]
    return queryset.filter(AmongFound("pk", arms)).order_by(*order_by)[:limit] if arms else queryset.none()


def any_of(ways: Sequence[Q | OfEach]) -> Q:
    """That one at least of several ways, some of them, is a row's."""
    return Q(*(one.whole if isinstance(one, OfEach) else one for one in ways), _connector=Q.OR)


def _arm(
    found: QuerySet[ModelT], keys: QuerySet[Any, Any], way: Q | OfEach, order_by: Sequence[str], limit: int | None
) -> Statement | None:
    """What finds the keys of one way's rows; None where Django knows without asking that there are none."""
    try:
        if isinstance(way, Q):
            return keys.filter(way)[:limit].query.sql_with_params()
        if limit is None:
            return keys.filter(way.whole).query.sql_with_params()
        return way.first_of_each(found, order_by, limit)
    except EmptyResultSet:
        return None


def _granted(model: type[models.Model], user: AbstractBaseUser, codename: str) -> Q:
    """The rows with a live grant, by a join: one subquery less for Django to put together, and never a row twice."""
    name = _grant_models(model)[0]._meta.get_field("content_object").related_query_name()
    mine = {f"{name}__user": user, f"{name}__permission": _permission_key(model, codename)}
    return Q(**mine) & _unexpired(f"{name}__")


@cache
def _permission_key(model: type[models.Model], codename: str) -> int:
    """Migrations make the row, and its key stays: one join less to plan in every list. Raises `DoesNotExist`."""
    of_model = ContentType.objects.get_for_model(model)
    return Permission.objects.get(content_type=of_model, codename=codename).pk


def grant(user: AbstractBaseUser, codename: str, obj: models.Model, *, expires_at: datetime | None = None) -> None:
    """Let a person do one thing with one object, until `expires_at`. Granting again replaces the end.

    Raises `ImproperlyConfigured` for an object that is not guarded; the calling service writes the audit event.
    """
    _grants_of(obj).update_or_create(
        user=user,
        permission=Permission.objects.get(content_type=ContentType.objects.get_for_model(obj), codename=codename),
        content_object=obj,
        defaults={"expires_at": expires_at},
    )


def revoke(user: AbstractBaseUser, codename: str, obj: models.Model) -> bool:
    """Take a right back; False where there was none."""
    deleted, _ = _grants_of(obj).filter(user=user, permission__codename=codename, content_object=obj).delete()
    return deleted > 0


def _grants_of(obj: models.Model) -> models.Manager[Any]:
    if not is_guarded(type(obj)):
        raise ImproperlyConfigured(f"{type(obj).__name__} is not guarded.")
    manager: models.Manager[Any] = _grant_models(obj)[0]._default_manager
    return manager
