from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.services import two_step_remove


class Command(BaseCommand):
    help = "Take two-step sign-in off the account of somebody who has lost phone, passkeys and recovery codes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="The address of the person's account. Recognise them by other means first.")

    def handle(self, *_args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["email"].lower()).first()
        if user is None:
            raise CommandError("There is no account with this email address.")
        if not two_step_remove(user_id=user.public_id, actor=None):
            raise CommandError("This account has no two-step sign-in.")
        self.stdout.write(f"{user.email} signs in with the password alone, until they set it up again.")
