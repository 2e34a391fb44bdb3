from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.roles import Role
from accounts.services import role_grant, role_revoke
from common.errors import DomainError


class Command(BaseCommand):
    help = "Give a person a role, or take it away: `manage.py role grant verification-officer person@clinic.example`."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", choices=["grant", "revoke"])
        parser.add_argument("role", choices=[_word(role) for role in Role])
        parser.add_argument("email", help="The address of the person's account.")

    def handle(self, *_args: Any, **options: Any) -> None:
        role = next(role for role in Role if _word(role) == options["role"])
        user = User.objects.filter(email=options["email"].lower()).first()
        if user is None:
            raise CommandError("There is no account with this email address.")
        change = role_grant if options["verb"] == "grant" else role_revoke
        try:
            change(actor=None, user_id=user.public_id, role=role)
        except DomainError as error:
            raise CommandError(error.message) from error
        done = "has the role" if options["verb"] == "grant" else "no longer has the role"
        self.stdout.write(f"{user.email} {done} {options['role']}.")


def _word(role: Role) -> str:
    return role.name.lower().replace("_", "-")
