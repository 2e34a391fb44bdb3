from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress

from accounts.models import User
from accounts.policies import has_role
from accounts.roles import Role
from accounts.services import user_create_confirmed
from accounts.tests.factories import PASSWORD
from common.errors import Conflict, Invalid

pytestmark = pytest.mark.django_db


def test_the_account_can_sign_in_at_once_with_its_roles() -> None:
    user = user_create_confirmed(email="Officer@Example.org", password=PASSWORD, roles=[Role.VERIFICATION_OFFICER])
    assert user.email == "officer@example.org"
    assert user.check_password(PASSWORD)
    assert EmailAddress.objects.get(user=user).verified
    assert has_role(user, Role.VERIFICATION_OFFICER)
    assert not user.is_superuser


def test_an_address_is_one_account_however_it_is_written() -> None:
    user_create_confirmed(email="one@example.org", password=PASSWORD)
    with pytest.raises(Conflict) as refused:
        user_create_confirmed(email=" ONE@example.org", password=PASSWORD)
    assert refused.value.code == "email_taken"


@pytest.mark.parametrize("password", ["short", "letmein12345", "qwertyuiop1234", "officer@example.org"])
def test_weak_and_common_passwords_are_refused(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        user_create_confirmed(email="officer@example.org", password=password)
    assert refused.value.fields["password"]
    assert not User.objects.exists()
