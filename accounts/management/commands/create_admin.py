from __future__ import annotations

import getpass
import os
import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from accounts.roles import Role
from accounts.services import user_create_confirmed
from common.errors import DomainError, Invalid

PASSWORD_VARIABLE = "ADMIN_PASSWORD"  # noqa: S105


class Command(BaseCommand):
    help = (
        "Create the first administrator of an installation, with a confirmed email address. Asks for what is not "
        f"given. The password comes from {PASSWORD_VARIABLE}, from standard input, or from a prompt; never from the "
        "command line, where other people of the machine could read it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", help="The administrator's email address; asked for if not given.")

    def handle(self, *args: Any, **options: Any) -> None:
        email = self._email(options["email"])
        try:
            user = user_create_confirmed(
                email=email, password=self._password(), roles=[Role.ADMINISTRATOR], is_superuser=True
            )
        except Invalid as error:
            raise CommandError(
                " ".join(message for messages in error.fields.values() for message in messages)
            ) from error
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{user.email} is an administrator and can sign in.")

    def _email(self, given: str | None) -> str:
        email = given or (input("Email address: ") if sys.stdin.isatty() else "")
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError("Give an email address with --email.") from error
        return email

    def _password(self) -> str:
        if password := os.environ.get(PASSWORD_VARIABLE):
            return password
        if not sys.stdin.isatty():
            return sys.stdin.readline().rstrip("\n")
        password = getpass.getpass("Password (at least 12 characters): ")
        if password != getpass.getpass("The same once more: "):
            raise CommandError("The two passwords are not the same.")
        return password
