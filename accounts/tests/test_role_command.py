from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from accounts.roles import Role
from accounts.tests.factories import UserFactory
from audit.models import Event

pytestmark = pytest.mark.django_db


def test_a_role_is_given_and_taken_and_both_are_recorded() -> None:
    user = UserFactory.create()
    call_command("role", "grant", "verification-officer", user.email.upper())
    assert user.groups.filter(name=Role.VERIFICATION_OFFICER).exists()
    call_command("role", "revoke", "verification-officer", user.email)
    assert not user.groups.filter(name=Role.VERIFICATION_OFFICER).exists()
    actions = Event.objects.filter(object_id=str(user.public_id), action__startswith="role.").values_list(
        "action", flat=True
    )
    assert list(actions.order_by("id")) == ["role.granted", "role.revoked"]


def test_the_last_administrator_and_an_unknown_address_are_refused() -> None:
    user = UserFactory.create()
    call_command("role", "grant", "administrator", user.email)
    with pytest.raises(CommandError, match="administrator"):
        call_command("role", "revoke", "administrator", user.email)
    with pytest.raises(CommandError, match="no account"):
        call_command("role", "grant", "administrator", "nobody@clinic.example")
