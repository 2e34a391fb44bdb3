from __future__ import annotations

from collections.abc import Iterable

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from accounts.roles import Role
from accounts.services.roles import role_grant
from audit.services import event_record
from common.errors import Conflict, Invalid


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


def _assert_strong(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        fields = {"password": list(error.messages)}
        raise Invalid("weak_password", "Choose a stronger password.", fields=fields) from error
