from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from knox.models import AuthToken
from knox.settings import knox_settings

from accounts.locks import lock_role, lock_user
from accounts.models import Gender, Patient, User
from accounts.policies import may_change_roles
from accounts.roles import Role
from accounts.validators import normalise_phone
from audit.services import event_record
from common import clock
from common.errors import Conflict, Forbidden, Invalid


@transaction.atomic
def role_grant(*, actor: User | None, user_id: UUID, role: Role) -> None:
    """Give a person a role; actor None is the system. A role that they have stays as it is.

    Raises `Forbidden` where the actor is no administrator.
    """
    user = lock_user(user_id)
    _assert_may_change_roles(actor)
    if user.groups.filter(name=role.value).exists():
        return
    user.groups.add(Group.objects.get(name=role.value))
    event_record("role.granted", user, actor=actor, role=role.name.lower())


@transaction.atomic
def role_revoke(*, actor: User | None, user_id: UUID, role: Role) -> None:
    """Take a role away; actor None is the system. A role that they do not have is no error.

    Raises `Forbidden` where the actor is no administrator, `Conflict("last_administrator")` rather than leave none.
    """
    user = lock_user(user_id)
    group = lock_role(role)
    _assert_may_change_roles(actor)
    if not user.groups.filter(pk=group.pk).exists():
        return
    if (
        role is Role.ADMINISTRATOR
        and not User.objects.filter(groups=group, is_active=True).exclude(pk=user.pk).exists()
    ):
        raise Conflict("last_administrator", "Somebody must stay an administrator.")
    user.groups.remove(group)
    event_record("role.revoked", user, actor=actor, role=role.name.lower())


def _assert_may_change_roles(actor: User | None) -> None:
    if not may_change_roles(actor):
        raise Forbidden("administrators_only", "Only an administrator can change what people may do.")


@transaction.atomic
def profile_complete(
    *,
    actor: User,
    given_name: str,
    family_name: str,
    birth_date: date,
    phone: str,
    gender: str = Gender.UNKNOWN,
) -> Patient:
    """Write the actor's own patient profile, new or changed, and make them a patient.

    `phone` may be written as people do; it is kept as E.164. Raises `Invalid("profile_invalid", fields=…)`.
    """
    user = lock_user(actor.public_id)
    patient = Patient.objects.filter(user=user).first()
    is_new = patient is None
    patient = patient or Patient(user=user)
    patient.given_name = " ".join(given_name.split())
    patient.family_name = " ".join(family_name.split())
    patient.birth_date = birth_date
    patient.phone = normalise_phone(phone)
    patient.gender = gender
    _assert_clean(patient)
    patient.save()
    user.first_name, user.last_name = patient.given_name, patient.family_name
    user.save(update_fields=["first_name", "last_name"])
    event_record("patient.created" if is_new else "patient.changed", patient, actor=actor)
    role_grant(actor=None, user_id=user.public_id, role=Role.PATIENT)
    return patient


def _assert_clean(patient: Patient) -> None:
    try:
        patient.clean_fields(exclude=["user"])
    except ValidationError as error:
        raise Invalid("profile_invalid", "Some details need another look.", fields=error.message_dict) from error


@transaction.atomic
def user_create_confirmed(
    *,
    email: str,
    password: str,
    first_name: str = "",
    last_name: str = "",
    roles: Iterable[Role] = (),
    is_superuser: bool = False,
    actor: User | None = None,
) -> User:
    """An account whose address needs no proof: for the first administrator and for sample data.

    Raises `Conflict("email_taken")`, and `Invalid("weak_password", fields={"password": …})` by the password rules.
    """
    email = email.strip().lower()
    if User.objects.filter(email=email).exists():
        raise Conflict("email_taken", "There is an account with this email address already.")
    user = User(email=email, first_name=first_name, last_name=last_name)
    user.is_staff = user.is_superuser = is_superuser
    _assert_strong(password, user)
    user.set_password(password)
    user.save()
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    event_record("account.created", user, actor=actor, superuser=is_superuser)
    for role in roles:
        role_grant(actor=None, user_id=user.public_id, role=role)
    return user


@transaction.atomic
def token_issue(*, user: User) -> tuple[AuthToken, str]:
    """A new API token and, this once, its text. The oldest beyond the limit (REST_KNOX) and what ran out go."""
    lock_user(user.public_id)
    kept = AuthToken.objects.filter(user=user, expiry__gt=clock.now()).order_by("-created")
    newest = list(kept.values_list("pk", flat=True)[: knox_settings.TOKEN_LIMIT_PER_USER - 1])
    AuthToken.objects.filter(user=user).exclude(pk__in=newest).delete()
    token, text = AuthToken.objects.create(user)
    event_record("token.issued", user, actor=user)
    return token, text


@transaction.atomic
def tokens_revoke(*, user: User) -> None:
    """Every API token of an account is good for nothing afterwards; none is no error."""
    lock_user(user.public_id)
    revoked, _ = AuthToken.objects.filter(user=user).delete()
    if revoked:
        event_record("token.revoked", user, actor=user, count=revoked)


def _assert_strong(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        fields = {"password": list(error.messages)}
        raise Invalid("weak_password", "Choose a stronger password.", fields=fields) from error
