from __future__ import annotations

import pytest

from accounts import services
from accounts.errors import CredentialsRefused
from accounts.models import ApiToken, User
from accounts.states import ALL_SCOPES, CloseReason
from accounts.tests.factories import UserFactory
from accounts.tests.security.people import with_app

pytestmark = pytest.mark.django_db
NEW = "lantern walrus tundra 91"


@pytest.fixture
def judged() -> User:
    """An account as it was when its password was found right; other requests change the row meanwhile."""
    user = User.objects.get(pk=UserFactory.create().pk)
    assert not user.has_two_step
    return user


def _now(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_a_password_replaced_meanwhile_gives_no_token(judged: User) -> None:
    services.password_replace(user=_now(judged), password=NEW, actor=judged)
    with pytest.raises(CredentialsRefused):
        services.token_issue(user=judged)
    assert not ApiToken.objects.exists()


def test_an_account_closed_meanwhile_gives_no_token(judged: User) -> None:
    services.account_close(actor=None, user_id=judged.public_id, reason=CloseReason.AT_RISK)
    with pytest.raises(CredentialsRefused):
        services.token_issue(user=judged)
    assert not ApiToken.objects.exists()


def test_a_second_step_set_up_meanwhile_gives_no_token_without_it(judged: User) -> None:
    with_app(_now(judged))
    with pytest.raises(CredentialsRefused):
        services.token_issue(user=judged)
    assert not ApiToken.objects.exists()


def test_an_account_as_it_was_gives_one(judged: User) -> None:
    token, text = services.token_issue(user=judged)
    assert list(ApiToken.objects.all()) == [token]
    assert text


def test_of_a_token_that_opens_everything_that_is_said() -> None:
    assert ApiToken(scopes=list(ALL_SCOPES)).opens == [
        "May read: everything that you can yourself",
        "May change: everything that you can yourself",
    ]
